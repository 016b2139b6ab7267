#include "cli/plot.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t levels = 8;
using Letters = std::array<std::string_view, levels>;
constexpr Letters block_letters{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr Letters plain_letters{".", ":", "-", "=", "+", "*", "#", "@"};

// The part of the time in which that moment lies.
std::size_t part_at(const PlotFrame& frame, Time at) {
  const auto parts = static_cast<Duration::rep>(frame.width);
  const auto length = std::max(frame.until - frame.since, Duration(1));
  const auto part = std::clamp((at - frame.since) * parts / length, Duration::rep{0}, parts - 1);
  return static_cast<std::size_t>(part);
}

std::size_t level_of(const PlotFrame& frame, double value) {
  if (frame.highest <= frame.lowest) return 0;
  const double share = (value - frame.lowest) / (frame.highest - frame.lowest);
  return std::min(levels - 1, static_cast<std::size_t>(std::max(share, 0.0) * levels));
}

}  // namespace

std::string plot_of(const SeriesPast& series, const PlotFrame& frame) {
  if (frame.width == 0) return {};
  std::vector<std::optional<double>> highest(frame.width);
  for (const MeasuredPoint& point : series.points) {
    const std::size_t last = part_at(frame, point.at + series.step - Duration(1));
    for (std::size_t part = part_at(frame, point.at); part <= last; ++part)
      highest[part] = std::max(highest[part].value_or(point.most), point.most);
  }
  const Letters& letters = frame.blocks ? block_letters : plain_letters;
  std::string text;
  for (const std::optional<double>& value : highest)
    text += value ? letters[level_of(frame, *value)] : " ";
  return text;
}

bool draws_blocks(Machine& machine) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = lower(machine.variable(name).value_or(""));
    if (!locale.empty()) return locale.ends_with("utf-8") || locale.ends_with("utf8");
  }
  return true;
}

}  // namespace ballast
