#include <fmt/format.h>

#include <future>

#include "base/text.h"
#include "deploy/release_proof.h"
#include "deploy/row_counts.h"
#include "deploy/upgrade_steps.h"
#include "host/parallel.h"
#include "live/candidate.h"
#include "restore/exchange_steps.h"

namespace ballast::steps {

namespace {

void show_logs_of_candidates(Work& work, StepRun& run) {
  const std::string label = fmt::format("{}={}", docker::label_candidate, work.operation.id);
  for (const docker::Container& container : work.server.engine.containers_with_label(label))
    show_log(work.server, work.stack, container.id, shown_log_lines, run.progress);
}

void prove_beside(Work& work, StepRun& run, Duration settle) {
  const std::string tag = wanted_tag(work.operation);
  const WithFilesOfImage with_files(work, run);
  work.inspection.find_databases(work.running);
  Verification verification;
  try {
    start_added_services(work, run);
    const docker::Container container =
        start_candidate(work.server, work.stack, work.composer(), work.resolved_service(tag),
                        *work.inspection.image(), tag, work.operation.id, run.progress);
    const Policy& policy = work.stack.policy;
    verification =
        verify_until_good(work.inspection, tag, container.id, Asked::candidate,
                          {.timeout = policy.candidate.timeout, .settle = settle}, run.progress);
  } catch (const Error& error) {
    show_logs_of_candidates(work, run);
    throw;
  }
  if (!verification.passed) {
    show_logs_of_candidates(work, run);
    throw not_good(work, verification, "as a candidate");
  }
  remove_candidates(work.server, work.operation.id);
  run.summary = pass_summary(verification);
}

// What is there before anybody is let in, so that a way back can tell what they wrote. It runs
// while the work may be on another stack, and so has nothing of it.
Json count_rows(Postgres postgres, const std::vector<std::string>& databases,
                const std::vector<std::string>& tables) {
  try {
    return row_counts(postgres, databases, tables);
  } catch (const Error&) {
    return nullptr;
  }
}

std::vector<std::string> copied_databases(const StepRun& run) {
  std::vector<std::string> names;
  const Json& made = run.fact_of(fallback_step);
  if (!flag_at(made, "whole")) return names;
  for (const DatabaseSwap& swap : fallback_from_json(made.at("copy")).databases)
    names.push_back(swap.names.live);
  return names;
}

// Nobody is let in meanwhile. A release that was rehearsed was watched there, and is again once it
// is live.
Duration time_to_watch(const Work& work, const StepRun& run) {
  return flag_at(run.fact_of(rehearse_step), "passed") ? Duration{}
                                                       : work.stack.policy.verify.settle;
}

}  // namespace

void candidate(Work& work, StepRun& run) {
  if (upgrade_is_due(run)) return run.skip("it is proved once the databases are upgraded");
  prove_beside(work, run, work.stack.policy.verify.settle);
}

void undo_candidate(Work& work, StepRun& run) {
  remove_candidates(work.server, work.operation.id);
  remove_added_services(work, run);
}

void prove(Work& work, StepRun& run) {
  if (!upgrade_is_due(run)) return run.skip("nothing was changed in a database");
  std::future<Json> counting;
  if (const auto databases = copied_databases(run); !databases.empty())
    counting = std::async(beside_if_possible, count_rows, database_server(work), databases,
                          work.stack.policy.backup.counted_tables);
  if (work.stack.policy.candidate.enabled)
    prove_beside(work, run, time_to_watch(work, run));
  else
    run.summary = "the policy wants no candidate";
  if (!counting.valid()) return;
  if (const Json rows = counting.get(); !rows.is_null()) run.remember("rows", rows);
}

}  // namespace ballast::steps
