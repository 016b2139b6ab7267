#include "watch/measurements.h"

#include <cmath>
#include <limits>

#include "base/error.h"
#include "watch/measurement_history.h"

namespace ballast {

using namespace measurement;

namespace {

constexpr unsigned folder_mode = 0700;
constexpr unsigned file_mode = 0600;

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

void Measurements::add(Time at, const std::vector<Measured>& measured) {
  const Ring& finest = rings.front();
  if (step_at(finest, at) == 0) return;
  try {
    const bool set_back = step_at(finest, at) < step_at(finest, newest_);
    if (!file_ || set_back || !file_->has_a_name()) open(at);
    newest_ = at;
    for (const Measured& one : measured) keep(at, one);
    write_changes();
  } catch (const Error&) {
    file_.reset();
    throw;
  }
}

void Measurements::open(Time at) {
  disk_.make_directories(folder_of(path_), folder_mode);
  const auto content = read_measurement_file(disk_, path_);
  file_ = open_patched_file(path_, file_mode);
  blocks_.clear();
  if (!content) return begin_anew();
  for (std::size_t number = 0; number < content->size() / block_size; ++number) {
    const std::string_view bytes = block_of(*content, number);
    for (const Patch& patch : without_later(bytes, at))
      file_->write(number * block_size + patch.at, patch.bytes);
    blocks_.emplace_back(bytes, at);
  }
}

void Measurements::begin_anew() {
  file_->resize(0);
  file_->resize(block_size);
  blocks_.emplace_back();
}

void Measurements::keep(Time at, const Measured& one) {
  const SeriesName name{.series = one.series, .unit = one.unit};
  const bool is_number = std::abs(one.value) <= std::numeric_limits<float>::max();
  if (!is_number || !fits(name)) return;
  const Place place = place_for(name, at);
  if (place.block != nullptr) place.block->add(at, place.column, static_cast<float>(one.value));
}

Measurements::Place Measurements::place_for(const SeriesName& name, Time at) {
  for (Block& block : blocks_)
    if (const auto column = block.column_of(name)) return {&block, *column};
  for (Block& block : blocks_)
    if (const auto column = block.free_column(at)) {
      block.give(*column, name);
      return {&block, *column};
    }
  if (blocks_.size() == most_blocks) return {};
  file_->resize((blocks_.size() + 1) * block_size);
  blocks_.emplace_back().give(0, name);
  return {&blocks_.back(), 0};
}

void Measurements::write_changes() {
  for (std::size_t number = 0; number < blocks_.size(); ++number)
    for (const Patch& patch : blocks_[number].changes())
      file_->write(number * block_size + patch.at, patch.bytes);
}

}  // namespace ballast
