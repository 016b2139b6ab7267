// What both kinds of rollback have in common: the release that is returned to, its image and its
// files.
#pragma once

#include <string>

#include "deploy/data_source.h"
#include "deploy/fit.h"
#include "deploy/rollback.h"
#include "live/work.h"

namespace ballast::rollback_steps {

// In the request of the operation.
Json target_json(const RollbackRequest& request, const ReleaseRecord& target);
ReleaseRecord target_of(const Work& work);

// By digest, and retagged: the tag may mean something else by now, or be gone. Its id.
// Error(refused) when it cannot be had.
std::string find_image(Work& work, Progress& progress);

void bring_back_files(Work& work, StepRun& run);
std::string difference_of_files(Work& work);  // for --dry-run

inline constexpr const char* fit_step = "fit";
Step fit_step_of(const std::string& tag);
// Error(refused) when they have changed, and nobody said that the image alone is to come back.
void compare_databases(Work& work, StepRun& run);
// The same for --dry-run.
void preview_databases(Work& work, Preview& preview);

// Chooses the release.
std::unique_ptr<Work> begin_work(Server& server, Journal& journal, Progress& progress, int lock,
                                 const RollbackRequest& request);

}  // namespace ballast::rollback_steps
