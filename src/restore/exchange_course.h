// What the courses of restore, undo and confirm have in common: handlers, the ending in words, the
// run.
#pragma once

#include "restore/exchange_steps.h"
#include "restore/restore.h"

namespace ballast {

using ExchangeStep = void (*)(Work&, StepRun&);

StepHandler handler(Work& work, ExchangeStep step, ExchangeStep undo = nullptr);
Course exchange_course(Work& work, StepHandlers handlers);

// Runs a plan whose first step is `look`.
RestoreResult run_exchange(Work& work, const Plan& plan);

}  // namespace ballast
