// Whatever is laid into a file of measurements is refused, or read as points that lie in the time
// that was asked for, in order, and are numbers; and who writes goes on with it.
#include <algorithm>
#include <cmath>
#include <string>

#include "require.h"
#include "watch/measurement_block.h"
#include "watch/measurement_history.h"

namespace ballast {
namespace {

using namespace measurement;

const Time until = *parse_time("2026-11-25T12:00:00Z");

// The first bytes say where the others go: in the head, in a ring, or across both.
std::string file_with(std::string_view text) {
  std::string file = head_bytes({{{.series = "memory web", .unit = "B"}}});
  file.resize(block_size, '\0');
  std::size_t at = 0;
  for (const char byte : text.substr(0, 3)) at = at * 256 + static_cast<unsigned char>(byte);
  at %= block_size;
  const std::string_view rest = text.substr(std::min<std::size_t>(text.size(), 3));
  const std::size_t length = std::min(rest.size(), block_size - at);
  return file.replace(at, length, rest.substr(0, length));
}

void check_points(const SeriesPast& past, Time since) {
  Time before = since - Duration(1);
  for (const MeasuredPoint& point : past.points) {
    require(point.at > before && point.at <= until);
    require(std::isfinite(point.mean) && std::isfinite(point.most));
    before = point.at;
  }
}

void check_writer(std::string_view file) {
  Block block(file, until);
  const SeriesName name{.series = "disk free /", .unit = "B"};
  const auto column = block.column_of(name) ? block.column_of(name) : block.free_column(until);
  if (!column) return;
  block.give(*column, name);
  block.add(until, *column, 1);
  for (const Patch& patch : block.changes()) require(patch.at + patch.bytes.size() <= block_size);
  for (const Patch& patch : without_later(file, until))
    require(patch.at + patch.bytes.size() <= block_size);
}

void check(std::string_view text) {
  const std::string file = file_with(text);
  if (!is_whole(file)) return;
  const MeasurementHistory history(file);
  for (const SeriesName& name : history.series())
    for (const Ring& ring : rings)
      check_points(history.read(name, until - ring.length(), until), until - ring.length());
  check_writer(file);
}

}  // namespace
}  // namespace ballast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ballast::check(ballast::fuzz_text(data, size));
  return 0;
}
