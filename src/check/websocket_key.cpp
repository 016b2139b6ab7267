#include "check/websocket_key.h"

#include <cstdint>

#include "base/hash.h"

namespace ballast {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view rfc_6455_suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

std::uint32_t digit(char hex) {
  return static_cast<std::uint32_t>(hex <= '9' ? hex - '0' : hex - 'a' + 10);
}

// Six hex digits are three bytes are four letters.
std::string letters_of(std::string_view hex) {
  std::uint32_t bits = 0;
  for (std::size_t index = 0; index < 6; ++index)
    bits = bits << 4 | (index < hex.size() ? digit(hex[index]) : 0);
  std::string letters;
  for (int shift = 18; shift >= 0; shift -= 6) letters += alphabet[bits >> shift & 63];
  const std::size_t missing_bytes = (6 - hex.size()) / 2;
  return letters.replace(4 - missing_bytes, missing_bytes, missing_bytes, '=');
}

std::string base64_of_hex(std::string_view hex) {
  std::string text;
  for (std::size_t at = 0; at < hex.size(); at += 6) text += letters_of(hex.substr(at, 6));
  return text;
}

}  // namespace

std::string websocket_key(std::string_view random_hex) { return base64_of_hex(random_hex); }

std::string websocket_accept(std::string_view key) {
  return base64_of_hex(sha1_hex(std::string(key) + std::string(rfc_6455_suffix)));
}

}  // namespace ballast
