// What a Compose file stands on, and its values as they can be compared.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/yaml.h"

namespace ballast {

// How a file is read: where its relative paths begin, and what its variables hold.
struct ComposeGround {
  std::string directory;
  std::string project;  // `<project>_<name>` is a volume or network of its own
  std::map<std::string, std::string> variables;
};

// Everything below a node in one line, so that two can be compared.
std::string flattened(const Yaml& node);
// As Compose takes it: from the stack's folder on, without "." and "..".
std::string resolved_path(const ComposeGround& ground, std::string_view path);
// Neither below the stack's folder nor a file at all, such as an address.
bool leads_outside(const ComposeGround& ground, std::string_view path);
// One, or the list of them; of a map what stands at `key`.
std::vector<std::string> texts_or_maps(const Yaml& node, std::string_view key);

}  // namespace ballast
