// The streams of logs and execs: frames of an 8-byte header and its bytes. Private to this room.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ballast::docker {

struct Frame {
  bool is_error = false;  // of stderr
  std::string_view bytes;
};

// Takes the next one off the front of `body`; nullopt when none is there. The last one may be cut.
std::optional<Frame> take_frame(std::string_view& body);

// The same, as the bytes arrive: pieces may be cut anywhere, and a frame's bytes are handed on
// without waiting for its end.
class FrameStream {
 public:
  using Told = std::function<void(bool is_error, std::string_view bytes)>;
  explicit FrameStream(Told told) : told_(std::move(told)) {}
  void take(std::string_view piece);

 private:
  Told told_;
  std::string header_;
  std::size_t left_ = 0;  // of the frame whose bytes are arriving
  bool is_error_ = false;
};

}  // namespace ballast::docker
