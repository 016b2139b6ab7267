// The ${…} of Compose, found in a scalar.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ballast {

struct VariableUse {
  enum class Form { plain, fallback, alternative, required };
  std::size_t begin = 0;  // of the `$`
  std::size_t end = 0;    // behind the name or the brace
  std::string_view name;  // empty: `$$`
  Form form = Form::plain;
  bool colon = false;         // an empty value counts as none
  std::string_view argument;  // what stands behind the sign; may hold variables itself
};

// How deep ${A:-${B:-…}} is followed; what is nested deeper stays text.
inline constexpr int deepest_variable = 32;

// The next one at or behind `from`. What Compose would call malformed is text.
std::optional<VariableUse> next_variable(std::string_view text, std::size_t from);

bool is_variable_name(std::string_view text);

}  // namespace ballast
