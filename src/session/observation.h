// What a stack is like at one moment: its containers, and which files in them are not the image's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "live/stack.h"
#include "tools/docker.h"

namespace ballast {

// What is needed to look at a stack again when its files cannot be read any more.
struct ObservedStack {
  std::string project;
  std::vector<std::string> services;  // that are released
  std::vector<std::string> data;      // paths in them that keep data
  std::string addons;                 // path in them of the repository's modules; may be empty
  std::string tag_variable;
};

struct ObservedFile {
  docker::ChangeKind change = docker::ChangeKind::changed;
  std::string content;               // "text", "binary", "large", "folder", "symlink", "other"
  std::string digest;                // of what it holds; empty: it was not read
  std::optional<std::string> now;    // texts
  std::optional<std::string> image;  // nullopt: the image has none
};

struct ObservedContainer {
  std::string service;
  std::string id;
  std::string image;  // id
  std::string started;
  int restarts = 0;
  std::map<std::string, ObservedFile> files;  // by path; what every run changes is left out
};

struct Observation {
  std::string trouble;  // why not all could be seen
  std::vector<ObservedContainer> containers;
};

ObservedStack observed_stack(const Stack& stack);

// Never throws for what cannot be seen: that is in `trouble`. `session`: for the label of
// containers that it makes and removes.
Observation observe_for_session(Server& server, const ObservedStack& stack,
                                const std::string& session);
// Those that a killed run left behind.
void remove_image_copies(Server& server, const std::string& session);

// Caches, logs, sockets, histories: no change by hand. Pure.
bool is_routine(std::string_view path);

// Without texts.
Json observation_json(const ObservedStack& stack, const Observation& observation);
ObservedStack parse_observed_stack(const Json& json);
Observation parse_observation(const Json& json);

}  // namespace ballast
