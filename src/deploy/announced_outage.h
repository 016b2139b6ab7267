// Those who watch are told before a release stands still for its databases.
#pragma once

#include <string>

#include "live/work.h"

namespace ballast {

// "expected outage 12 s"; where nothing was rehearsed, that it is not known.
std::string expected_outage_text(const StepRun& run);

// Queued for every channel that takes `info`, and tried once, within three seconds. What went wrong
// with it is told as a detail, and ends nothing.
void announce_outage(Work& work, StepRun& run);

}  // namespace ballast
