// UTF-8 (RFC 3629), character by character.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ballast {

// The bytes of the character at the front of `text` (not empty); 0 when it is not UTF-8.
std::size_t utf8_length(std::string_view text);
// The offset of the first byte that is not UTF-8.
std::optional<std::size_t> first_not_utf8(std::string_view text);

}  // namespace ballast
