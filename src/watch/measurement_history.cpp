#include "watch/measurement_history.h"

#include <algorithm>

namespace ballast {

using namespace measurement;

namespace {

const Ring& ring_for(Duration past) {
  const auto* found =
      std::ranges::find_if(rings, [past](const Ring& ring) { return past <= ring.length(); });
  return found == rings.end() ? rings.back() : *found;
}

// The first step that begins at that time or later.
Step first_step(const Ring& ring, Time since) {
  const Step step = step_at(ring, since);
  return time_of(ring, step) < since ? step + 1 : step;
}

struct Column {
  std::string_view block;
  std::size_t number = 0;
};

std::optional<Column> column_of(std::string_view file, const SeriesName& name) {
  for (std::size_t number = 0; number < file.size() / block_size; ++number) {
    const std::string_view block = block_of(file, number);
    const auto head = read_head(block);
    if (!head) continue;
    const auto* found = std::ranges::find(*head, name);
    if (found != head->end())
      return Column{.block = block, .number = static_cast<std::size_t>(found - head->begin())};
  }
  return std::nullopt;
}

// What the ring had of that step; a lap before it another one was there.
std::optional<MeasuredPoint> point_of(const Ring& ring, const Column& column, Step step) {
  const auto row = read_row(ring, column.block, step % ring.rows);
  if (!row || row->step != step || !row->values[column.number]) return std::nullopt;
  const Value& value = *row->values[column.number];
  return MeasuredPoint{.at = time_of(ring, step),
                       .mean = static_cast<double>(value.mean),
                       .most = static_cast<double>(value.most)};
}

}  // namespace

std::vector<SeriesName> MeasurementHistory::series() const {
  std::vector<SeriesName> names;
  for (std::size_t number = 0; number < file_.size() / block_size; ++number)
    for (const SeriesName& name : read_head(block_of(file_, number)).value_or(Head{}))
      if (!name.series.empty()) names.push_back(name);
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

SeriesPast MeasurementHistory::read(const SeriesName& name, Time since, Time until) const {
  const Ring& ring = ring_for(until - since);
  SeriesPast past{.name = name, .step = ring.step, .points = {}};
  const auto column = column_of(file_, name);
  const Step last = step_at(ring, until);
  if (!column || last == 0) return past;
  const Step oldest = last < ring.rows ? 1 : last - ring.rows + 1;
  for (Step step = std::max(first_step(ring, since), oldest); step <= last; ++step)
    if (const auto point = point_of(ring, *column, step)) past.points.push_back(*point);
  return past;
}

std::optional<std::string> read_measurement_file(Disk& disk, const std::string& path) {
  const auto info = disk.info(path);
  if (!info || info->type != FileType::regular || !blocks_in(info->size)) return std::nullopt;
  auto content = disk.read(path);
  if (!content || !is_whole(*content)) return std::nullopt;
  return content;
}

std::optional<MeasurementHistory> read_measurements(Disk& disk, const std::string& path) {
  auto content = read_measurement_file(disk, path);
  if (!content) return std::nullopt;
  return MeasurementHistory(std::move(*content));
}

}  // namespace ballast
