// What a policy can be told from the compose file, given what ballast.yaml says.
#pragma once

#include <optional>
#include <string>

#include "model/compose_file.h"
#include "model/policy.h"

namespace ballast {

// Something that ballast.yaml names, and where ("<path>:<line>: " goes before a message about it).
struct Wish {
  std::string value;
  int line = 0;
};

struct Wishes {
  std::string policy_path;
  std::optional<Preset> preset;
  std::optional<Wish> service;
  std::optional<Wish> tag_variable;
  std::optional<Wish> database_service;
  std::optional<Wish> url_file;  // of a server outside the stack
};

Policy infer_policy(const ComposeFile& compose, const Wishes& wishes);

void apply_preset(Policy& policy, Preset preset);

}  // namespace ballast
