#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "deploy/upgrade_steps.h"
#include "live/candidate.h"
#include "live/workbench.h"
#include "restore/exchange_steps.h"
#include "upgrade/run_upgrade.h"

namespace ballast::steps {

namespace {

constexpr std::size_t told_findings = 20;

std::string name_of(const UpgradeWork& wanted) {
  return wanted.database.empty() ? std::string("the data") : printable(wanted.database);
}

std::string line_of(const LogFinding& finding) {
  return finding.module.empty()
             ? fmt::format("{}: {}", finding.level, finding.text)
             : fmt::format("{} in {}: {}", finding.level, finding.module, finding.text);
}

Error failure_of(const Work& work, const UpgradeWork& wanted, const UpgradeOutcome& outcome) {
  Error error(Kind::rolled_back, fmt::format("the upgrade of {} to {} failed: {}", name_of(wanted),
                                             wanted_tag(work.operation), outcome.trouble));
  std::size_t told = 0;
  for (const LogFinding& finding : outcome.findings)
    if (finding.is_error() && told++ < told_findings) error.add_context(line_of(finding));
  for (const std::string& module : outcome.left) error.add_context("left: " + module);
  for (const std::string& line : outcome.last_lines) error.add_context("log: " + line);
  return error;
}

void tell(const UpgradeWork& wanted, const UpgradeOutcome& outcome, Progress& progress) {
  std::size_t warnings = 0;
  for (const LogFinding& finding : outcome.findings) warnings += finding.is_error() ? 0 : 1;
  progress.detail(fmt::format(
      "{}: {} in {}{}", name_of(wanted),
      wanted.modules.empty() ? "its own command" : join(wanted.modules, ", "),
      human_duration(outcome.elapsed),
      warnings == 0 ? ""
                    : fmt::format(", {}", counted(static_cast<long long>(warnings), "warning"))));
}

void remember(StepRun& run, const std::vector<UpgradeOutcome>& outcomes) {
  Json list = Json::array();
  for (const UpgradeOutcome& outcome : outcomes) list.push_back(outcome_json(outcome));
  run.remember("outcomes", list);
}

}  // namespace

void upgrade(Work& work, StepRun& run) {
  if (!upgrade_is_due(run)) return run.skip("nothing is changed in a database");
  const Monotonic began = work.server.host.clock.monotonic();
  const Needs needs = needs_of(run);
  const WithFilesOfImage with_files(work, run);
  std::optional<Postgres> postgres;
  if (has_database(work.stack.policy)) postgres.emplace(database_server(work));
  const UpgradePlace place =
      in_production(work, wanted_tag(work.operation), *work.inspection.image());
  run.remember("began", true);
  std::vector<UpgradeOutcome> outcomes;
  for (const UpgradeWork& wanted : needs.work) {
    outcomes.push_back(run_upgrade(work, wanted, place, run.progress));
    if (!outcomes.back().passed()) break;
    tell(wanted, outcomes.back(), run.progress);
  }
  judge_outcomes(work, postgres ? &*postgres : nullptr, place, needs.work, outcomes);
  remember(run, outcomes);
  for (std::size_t number = 0; number < outcomes.size(); ++number)
    if (!outcomes[number].passed()) throw failure_of(work, needs.work[number], outcomes[number]);
  run.summary = fmt::format(
      "{} within {}",
      postgres ? counted(static_cast<long long>(needs.work.size()), "database") : "done",
      human_duration(
          std::chrono::duration_cast<Duration>(work.server.host.clock.monotonic() - began)));
}

void undo_upgrade(Work& work, StepRun&) {
  remove_candidates(work.server, work.operation.id);
  remove_workbenches(work.server, work.operation.id);
}

}  // namespace ballast::steps
