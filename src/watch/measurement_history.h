// What a file of measurements tells (docs/formats.md, "Measurements").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/disk.h"
#include "watch/measurement_layout.h"

namespace ballast {

struct MeasuredPoint {
  Time at{};  // the beginning of its step
  double mean = 0;
  double most = 0;

  bool operator==(const MeasuredPoint&) const = default;
};

struct SeriesPast {
  measurement::SeriesName name;
  Duration step{};
  std::vector<MeasuredPoint> points;  // oldest first; where nothing was measured there is none
};

// How far back any of it goes.
constexpr Duration longest_past = measurement::rings.back().length();

class MeasurementHistory {
 public:
  // Of a file that is whole.
  explicit MeasurementHistory(std::string file) : file_(std::move(file)) {}

  std::vector<measurement::SeriesName> series() const;  // sorted, each once
  // By the finest steps that go back so far.
  SeriesPast read(const measurement::SeriesName& name, Time since, Time until) const;

 private:
  std::string file_;
};

// The bytes of a whole file; nullopt: there is none, or what is there is none of ours.
std::optional<std::string> read_measurement_file(Disk& disk, const std::string& path);
std::optional<MeasurementHistory> read_measurements(Disk& disk, const std::string& path);

}  // namespace ballast
