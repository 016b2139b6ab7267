#include "session/cast.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"

namespace ballast {

namespace {

constexpr int version = 2;

std::string event(Duration at, std::string_view kind, std::string_view text) {
  if (text.empty()) return {};
  const double seconds = std::chrono::duration<double>(at).count();
  return fmt::format("[{:.3f}, \"{}\", {}]\n", seconds, kind, json_text(Json(std::string(text))));
}

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

std::size_t length_from(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte >= 0xf0) return byte < 0xf8 ? 4 : 1;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}

// Where a character begins that is not there to its end.
std::size_t whole_characters(std::string_view text) {
  constexpr std::size_t longest = 4;
  for (std::size_t back = 1; back <= std::min(longest, text.size()); ++back) {
    const char byte = text[text.size() - back];
    if (!continues(byte)) return length_from(byte) > back ? text.size() - back : text.size();
  }
  return text.size();
}

}  // namespace

std::string cast_header(const CastHeader& header) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(header.began.time_since_epoch());
  const Json json = {{"version", version},
                     {"width", header.size.columns},
                     {"height", header.size.rows},
                     {"timestamp", seconds.count()},
                     {"command", header.command},
                     {"title", header.title},
                     {"env", {{"TERM", header.terminal}}}};
  return json_text(json) + "\n";
}

std::string CastEvents::shown(Duration at, std::string_view bytes) {
  cut_ += bytes;
  const std::size_t whole = whole_characters(cut_);
  std::string line = event(at, "o", std::string_view(cut_).substr(0, whole));
  cut_.erase(0, whole);
  return line;
}

std::string CastEvents::typed(Duration at, std::string_view bytes) { return event(at, "i", bytes); }

std::string CastEvents::resized(Duration at, const TerminalSize& size) {
  return event(at, "r", fmt::format("{}x{}", size.columns, size.rows));
}

std::string CastEvents::marked(Duration at, std::string_view text) { return event(at, "m", text); }

}  // namespace ballast
