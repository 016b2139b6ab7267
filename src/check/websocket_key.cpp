#include "check/websocket_key.h"

#include "base/base64.h"
#include "base/hash.h"

namespace ballast {

namespace {

constexpr std::string_view rfc_6455_suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

int digit(char hex) { return hex <= '9' ? hex - '0' : hex - 'a' + 10; }

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2)
    bytes += static_cast<char>(digit(hex[at]) * 16 + digit(hex[at + 1]));
  return bytes;
}

}  // namespace

std::string websocket_key(std::string_view random_hex) { return base64(bytes_of(random_hex)); }

std::string websocket_accept(std::string_view key) {
  return base64(bytes_of(sha1_hex(std::string(key) + std::string(rfc_6455_suffix))));
}

}  // namespace ballast
