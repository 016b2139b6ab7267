#include "watch/measurement_block.h"

#include <algorithm>
#include <utility>

namespace ballast::measurement {

namespace {

constexpr const Ring& finest = rings.front();
constexpr const Ring& longest = rings.back();

template <typename Take>
void each_row(const Ring& ring, std::string_view bytes, const Take& take) {
  for (std::uint32_t index = 0; index < ring.rows; ++index)
    if (const auto row = read_row(ring, bytes, index)) take(*row);
}

}  // namespace

void Tally::add(Step step, std::size_t column, float value) {
  if (step != step_) *this = Tally();
  step_ = step;
  most_[column] = counts_[column] == 0 ? value : std::max(most_[column], value);
  sums_[column] += static_cast<double>(value);
  ++counts_[column];
}

void Tally::add(Step step, const Row& row) {
  for (std::size_t column = 0; column < columns; ++column)
    if (const auto& value = row.values[column]) add(step, column, value->mean);
}

Row Tally::row() const {
  Row row{.step = step_, .values = {}};
  for (std::size_t column = 0; column < columns; ++column)
    if (counts_[column] > 0)
      row.values[column] =
          Value{.mean = static_cast<float>(sums_[column] / counts_[column]), .most = most_[column]};
  return row;
}

Block::Block(std::string_view bytes, Time at) : head_(read_head(bytes).value_or(Head{})) {
  take_rows(bytes, at);
  take_unfinished(bytes, at);
}

void Block::take_rows(std::string_view bytes, Time at) {
  each_row(longest, bytes, [&](const Row& row) {
    const Time time = time_of(longest, row.step);
    for (std::size_t column = 0; column < columns; ++column)
      if (time <= at && row.values[column]) newest_[column] = std::max(newest_[column], time);
  });
}

// After a restart in the middle of a step its mean is still that of all of it.
void Block::take_unfinished(std::string_view bytes, Time at) {
  each_row(finest, bytes, [&](const Row& row) {
    const Time time = time_of(finest, row.step);
    for (std::size_t ring = 0; ring < rings.size(); ++ring)
      if (time <= at && step_at(rings[ring], time) == step_at(rings[ring], at))
        tallies_[ring].add(step_at(rings[ring], at), row);
  });
}

std::optional<std::size_t> Block::column_of(const SeriesName& name) const {
  const auto* found = std::ranges::find(head_, name);
  if (found == head_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - head_.begin());
}

std::optional<std::size_t> Block::free_column(Time at) const {
  for (std::size_t column = 0; column < columns; ++column)
    if (head_[column].series.empty() || newest_[column] + longest.length() < at) return column;
  return std::nullopt;
}

void Block::give(std::size_t column, const SeriesName& name) {
  head_[column] = name;
  head_changed_ = true;
}

void Block::add(Time at, std::size_t column, float value) {
  for (std::size_t ring = 0; ring < rings.size(); ++ring)
    tallies_[ring].add(step_at(rings[ring], at), column, value);
  newest_[column] = at;
  rows_changed_ = true;
}

// The head first: a column without rows is harmless, rows of another's name are not.
std::vector<Patch> Block::changes() {
  std::vector<Patch> patches;
  if (std::exchange(head_changed_, false)) patches.push_back({0, head_bytes(head_)});
  if (!std::exchange(rows_changed_, false)) return patches;
  for (std::size_t ring = 0; ring < rings.size(); ++ring) {
    const Row row = tallies_[ring].row();
    patches.push_back({place_of(rings[ring], row.step), row_bytes(rings[ring], row)});
  }
  return patches;
}

std::vector<Patch> without_later(std::string_view bytes, Time at) {
  std::vector<Patch> patches;
  for (const Ring& ring : rings)
    each_row(ring, bytes, [&](const Row& row) {
      if (row.step > step_at(ring, at))
        patches.push_back({place_of(ring, row.step), std::string(ring.row_size, '\0')});
    });
  return patches;
}

}  // namespace ballast::measurement
