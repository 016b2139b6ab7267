// One block of a file of measurements, as who writes it has it in mind: the rows that are not over
// yet. Pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "watch/measurement_layout.h"

namespace ballast::measurement {

// What is to be written into the block, and where.
struct Patch {
  std::size_t at = 0;
  std::string bytes;
};

// The mean and the highest of a step so far, of each column.
class Tally {
 public:
  void add(Step step, std::size_t column, float value);  // another step: the one before is over
  void add(Step step, const Row& row);
  Row row() const;

 private:
  Step step_ = 0;
  std::array<double, columns> sums_{};
  std::array<std::uint32_t, columns> counts_{};
  std::array<float, columns> most_{};
};

class Block {
 public:
  Block() = default;  // a blank one
  // Goes on where the bytes of one with a head ended. What they have of later than `at` is not
  // looked at.
  Block(std::string_view bytes, Time at);

  std::optional<std::size_t> column_of(const SeriesName& name) const;
  // One that has no name, or that nobody wrote to for as long as the longest ring goes back.
  std::optional<std::size_t> free_column(Time at) const;
  void give(std::size_t column, const SeriesName& name);
  void add(Time at, std::size_t column, float value);
  // Of what was given and added since the last call.
  std::vector<Patch> changes();

 private:
  void take_rows(std::string_view bytes, Time at);
  void take_unfinished(std::string_view bytes, Time at);

  Head head_;
  std::array<Time, columns> newest_{};
  std::array<Tally, rings.size()> tallies_;
  bool head_changed_ = false;
  bool rows_changed_ = false;
};

// Makes empty what a block says of later than `at`: a clock was set back.
std::vector<Patch> without_later(std::string_view bytes, Time at);

}  // namespace ballast::measurement
