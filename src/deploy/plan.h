// The plans of this room: pure, from the policy, the request and what was observed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "deploy/deploy.h"
#include "journal/journal.h"
#include "model/policy.h"

namespace ballast {

struct DeployObserved {
  bool runs = false;           // a live release runs beside which a candidate can be proved
  bool has_container = false;  // else it is a first deploy: the whole stack is brought up
  std::string tag;             // what .env asks for now
};
Plan plan_deploy(const Policy& policy, const DeployRequest& request,
                 const DeployObserved& observed);

// The release to return to: the one asked for, else the newest good one that is not what runs.
struct RollbackChoice {
  std::string to;   // asked for; may be empty
  std::string tag;  // of .env
  std::string
      image_id;  // of what runs; empty: nothing runs, and so last good itself is returned to
};
std::optional<ReleaseRecord> find_rollback(const std::vector<ReleaseRecord>& good,
                                           const RollbackChoice& choice);
// Error(refused) when there is none.
ReleaseRecord choose_rollback(const std::string& stack, const std::vector<ReleaseRecord>& good,
                              const RollbackChoice& choice);

}  // namespace ballast
