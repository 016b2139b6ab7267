// The kinds of values that ballast.yaml holds: read with an exact error, and printed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "model/yaml.h"

namespace ballast {

// A value in the file; `key` is its whole path ("verify.timeout").
struct PolicyValue {
  const std::string& path;
  std::string_view key;
  const Yaml& node;
};

// Error(usage) "<path>:<line>: `<key>`: <message>".
[[noreturn]] void refuse_value(const PolicyValue& value, std::string_view message,
                               std::string hint);

std::string read_text(const PolicyValue& value);
std::string read_choice(const PolicyValue& value, const std::vector<std::string>& choices);
std::string read_command_line(const PolicyValue& value);  // of one line, or empty
std::string read_pattern(const PolicyValue& value);       // a regular expression
std::string read_url(const PolicyValue& value);           // without "/" at its end
std::vector<std::string> read_https_urls(const PolicyValue& value);
std::string read_host(const PolicyValue& value);
std::string read_image(const PolicyValue& value);          // repository:tag, or empty
std::string read_remote(const PolicyValue& value);         // "name:path" of rclone, or empty
std::string read_absolute_path(const PolicyValue& value);  // or empty
std::string read_variable_name(const PolicyValue& value);
std::string read_environment_name(const PolicyValue& value);
std::vector<std::string> read_texts(const PolicyValue& value);
std::vector<std::string> read_absolute_paths(const PolicyValue& value);
bool read_flag(const PolicyValue& value);
int read_port(const PolicyValue& value);  // 0: off
int read_count(const PolicyValue& value, int least);
double read_percent(const PolicyValue& value);
std::uint64_t read_size(const PolicyValue& value);
Duration read_duration(const PolicyValue& value);  // may be none
Duration read_positive_duration(const PolicyValue& value);

// As they are written in the file.
Json port_json(int port);
Json percent_json(double percent);
Json size_json(std::uint64_t bytes);
Json duration_json(Duration duration);

}  // namespace ballast
