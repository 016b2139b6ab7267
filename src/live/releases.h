// What an operation that changes a release writes down, and how it lets Compose work.
#pragma once

#include <string>

#include "live/work.h"

namespace ballast {

HistoryEntry history_line(const Work& work, const std::string& tag, const std::string& status);

// bring_up(), with the step's fact saying for as long as it lasts that the engine may be at work.
void bring_up_noted(Work& work, StepRun& run, bool whole_stack);
EngineWork engine_work_of(const StepRun& run);

}  // namespace ballast
