// The files of a stack as a release had them.
#pragma once

#include <string>
#include <vector>

#include "live/stack.h"

namespace ballast {

// The step of an operation that changes them; its fact `before` is the folder with what was there.
inline constexpr const char* configuration_step = "configuration";

struct FileChange {
  std::string path;  // of the stack
  std::string copy;  // what is to be there; empty: the file is to go
};

// Every name that a file of the stack's own may have.
std::vector<std::string> names_of_stack_files();

// A symlink is not read; who has to have the file says so.
std::optional<std::string> text_at_path(Disk& disk, const std::string& path);

// Copies of compose file, override, policy and .env, for the day on which somebody returns to them.
void keep_files(Server& server, const std::string& directory, const std::string& folder);

// Which files of the stack in `directory` differ from the copies that a release kept, by name: what
// is there may not be readable as a stack. Empty when it kept none. What is to be written comes
// before what is to go.
std::vector<FileChange> changes_to(Server& server, const std::string& directory,
                                   const std::string& copies);

// As unified_difference tells it, values of secrets hidden; for people. `whose` are the files that
// come.
std::string difference(Server& server, const Stack& stack, const std::vector<FileChange>& changes,
                       const std::string& whose = "of the release");

// Puts the copies in place, each file atomically.
void put_in_place(Server& server, const std::vector<FileChange>& changes);

// What the step `configuration` changed goes back, as its fact says: `before`, the folder with what
// was there, and `names`, where not all of it was the step's to change. False: it changed nothing.
bool put_back(Server& server, const std::string& directory, const Json& fact);

}  // namespace ballast
