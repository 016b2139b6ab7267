// What printing and parsing a manifest agree on.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace ballast {

inline constexpr std::string_view set_schema_name = "ballast.backup/";
inline constexpr int set_schema_version = 1;

inline std::string set_schema() { return fmt::format("{}{}", set_schema_name, set_schema_version); }

// The begin of the last line but one; nothing deeper stands two blanks from the left.
inline constexpr std::string_view checksum_line = "  \"checksum\": \"";

}  // namespace ballast
