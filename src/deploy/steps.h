// The steps that deploy, rollback and adopt are made of. Each is named in a plan and looked up in a
// course.
#pragma once

#include <string>
#include <vector>

#include "live/work.h"

namespace ballast::steps {

// Error(refused) that tells every gate which refuses; those named in `overrides` are told and let
// pass.
void pass_gates(Work& work, StepRun& run, Moment moment);

// What an operation that may not wait for better days is told: disk, memory, the stack's files.
// Nothing of it refuses.
void warn_of_gates(Work& work, StepRun& run);

// Looks at the image first, so that what follows knows it; notes what the tag means.
void pass_image_gates(Work& work, StepRun& run);

void pull(Work& work, StepRun& run);
void undo_pull(Work& work, StepRun& run);
void backup(Work& work, StepRun& run);
void undo_backup(Work& work, StepRun& run);
void candidate(Work& work, StepRun& run);
void undo_candidate(Work& work, StepRun& run);
void switch_over(Work& work, StepRun& run);
void undo_switch(Work& work, StepRun& run);
void verify(Work& work, StepRun& run);
void commit(Work& work, StepRun& run, const std::string& history_status);
// Anonymous volumes of what was replaced.
void tidy(Work& work, StepRun& run);
void prune(Work& work, StepRun& run);

// Tag and image of the operation, from its request and from what `pull` found.
std::string wanted_tag(const OperationRecord& operation);
ReleaseRecord release_record(const Work& work, const Facts& facts, const std::string& outcome);

// The gates' answers without an operation, for --dry-run.
std::vector<CheckResult> ask_gates(Work& work, const std::string& tag, Moment moment);
std::vector<CheckResult> ask_warning_gates(Work& work, const std::string& tag);

}  // namespace ballast::steps
