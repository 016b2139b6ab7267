// Deploy: by an immutable tag, proved before and after it takes traffic, undone by itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "check/check.h"
#include "live/server.h"
#include "operation/plan.h"
#include "operation/progress.h"

namespace ballast {

struct DeployRequest {
  std::string stack;
  std::string tag;
  std::string environment;  // empty: the policy's
  std::string operator_name;
  Duration wait{};                       // how long to wait for the stack's lock; zero: not at all
  std::vector<std::string> overrides;    // names of gates
  std::string reason;                    // required with overrides
  std::string via_key;                   // of the gate, by which it came; empty: by none
  bool refuses_older = false;            // than what runs
  std::vector<std::string> accept = {};  // of what the image's files bring: "port=web:80", "policy"
  std::string upgrade = {};              // "all", "none" or modules; empty: as the policy says
};

struct OperationResult {
  std::string operation;
  std::string stack;
  std::string tag;
  std::string digest;               // repository@sha256:… or the image's id
  std::string previous_tag;         // empty: a first deploy
  std::vector<CheckResult> checks;  // of the last verification
  Duration elapsed{};
  std::string note;  // e.g. the difference of configuration that a rollback brought
  // Of a release that changed the databases: from the stop to the first good answer, and as long as
  // its rehearsal said.
  std::optional<Duration> outage = {};
  std::optional<Duration> expected_outage = {};
};

// Throws Error with the kind that is the exit status: refused, rolled_back, rollback_failed,
// locked, interrupted …
OperationResult deploy(Server& server, Progress& progress, const DeployRequest& request);
// Looks at everything that a deploy looks at before it changes something, and returns the plan and
// the gates' answers.
struct Preview {
  Plan plan;
  std::vector<CheckResult> gates;
  bool gates_refuse = true;     // false: they only warn
  std::string difference = {};  // of the stack's files that the image carries; unified
  // What the release changes in the databases; of a rollback: how they are, what would be lost.
  std::vector<std::string> databases = {};
  Json loss = {};                     // the latter for programs; null: nothing
  std::optional<Error> refusal = {};  // what it would end with
};
Preview preview_deploy(Server& server, const DeployRequest& request);

}  // namespace ballast
