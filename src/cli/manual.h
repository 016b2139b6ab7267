// The manual pages beside the commands, built into the program.
#pragma once

#include <optional>
#include <string_view>

namespace ballast {

// The text of src/cli/<command>.md; "ballast" is the page of the whole program.
std::optional<std::string_view> manual_of(std::string_view command);

}  // namespace ballast
