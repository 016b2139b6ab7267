#include "watch/measurement_layout.h"

#include <bit>
#include <cmath>
#include <limits>

namespace ballast::measurement {

namespace {

constexpr std::string_view mark = "ballast.measurements/1\n";
constexpr std::size_t mark_size = 256;
constexpr std::size_t entry_size = 256;
constexpr std::size_t unit_size = 16;
constexpr std::size_t name_size = entry_size - unit_size;
constexpr std::size_t number_size = 4;

// A row never lies across a page, so that a power cut keeps or loses it whole.
static_assert(mark_size + columns * entry_size == head_size);
static_assert(rings[0].begin == head_size && number_size * (1 + columns) <= rings[0].row_size);
static_assert(rings[1].begin == rings[0].begin + rings[0].rows * rings[0].row_size);
static_assert(rings[2].begin == rings[1].begin + rings[1].rows * rings[1].row_size);
static_assert(number_size * (1 + 2 * columns) <= rings[1].row_size);
static_assert(rings[2].begin + rings[2].rows * rings[2].row_size <= block_size);
static_assert(block_size % 4096 == 0 && rings[1].begin % 128 == 0 && rings[2].begin % 128 == 0);

void put(std::string& bytes, std::uint32_t number) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    bytes += static_cast<char>((number >> shift) & 0xffU);
}

void put(std::string& bytes, float number) { put(bytes, std::bit_cast<std::uint32_t>(number)); }

std::uint32_t number_at(std::string_view bytes, std::size_t index) {
  std::uint32_t number = 0;
  for (std::size_t at = number_size; at > 0; --at)
    number = (number << 8U) | static_cast<unsigned char>(bytes[index * number_size + at - 1]);
  return number;
}

float float_at(std::string_view bytes, std::size_t index) {
  return std::bit_cast<float>(number_at(bytes, index));
}

std::string padded(std::string_view text, std::size_t size) {
  std::string bytes(text);
  bytes.resize(size, '\0');
  return bytes;
}

// nullopt when it has no end.
std::optional<std::string> unpadded(std::string_view bytes) {
  const auto end = bytes.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(bytes.substr(0, end));
}

bool are_zeros(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

bool is_free_of_zeros(std::string_view text) { return text.find('\0') == std::string_view::npos; }

std::optional<Value> value_at(const Ring& ring, std::string_view row, std::size_t column) {
  const std::size_t index = 1 + (ring.has_most ? 2 * column : column);
  const float mean = float_at(row, index);
  const float most = ring.has_most ? float_at(row, index + 1) : mean;
  if (!std::isfinite(mean) || !std::isfinite(most)) return std::nullopt;
  return Value{.mean = mean, .most = most};
}

}  // namespace

Step step_at(const Ring& ring, Time time) {
  const auto count = time.time_since_epoch() / ring.step;
  const bool is_one = count > 0 && count <= std::numeric_limits<Step>::max();
  return is_one ? static_cast<Step>(count) : 0;
}

Time time_of(const Ring& ring, Step step) {
  return Time(ring.step * static_cast<Duration::rep>(step));
}

std::size_t place_of(const Ring& ring, Step step) {
  return ring.begin + step % ring.rows * ring.row_size;
}

std::string row_bytes(const Ring& ring, const Row& row) {
  constexpr float none = std::numeric_limits<float>::quiet_NaN();
  std::string bytes;
  bytes.reserve(ring.row_size);
  put(bytes, row.step);
  for (const std::optional<Value>& value : row.values) {
    put(bytes, value ? value->mean : none);
    if (ring.has_most) put(bytes, value ? value->most : none);
  }
  bytes.resize(ring.row_size, '\0');
  return bytes;
}

std::optional<Row> read_row(const Ring& ring, std::string_view block, std::uint32_t index) {
  const std::string_view bytes = block.substr(ring.begin + index * ring.row_size, ring.row_size);
  Row row{.step = number_at(bytes, 0), .values = {}};
  if (row.step == 0 || row.step % ring.rows != index) return std::nullopt;
  for (std::size_t column = 0; column < columns; ++column)
    row.values[column] = value_at(ring, bytes, column);
  return row;
}

bool fits(const SeriesName& name) {
  return !name.series.empty() && name.series.size() < name_size && name.unit.size() < unit_size &&
         is_free_of_zeros(name.series) && is_free_of_zeros(name.unit);
}

std::string head_bytes(const Head& head) {
  std::string bytes = padded(mark, mark_size);
  for (const SeriesName& name : head)
    bytes += padded(name.unit, unit_size) + padded(name.series, name_size);
  return bytes;
}

std::optional<Head> read_head(std::string_view block) {
  const std::string_view bytes = block.substr(0, head_size);
  if (are_zeros(bytes)) return Head{};
  if (bytes.substr(0, mark_size) != padded(mark, mark_size)) return std::nullopt;
  Head head;
  for (std::size_t column = 0; column < columns; ++column) {
    const std::string_view entry = bytes.substr(mark_size + column * entry_size, entry_size);
    const auto unit = unpadded(entry.substr(0, unit_size));
    const auto series = unpadded(entry.substr(unit_size));
    if (!unit || !series) return std::nullopt;
    head[column] = {.series = *series, .unit = *unit};
  }
  return head;
}

std::optional<std::size_t> blocks_in(std::uint64_t file_size) {
  const std::uint64_t count = file_size / block_size;
  if (count == 0 || count > most_blocks || file_size % block_size != 0) return std::nullopt;
  return static_cast<std::size_t>(count);
}

std::string_view block_of(std::string_view file, std::size_t number) {
  return file.substr(number * block_size, block_size);
}

bool is_whole(std::string_view file) {
  const auto count = blocks_in(file.size());
  if (!count) return false;
  for (std::size_t number = 0; number < *count; ++number)
    if (!read_head(block_of(file, number))) return false;
  return true;
}

}  // namespace ballast::measurement
