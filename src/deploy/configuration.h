// The files of a stack as a release had them.
#pragma once

#include <string>
#include <vector>

#include "live/work.h"

namespace ballast {

struct FileChange {
  std::string path;  // of the stack
  std::string copy;  // what is to be there; empty: the file is to go
};

// Which of the stack's files differ from the copies that a release kept. Empty when it kept none.
std::vector<FileChange> changes_to(Server& server, const Stack& stack, const std::string& copies);

// A unified difference as `diff` prints it, values of secrets hidden; for people.
std::string difference(Server& server, const Stack& stack, const std::vector<FileChange>& changes);

// Puts the copies in place, each file atomically.
void put_in_place(Server& server, const std::vector<FileChange>& changes);

}  // namespace ballast
