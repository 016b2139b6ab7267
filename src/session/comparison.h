// What a session left changed: the stack before and after it. Pure but for the stack's own files.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/secrets.h"
#include "live/server.h"
#include "session/observation.h"

namespace ballast {

struct LeftFile {
  std::string service;
  std::string path;
  std::string change;   // added, changed, removed, as-in-the-image
  std::string content;  // text, binary, large, …
  std::string patch;    // the file that has the difference; empty: none has
};

struct LeftVariable {
  std::string name;
  std::string change;  // added, changed, removed
};

struct SessionChanges {
  std::vector<std::string> troubles;     // what could not be compared, and why
  std::vector<LeftFile> files;           // in containers
  std::vector<LeftVariable> variables;   // of .env
  std::vector<std::string> stack_files;  // names of those that differ; .env is not among them
  std::vector<std::string> containers;   // "web was restarted"
  std::string deployed;                  // the tag of a release that was made meanwhile
  bool other_image = false;              // a container runs another image, and nothing was deployed

  bool changed() const;
};

struct Patches {
  std::string repository;  // of modules, named as in the repository
  std::string container;   // of all else in containers, by their paths there
  std::string stack;       // of the files of the stack's folder
};

// `deployed`: the tag of a good release since the session was opened; its tag line and images are
// no change by hand.
SessionChanges compare(const Observation& before, const Observation& after,
                       const std::string& deployed);
// Of the containers' texts. Names the patch in each file of `comparison`.
Patches container_patches(const ObservedStack& stack, const Observation& after,
                          SessionChanges& comparison);
// The stack's folder against the copies that were made when the session was opened.
void compare_stack_files(Server& server, const std::string& directory, const std::string& copies,
                         const ObservedStack& stack, SessionChanges& comparison, Patches& patches);

Json comparison_json(const SessionChanges& comparison);

inline constexpr std::string_view repository_patch = "changes.patch";
inline constexpr std::string_view container_patch = "container.patch";
inline constexpr std::string_view stack_patch = "stack.patch";

}  // namespace ballast
