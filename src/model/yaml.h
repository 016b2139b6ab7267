// The only door to the YAML library: text in, a tree with line numbers out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ballast {

// A scalar, a list or a map; `line` counts from 1. Merge keys (<<) and aliases are already
// resolved.
struct Yaml {
  enum class Type { null, scalar, list, map };
  Type type = Type::null;
  std::string scalar;
  bool quoted = false;
  int line = 0;
  std::vector<Yaml> items;
  std::vector<std::pair<Yaml, Yaml>> entries;

  // Written out because a pair of Yaml can be looked into only once Yaml is complete.
  Yaml();
  ~Yaml();
  Yaml(const Yaml&);
  Yaml(Yaml&&) noexcept;
  Yaml& operator=(const Yaml&);
  Yaml& operator=(Yaml&&) noexcept;

  const Yaml* find(std::string_view key) const;  // of a map; nullptr when absent
};

// Error(usage) "<path>:<line>: …" when it is not YAML, holds a key twice, is nested deeper than 64,
// or expands to more than a million nodes. `path` is for messages.
Yaml parse_yaml(const std::string& path, std::string_view text);
// For printing a scalar: plain where YAML allows, else double-quoted.
std::string yaml_scalar(std::string_view text);

}  // namespace ballast
