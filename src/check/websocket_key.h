// The two values of a WebSocket handshake (RFC 6455, section 4).
#pragma once

#include <string>
#include <string_view>

namespace ballast {

// Sec-WebSocket-Key of 16 random bytes, given as 32 hex digits.
std::string websocket_key(std::string_view random_hex);
// The Sec-WebSocket-Accept that only a server which understood the key can give.
std::string websocket_accept(std::string_view key);

}  // namespace ballast
