// An upgrade rehearsed on copies that a backup set makes, in throw-away containers that reach
// nothing but each other; production is not touched.
#pragma once

#include <string>
#include <vector>

#include "live/work.h"
#include "upgrade/needs.h"
#include "upgrade/rehearsal_report.h"

namespace ballast {

// Step of a deploy, from its own fresh set. Its fact: `report` (the path of what is kept),
// `expected_outage_ms`, `upgrade_ms`, `passed`. Error(rolled_back) when it fails: exit status 4,
// with production untouched; Error(refused) when it cannot be made here.
void rehearse(Work& work, StepRun& run, const std::string& set, const docker::Image& image,
              const Needs& needs);
void undo_rehearse(Work& work, StepRun& run);

struct RehearseRequest {
  std::string stack;
  std::string tag;
  std::string set;      // empty: the newest complete one
  std::string upgrade;  // as --upgrade; empty: what is found
  std::string operator_name;
  Duration wait{};
};
// A failed rehearsal is a result, not an Error.
RehearsalReport rehearse_alone(Server& server, Progress& progress, const RehearseRequest& request);
Course rehearse_course(Work& work);

}  // namespace ballast
