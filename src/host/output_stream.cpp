#include "host/output_stream.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace ballast {

namespace {

constexpr std::size_t longest_line = 64 << 10;  // a longer one is told in pieces
constexpr int pieces_at_once = 16;              // then the deadline gets its turn

}  // namespace

void OutputStream::take() {
  std::array<char, 65536> piece;
  for (int count = 0; count < pieces_at_once && is_open(); ++count) {
    const ssize_t got = read(descriptor_.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return close();
    add({piece.data(), static_cast<std::size_t>(got)});
  }
}

void OutputStream::close() {
  descriptor_.close();
  if (!line_.empty()) tell_line();
}

void OutputStream::add(std::string_view bytes) {
  if (sink_) return sink_(bytes);
  const std::size_t room = limit_ - std::min(limit_, kept_.size());
  kept_.append(bytes.substr(0, room));
  truncated_ = truncated_ || bytes.size() > room;
  if (listener_) tell(bytes);
}

void OutputStream::tell(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const std::size_t wanted = std::min({end, bytes.size(), longest_line - line_.size()});
    line_ += bytes.substr(0, wanted);
    bytes.remove_prefix(wanted);
    if (wanted == end) bytes.remove_prefix(1);
    if (wanted == end || line_.size() >= longest_line) tell_line();
  }
}

void OutputStream::tell_line() {
  if (line_.ends_with('\r')) line_.pop_back();
  const std::string line = std::exchange(line_, {});
  listener_(line);
}

}  // namespace ballast
