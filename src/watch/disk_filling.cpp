#include <fmt/format.h>

#include "base/text.h"
#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

std::string text_of(const DiskUse& use, const DiskForecast& forecast) {
  if (!forecast.full_in) return use.text() + "; it does not fill up";
  return fmt::format("{}; full in {}, by {} an hour", use.text(), human_duration(*forecast.full_in),
                     human_bytes(static_cast<std::uint64_t>(forecast.bytes_an_hour)));
}

Finding judged(const DiskUse& use, const DiskForecast& forecast, Duration limit) {
  const bool fills = forecast.full_in && *forecast.full_in <= limit;
  return fills ? wrong(use.paths, text_of(use, forecast)) : good(use.paths, text_of(use, forecast));
}

}  // namespace

// Disk Full tells what could not be asked; without a past nothing is claimed.
Findings disk_filling(const Observed& observed, const AlertSettings& settings) {
  if (!observed.disks.value) return {};
  Findings findings;
  for (const DiskUse& use : observed.disks.value->uses) {
    const auto known = observed.disks.value->forecasts.find(use.first_path());
    if (known != observed.disks.value->forecasts.end())
      findings.push_back(judged(use, known->second, settings.as_time()));
  }
  return findings;
}

}  // namespace ballast::conditions
