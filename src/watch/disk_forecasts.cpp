#include "watch/disk_forecasts.h"

#include "base/error.h"
#include "watch/measured.h"

namespace ballast {

DiskForecasts disk_forecasts(const MeasurementHistory& history, const std::vector<DiskUse>& uses,
                             Time now) {
  DiskForecasts forecasts;
  for (const DiskUse& use : uses) {
    std::vector<FreeSpace> past;
    for (const MeasuredPoint& point :
         history.read(free_space_series(use), now - forecast_span, now).points)
      past.push_back({.at = point.at, .bytes = point.mean});
    if (const auto forecast = forecast_of(past, now)) forecasts[use.first_path()] = *forecast;
  }
  return forecasts;
}

DiskForecasts read_disk_forecasts(Disk& disk, const std::string& path,
                                  const std::vector<DiskUse>& uses, Time now) {
  try {
    const auto history = read_measurements(disk, path);
    return history ? disk_forecasts(*history, uses, now) : DiskForecasts{};
  } catch (const Error&) {
    return {};
  }
}

}  // namespace ballast
