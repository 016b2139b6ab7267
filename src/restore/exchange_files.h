// The stack's files change along with the data, where the release that comes back had others. The
// step is named as everywhere, configuration_step; what ran before is noted ahead of it, since the
// tag line changes with them.
#pragma once

#include <string>

#include "restore/exchange_steps.h"

namespace ballast {

// For the step `look`.
void note_what_runs(Work& work, StepRun& run);

// Those of the folder `copies`; what was there is kept, and told as a difference.
void bring_in_files(Work& work, StepRun& run, const std::string& copies);
void take_files_out(Work& work, StepRun& run);

// swap_over() and its way back, with what was noted.
void swap_with_files(Work& work, StepRun& run);
void undo_swap_with_files(Work& work, StepRun& run);

}  // namespace ballast
