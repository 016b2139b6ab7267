// What of a look at a stack is worth to be drawn. Pure.
#pragma once

#include "watch/measurements.h"
#include "watch/observed.h"
#include "watch/round.h"

namespace ballast {

// What could not be had is left out: a hole says more than a number that is none.
std::vector<Measured> measured_of(const Observed& observed, const std::vector<AlertLine>& lines);

// "disk free /srv/stacks/shop", in bytes.
measurement::SeriesName free_space_series(const DiskUse& use);

}  // namespace ballast
