// Does what a plan says, and notes it in the record: before anything is written, so that a run that
// is killed leaves nothing that the next one takes for another hand's, and when it is done.
#pragma once

#include "host/processes.h"
#include "install/observed.h"
#include "install/plan.h"
#include "model/paths.h"

namespace ballast {

// Leaves in the plan how each part went.
void carry_out(Processes& processes, const Paths& paths, const ObservedServer& observed,
               InstallPlan& plan);

}  // namespace ballast
