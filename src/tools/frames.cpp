#include "tools/frames.h"

#include <algorithm>

namespace ballast::docker {

namespace {

constexpr std::size_t header_size = 8;
constexpr std::size_t last_stream = 2;
constexpr std::size_t error_stream = 2;

}  // namespace

std::optional<Frame> take_frame(std::string_view& body) {
  if (body.size() < header_size) return std::nullopt;
  const auto byte = [&](std::size_t index) {
    return static_cast<std::size_t>(static_cast<unsigned char>(body[index]));
  };
  if (byte(0) > last_stream || byte(1) != 0 || byte(2) != 0 || byte(3) != 0) return std::nullopt;
  const std::size_t length = (byte(4) << 24) | (byte(5) << 16) | (byte(6) << 8) | byte(7);
  const Frame frame{.is_error = byte(0) == error_stream, .bytes = body.substr(header_size, length)};
  body.remove_prefix(std::min(body.size(), header_size + length));
  return frame;
}

}  // namespace ballast::docker
