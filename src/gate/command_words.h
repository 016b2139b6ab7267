// The bytes that a caller sent, as words. Nothing is expanded, nothing is quoted: what a shell
// would understand otherwise is refused.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gate/refusal.h"

namespace ballast {

// Letters, digits and _ . - / @ + : [ ], with blanks between the words; at most 512 bytes, six
// words.
std::variant<std::vector<std::string>, Refusal> split_command(std::string_view bytes);

}  // namespace ballast
