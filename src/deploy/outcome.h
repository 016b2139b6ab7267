// How a release that could not be finished ends: the exit status, the words, the history lines.
#pragma once

#include <memory>

#include "deploy/deploy.h"
#include "live/work.h"
#include "operation/silence.h"

namespace ballast {

Ending ending_of(Work& work, const Failure& failure, const Facts& facts);

// Runs a plan to its end and gathers the result.
OperationResult run_work(Work& work, const Plan& plan);

}  // namespace ballast
