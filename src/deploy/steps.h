// The steps that deploy, rollback and adopt are made of. Each is named in a plan and looked up in a
// course.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/carried_files.h"
#include "deploy/deploy.h"
#include "live/work.h"
#include "upgrade/needs.h"

namespace ballast::steps {

// Error(refused) that tells every gate which refuses; those named in `overrides` are told and let
// pass.
void pass_gates(Work& work, StepRun& run, Moment moment);

// What an operation that may not wait for better days is told: disk, memory, the stack's files.
// Nothing of it refuses.
void warn_of_gates(Work& work, StepRun& run);

// In the request of a deploy that may not go back.
inline constexpr const char* refuses_older = "refuses_older";

// The stack's files that the image carries: read, held to their gates, laid aside. What follows
// works with them; in place they come with the tag.
inline constexpr const char* files_step = "files";
void take_files(Work& work, StepRun& run);
void forget_files(Work& work, StepRun& run);
void place_files(Work& work, StepRun& run);
void put_files_back(Work& work, StepRun& run);
// Where what stood before a change of the stack's files is kept.
std::string folder_before(const Work& work);
// Services that those files have and the present ones do not: nothing else would start them.
void start_added_services(Work& work, StepRun& run);
void remove_added_services(Work& work, StepRun& run);
// For --dry-run, of an image that is here; `folder` is free to use.
void look_ahead_at_files(Work& work, Preview& preview, const std::string& folder);

// While it lives the work is on another stack.
class WithStack {
 public:
  WithStack(Work& work, Stack other);
  ~WithStack();
  WithStack(const WithStack&) = delete;
  WithStack& operator=(const WithStack&) = delete;

 private:
  Work& work_;
  Stack own_;
};

// The one that the image's files make, where a step took them.
class WithFilesOfImage {
 public:
  WithFilesOfImage(Work& work, const StepRun& run);

 private:
  std::optional<WithStack> with_;
};

// Looks at the image first, so that what follows knows it; notes what the tag means.
void pass_image_gates(Work& work, StepRun& run);

// Error(refused) when the image is older than the one that runs, and that is not wanted.
void refuse_older(Work& work, const StepRun& run);

// What the release has to change in the databases: found out, told, and kept for the steps that
// follow. Skipped when there is nothing to do. Its undo ends a question that still runs in a
// container: { find_what_changes, undo_find_what_changes }.
inline constexpr const char* needs_step = "needs";
inline constexpr const char* upgrade_wish = "upgrade";  // in the request
void find_what_changes(Work& work, StepRun& run);
void undo_find_what_changes(Work& work, StepRun& run);
Needs needs_of(const StepRun& run);
// For --dry-run, of an image that is here.
void look_ahead_at_needs(Work& work, Preview& preview);

void pull(Work& work, StepRun& run);
void undo_pull(Work& work, StepRun& run);
void backup(Work& work, StepRun& run);
// Whatever the policy says of deploys. Error(refused) when there is no complete set; `what` is it
// the backup before: "the rollback to sha-a000001 with data".
void backup_before(Work& work, StepRun& run, const std::string& what);
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

// As Before; where a step of this operation stopped or changed it, as it was until then.
Json what_ran_before(Work& work, const StepRun& run);

// Tag and image of the operation, from its request and from what `pull` found.
std::string wanted_tag(const OperationRecord& operation);
ReleaseRecord release_record(const Work& work, const Facts& facts, const std::string& outcome);

// The gates' answers without an operation, for --dry-run.
std::vector<CheckResult> ask_gates(Work& work, const std::string& tag, Moment moment);
std::vector<CheckResult> ask_file_gates(Work& work, const std::string& tag,
                                        const CarriedFiles& files);
// Error(refused) that tells all of them which do not pass and are not overridden.
void judge_gates(Work& work, StepRun& run, const std::vector<CheckResult>& results);
std::vector<CheckResult> ask_warning_gates(Work& work, const std::string& tag);

}  // namespace ballast::steps
