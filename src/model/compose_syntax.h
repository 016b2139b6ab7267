// The short and the long forms of Compose, one value at a time.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/compose_file.h"
#include "model/yaml.h"

namespace ballast {

// A value of a service, and how messages name it: "`ports` of service `web`".
struct ComposeValue {
  const std::string& path;
  std::string name;
  const Yaml& node;
};

// Error(usage) "<path>:<line>: `ports` of service `web` is a map, not text".
[[noreturn]] void refuse_compose(const ComposeValue& value, std::string_view is_not);

std::string read_text(const ComposeValue& value);
std::vector<ComposePort> read_ports(const ComposeValue& value);
std::vector<ComposeMount> read_mounts(const ComposeValue& value);
std::vector<ComposeMount> read_tmpfs(const ComposeValue& value);
// A list of `KEY=value` or a map. A variable without a value gets ${KEY}: Compose hands its own on.
std::map<std::string, std::string> read_environment(const ComposeValue& value);
std::vector<std::string> read_label_keys(const ComposeValue& value);
std::vector<std::string> read_command(const ComposeValue& value);

}  // namespace ballast
