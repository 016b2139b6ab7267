// The lines of a .env file that set a variable.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ballast {

struct EnvAssignment {
  std::size_t number = 0;       // of its first line, from 1
  std::size_t value_begin = 0;  // offsets into the text, inside the quotes
  std::size_t value_end = 0;
  std::string name;
  std::string value;  // as Compose sees it
  bool exported = false;
};

// Error(refused) when a quote is never closed.
std::vector<EnvAssignment> parse_env_lines(const std::string& path, std::string_view text);

}  // namespace ballast
