// What of a stack is not as its last good release left it: its files, its containers, and the files
// of the release in them. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/secrets.h"
#include "live/deployed.h"

namespace ballast {

// A file of the stack's folder, as the release kept it and as it is.
struct StackFileSeen {
  std::string name;  // ".env"
  std::optional<std::string> kept;
  std::optional<std::string> now;
  std::optional<Time> changed;  // when it was written last
};

// The container of a service that is released.
struct ReleaseContainerSeen {
  docker::Container container;
  std::vector<docker::ChangedPath> changes;
  std::map<std::string, std::string> digests;  // by path, of those that could be read
  std::string trouble;                         // why its changes are not known
  std::set<std::string> own;                   // paths that it changed by itself when it began
};

struct DriftSeen {
  std::string stack;
  Time at{};
  std::optional<ReleaseRecord> good;
  bool keeps_copies = false;  // that release
  std::vector<StackFileSeen> files;
  std::optional<Deployed> deployed;
  std::vector<docker::Container> services;
  std::vector<ReleaseContainerSeen> releases;
  Policy policy;
  Secrets secrets;
  std::vector<std::string> troubles;  // what could not be asked
};

struct Difference {
  std::string what;     // "env", "tag-line", "compose-file", "policy", "image", "files" …
  std::string subject;  // ".env", "web"
  std::string was, is;  // in short; no secrets in them
  std::vector<docker::ChangedPath> paths;  // of "files"
  std::string patch;                       // the lines that differ
  std::optional<Time> changed;             // where it is known
  bool changes_release = false;            // what runs is another thing
  std::vector<std::string> keys;           // what is in it, by which it is known again

  std::string text() const;  // "web: 2 files are not as in its image: /opt/a, /opt/b"
};

struct DriftReport {
  std::string stack;
  Time at{};
  std::string release;  // the tag that all is compared with; empty: none
  std::vector<Difference> differences;
  std::vector<std::string> unknown;  // what could not be compared, and why
};

DriftReport compare(const DriftSeen& seen);

// Without what a container writes by itself, what is mounted, and folders that only lead to others.
std::vector<docker::ChangedPath> telling_changes(const ReleaseContainerSeen& seen,
                                                 const Policy& policy);

// Of two .env files the variables that differ, one line each, as `diff` marks them; values of
// secrets are hidden.
std::string env_difference(const std::string& was, const std::string& is, const Secrets& secrets);

}  // namespace ballast
