// The streams of logs and execs: frames of an 8-byte header and its bytes. Private to this room.
#pragma once

#include <optional>
#include <string_view>

namespace ballast::docker {

struct Frame {
  bool is_error = false;  // of stderr
  std::string_view bytes;
};

// Takes the next one off the front of `body`; nullopt when none is there. The last one may be cut.
std::optional<Frame> take_frame(std::string_view& body);

}  // namespace ballast::docker
