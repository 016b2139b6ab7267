// What Ballast must know of a Compose file, read from the file itself (with its ${…}) or from the
// resolved text of `compose config`.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/yaml.h"

namespace ballast {

// In the order in which Compose looks for them.
inline constexpr std::array compose_file_names{"compose.yaml", "compose.yml", "docker-compose.yml",
                                               "docker-compose.yaml"};
inline constexpr std::array compose_override_names{"compose.override.yaml", "compose.override.yml",
                                                   "docker-compose.override.yml",
                                                   "docker-compose.override.yaml"};

struct ComposeVariable {
  std::string name;
  bool required = false;        // ${X:?…} or ${X?…}
  bool has_default = false;     // ${X:-…}, ${X-…}, ${X:+…}, ${X+…}
  bool empty_is_unset = false;  // the forms with a colon
  int line = 0;
  bool nested = false;  // stands only inside another's ${…}, which decides whether it is asked for
};

struct ComposeMount {
  enum class Type { volume, bind, tmpfs, other };
  Type type = Type::volume;
  std::string source;  // volume name or host path; empty: anonymous
  std::string target;
  bool read_only = false;
};

struct ComposePort {
  std::string host_ip;    // empty: all addresses
  std::string published;  // empty: chosen by the engine; may be a range
  std::string target;
  std::string protocol = "tcp";
};

struct ComposeService {
  std::string name;
  std::string image;  // with its variables
  bool builds = false;
  std::string container_name;
  std::vector<ComposeMount> mounts;
  std::vector<ComposePort> ports;
  std::map<std::string, std::string> environment;
  std::vector<std::string> labels;   // keys
  std::vector<std::string> command;  // empty: the image's
  bool has_health_check = false;
  bool has_stop_grace_period = false;
  bool has_env_file = false;
  std::string network_mode;
  int line = 0;
};

struct ComposeFile {
  std::string path;
  std::string project_name;  // `name:`, or empty
  std::vector<ComposeService> services;
  std::vector<std::string> volumes;  // top-level names
  std::vector<ComposeVariable>
      variables;  // every ${X} and $X of the raw text values, `$$` excepted, each name once
  bool refers_to_other_files = false;  // env_file, extends, include, configs/secrets from files

  const ComposeService* service(std::string_view name) const;
};

// Error(usage) with path and line when it is broken or has no services.
ComposeFile parse_compose(const std::string& path, std::string_view text);
// The variables of one scalar.
std::vector<ComposeVariable> variables_of(std::string_view scalar);
// Expands ${X}, ${X:-d}, $X, $$ with `values`; unknown ones become empty.
std::string expand_variables(std::string_view scalar,
                             const std::map<std::string, std::string>& values);

}  // namespace ballast
