// When a file system will be full, by how it filled up in the last hours.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/time.h"

namespace ballast {

// What was free at a moment, in bytes.
struct FreeSpace {
  Time at{};
  double bytes = 0;
};

struct DiskForecast {
  double bytes_an_hour = 0;         // that it takes now; 0: it does not fill up
  std::optional<Duration> full_in;  // nullopt: never, or nobody can tell how late
};

// Of file systems, by their first path.
using DiskForecasts = std::map<std::string, DiskForecast, std::less<>>;

// How far back it looks.
constexpr Duration forecast_span = std::chrono::hours(6);

// Of the moments of the last hours, oldest first. nullopt: too little is known for any claim. What
// only jumps, or goes up and down, does not fill up. Pure.
std::optional<DiskForecast> forecast_of(std::span<const FreeSpace> past, Time now);

}  // namespace ballast
