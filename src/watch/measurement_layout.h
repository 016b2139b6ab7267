// Where what is in a file of measurements (docs/formats.md, "Measurements"). Pure: bytes in, values
// out.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ballast::measurement {

// A file is a list of blocks; each has a head, which names the series of its columns, and one ring
// of rows for each step.
constexpr std::size_t columns = 15;
constexpr std::size_t most_blocks = 16;
constexpr std::size_t head_size = 4096;
constexpr std::size_t block_size = 618'496;

struct Ring {
  Duration step;
  std::uint32_t rows;
  std::size_t row_size;
  std::size_t begin;  // in the block
  bool has_most;      // the highest beside the mean; else a step is about one measurement

  constexpr Duration length() const { return step * rows; }
};
constexpr auto rings = std::to_array<Ring>({
    {std::chrono::seconds(5), 720, 64, 4096, false},          // an hour
    {std::chrono::minutes(1), 1440, 128, 50'176, true},       // a day
    {std::chrono::minutes(15), 31 * 96, 128, 234'496, true},  // 31 days
});

// The number of a step: how many of its length have passed since 1970. 0: a time that is none.
using Step = std::uint32_t;
Step step_at(const Ring& ring, Time time);
Time time_of(const Ring& ring, Step step);
std::size_t place_of(const Ring& ring, Step step);  // in the block; that of the row

// What one row says of each column; nothing where it was not measured.
struct Value {
  float mean = 0;
  float most = 0;
};
struct Row {
  Step step = 0;
  std::array<std::optional<Value>, columns> values;
};
std::string row_bytes(const Ring& ring, const Row& row);
// The row `index` of a block; nullopt: nothing was written there, or it belongs elsewhere.
std::optional<Row> read_row(const Ring& ring, std::string_view block, std::uint32_t index);

struct SeriesName {
  std::string series;  // "memory web"; empty: the column is free
  std::string unit;    // "B", "%", "s" or nothing

  auto operator<=>(const SeriesName&) const = default;
};
using Head = std::array<SeriesName, columns>;
// Longer ones have no place in a head.
bool fits(const SeriesName& name);
std::string head_bytes(const Head& head);
// nullopt: it is another program's, of another version, or damaged. Zeros are a head without names.
std::optional<Head> read_head(std::string_view block);

// Of how many blocks; nullopt for what can be no file of ours.
std::optional<std::size_t> blocks_in(std::uint64_t file_size);
std::string_view block_of(std::string_view file, std::size_t number);
// Every head can be read.
bool is_whole(std::string_view file);

}  // namespace ballast::measurement
