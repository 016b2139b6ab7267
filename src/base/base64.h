// Base64 (RFC 4648) by OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ballast {

std::string base64(std::string_view bytes);
std::string base64_url(std::string_view bytes);  // `-` and `_` for `+` and `/`, padded
// nullopt when it is no base64, with its padding.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace ballast
