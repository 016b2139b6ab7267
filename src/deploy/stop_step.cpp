#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "deploy/upgrade_steps.h"
#include "host/parallel.h"
#include "live/deployed.h"
#include "live/releases.h"

namespace ballast::steps {

namespace {

constexpr int looks_at_busy_engine = 6;
constexpr const char* starts_always = "always";
constexpr Duration between_looks = std::chrono::milliseconds(500);

std::vector<docker::Container> release_containers(Work& work) {
  const Policy& policy = work.stack.policy;
  std::vector<docker::Container> found;
  for (const docker::Container& container : observe(work.server, work.stack).services) {
    const std::string service = container.label(docker::label_service);
    if (service == policy.service ||
        std::ranges::find(policy.companions, service) != policy.companions.end())
      found.push_back(container);
  }
  return found;
}

std::string expectation(const StepRun& run) {
  const long long expected = number_at(run.fact_of(rehearse_step), "expected_outage_ms");
  return expected > 0 ? "expected outage " + human_duration(Duration(expected))
                      : "as long as the upgrade takes: it was not rehearsed";
}

bool was_switched(const StepRun& run) { return run.fact_of("switch").contains("before"); }

// The engine starts them with itself, whoever stopped them: after a power cut the release would run
// on data that is being changed.
bool comes_back_by_itself(const docker::Container& container) {
  return container.restart_policy == starts_always;
}

std::vector<std::string> those_that_come_back(Work& work) {
  std::vector<std::string> ids;
  for (const docker::Container& container : release_containers(work))
    if (comes_back_by_itself(container)) ids.push_back(container.id);
  return ids;
}

// What nobody replaced is only started again, which is the shortest way.
void start_what_stands_still(Work& work, const StepRun& run) {
  for (const Json& id : member(run.fact(), starts_always))
    work.server.engine.set_restart_policy(id.get<std::string>(), starts_always);
  for (const docker::Container& container : release_containers(work))
    if (!container.running()) work.server.engine.start_container(container.id);
}

// An old image on data that it does not fit would write into it.
void require_data_of_before(const StepRun& run) {
  const bool was_changed = flag_at(run.fact_of(upgrade_step), "began");
  const bool has_copies = flag_at(run.fact_of(fallback_step), "whole");
  if (!was_changed || !has_copies || flag_at(run.fact_of(fallback_step), "back")) return;
  Error error(Kind::failed, "the databases are not as they were, so that nothing was started");
  const FallbackCopy copy = fallback_from_json(member(run.fact_of(fallback_step), "copy"));
  for (const DatabaseSwap& swap : copy.databases)
    error.add_context(fmt::format("{} as it was is on the server as {}", printable(swap.names.live),
                                  printable(swap.names.incoming)));
  throw error;
}

}  // namespace

long long milliseconds_now(Work& work) {
  return work.server.host.clock.now().time_since_epoch().count();
}

void halt_release(Work& work) {
  const auto containers = release_containers(work);
  std::vector<std::string> running;
  for (const docker::Container& container : containers) {
    if (comes_back_by_itself(container)) work.server.engine.set_restart_policy(container.id, "no");
    if (container.running()) running.push_back(container.id);
  }
  if (running.empty()) return;
  parallel_for(running.size(), static_cast<unsigned>(running.size()), [&](std::size_t number) {
    work.server.engine.stop_container(running[number], work.stack.policy.stop_timeout);
  });
}

void halt_what_was_switched(Work& work, EngineWork engine) {
  halt_release(work);
  if (engine == EngineWork::none) return;
  for (int look = 0; look < looks_at_busy_engine; ++look) {
    work.server.host.clock.sleep(between_looks);
    halt_release(work);
  }
}

void stop(Work& work, StepRun& run) {
  if (!upgrade_is_due(run)) return run.skip("nothing is changed in a database");
  run.remember("before", what_ran_before(work, run));
  run.progress.detail(
      fmt::format("{} stands still from now on: {}", work.stack.name, expectation(run)));
  if (const auto ids = those_that_come_back(work); !ids.empty()) run.remember(starts_always, ids);
  run.remember("stopped", milliseconds_now(work));
  halt_release(work);
  run.summary = "nobody can write";
}

void undo_stop(Work& work, StepRun& run) {
  if (!run.fact().is_object() || !run.fact().contains("before")) return;
  require_data_of_before(run);
  const Before before = before_from_json(run.fact().at("before"));
  work.reload();
  if (!was_switched(run)) start_what_stands_still(work, run);
  const EngineWork engine =
      flag_at(run.fact_of("switch"), "compose_runs") ? EngineWork::perhaps : EngineWork::none;
  return_to(work.inspection, work.composer(), before, engine, run.progress);
  note_what_was_deployed(work);
  if (const auto still = standing_still_for(work, run))
    run.remember("stood_still_ms", still->count());
  run.summary = before.ran() ? fmt::format("{} runs {} again", work.stack.name, before.tag)
                             : "nothing ran before";
}

std::optional<Duration> standing_still_for(Work& work, const StepRun& run) {
  const long long stopped = number_at(run.fact_of(stop_step), "stopped");
  if (stopped == 0) return std::nullopt;
  return Duration(std::max(milliseconds_now(work) - stopped, 0LL));
}

}  // namespace ballast::steps
