// What the measurements foretell of the disks of a stack.
#pragma once

#include "check/disk_use.h"
#include "watch/forecast.h"
#include "watch/measurement_history.h"

namespace ballast {

// Of those whose past is known well enough.
DiskForecasts disk_forecasts(const MeasurementHistory& history, const std::vector<DiskUse>& uses,
                             Time now);

// By the file of the stack. The past is no more than a help: where it cannot be read nothing is
// foretold. It reads all of the file, so that every few minutes is often enough.
DiskForecasts read_disk_forecasts(Disk& disk, const std::string& path,
                                  const std::vector<DiskUse>& uses, Time now);

}  // namespace ballast
