#include "tools/frames.h"

#include <algorithm>

#include "base/error.h"

namespace ballast::docker {

namespace {

constexpr std::size_t header_size = 8;
constexpr std::size_t last_stream = 2;
constexpr std::size_t error_stream = 2;

struct Header {
  bool is_error = false;
  std::size_t length = 0;
};

std::optional<Header> header_of(std::string_view bytes) {
  if (bytes.size() < header_size) return std::nullopt;
  const auto byte = [&](std::size_t index) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[index]));
  };
  if (byte(0) > last_stream || byte(1) != 0 || byte(2) != 0 || byte(3) != 0) return std::nullopt;
  return Header{.is_error = byte(0) == error_stream,
                .length = (byte(4) << 24) | (byte(5) << 16) | (byte(6) << 8) | byte(7)};
}

}  // namespace

std::optional<Frame> take_frame(std::string_view& body) {
  const auto header = header_of(body);
  if (!header) return std::nullopt;
  const Frame frame{.is_error = header->is_error,
                    .bytes = body.substr(header_size, header->length)};
  body.remove_prefix(std::min(body.size(), header_size + header->length));
  return frame;
}

void FrameStream::take(std::string_view piece) {
  while (!piece.empty()) {
    if (left_ == 0) {
      const std::size_t missing = std::min(header_size - header_.size(), piece.size());
      header_ += piece.substr(0, missing);
      piece.remove_prefix(missing);
      if (header_.size() < header_size) return;
      const auto header = header_of(header_);
      if (!header) throw Error(Kind::failed, "the Docker Engine's stream is not one of frames");
      header_.clear();
      left_ = header->length;
      is_error_ = header->is_error;
    }
    const std::size_t taken = std::min(left_, piece.size());
    if (taken > 0) told_(is_error_, piece.substr(0, taken));
    piece.remove_prefix(taken);
    left_ -= taken;
  }
}

}  // namespace ballast::docker
