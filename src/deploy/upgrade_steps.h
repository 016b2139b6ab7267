// What stands in the plan of a deploy between the candidate and the switch, where a release may
// change the databases: stop the release, copy what it would change, change it, prove the new one
// on it. Each is skipped when nothing is due. Until the switch nobody can write, and so their way
// back loses nothing.
#pragma once

#include "deploy/steps.h"
#include "upgrade/fallback.h"

namespace ballast::steps {

inline constexpr const char* rehearse_step = "rehearse";
inline constexpr const char* stop_step = "stop";
inline constexpr const char* fallback_step = "fallback";
inline constexpr const char* upgrade_step = "upgrade";
inline constexpr const char* prove_step = "prove";

bool upgrade_is_due(const StepRun& run);

// Error(refused), before anything and once more before the release stops: there is no room for
// copies of what is to be changed, or no right to make them.
void require_ways_back(Work& work, StepRun& run);
// Remembered by the step: what is to be copied, asked while the release still runs.
void plan_ways_back(Work& work, StepRun& run);
// What is not known of them, or that there is none for the data.
void tell_ways_back(Work& work, StepRun& run);

void rehearse_upgrade(Work& work, StepRun& run);
void undo_rehearse_upgrade(Work& work, StepRun& run);
void stop(Work& work, StepRun& run);
// Starts what ran before, once its data is back.
void undo_stop(Work& work, StepRun& run);
void fallback(Work& work, StepRun& run);
void undo_fallback(Work& work, StepRun& run);
void upgrade(Work& work, StepRun& run);
void undo_upgrade(Work& work, StepRun& run);
void prove(Work& work, StepRun& run);

// Of what `stop` stopped, whatever nobody replaced: only started again, which is the shortest way.
void start_what_stands_still(Work& work, const StepRun& run);
// The release service and its companions stand still when it returns.
void halt_release(Work& work);
// The same, where an engine that still does what a killed Compose asked for may start one more.
void halt_what_was_switched(Work& work, EngineWork engine);

// At the commit: the copies stay for the day on which somebody wants to return.
void keep_copies(Work& work, const StepRun& run);
// Those that this release makes needless. What cannot be removed is told.
void remove_old_copies(Work& work, StepRun& run);

// By the wall, so that it can be told also after a restart of the machine.
long long milliseconds_now(Work& work);
// Since the stop; nullopt: it was not stopped.
std::optional<Duration> standing_still_for(Work& work, const StepRun& run);

}  // namespace ballast::steps
