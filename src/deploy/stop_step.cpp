#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "deploy/announced_outage.h"
#include "deploy/upgrade_steps.h"
#include "host/parallel.h"
#include "live/deployed.h"
#include "live/releases.h"

namespace ballast::steps {

namespace {

constexpr int looks_at_busy_engine = 6;
constexpr const char* stood = "stood";  // what this step stopped, with its restart policy
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

bool was_switched(const StepRun& run) { return run.fact_of("switch").contains("before"); }

// The engine starts them with itself, whoever stopped them; `on-failure` where they ended with
// another status than 0. After a power cut the release would run on data that is being changed.
bool comes_back_by_itself(const docker::Container& container) {
  return container.restart_policy == "always" || container.restart_policy == "on-failure";
}

Json noted(const std::vector<docker::Container>& containers) {
  Json list = Json::array();
  for (const docker::Container& container : containers)
    if (container.running() || comes_back_by_itself(container))
      list.push_back({{"id", container.id},
                      {"ran", container.running()},
                      {"policy", container.restart_policy},
                      {"tries", container.restart_tries}});
  return list;
}

// With the policy that it had.
void start_again(Work& work, const Json& note, const docker::Container& container) {
  const std::string policy = text_at(note, "policy");
  if (policy != container.restart_policy)
    work.server.engine.set_restart_policy(container.id, policy,
                                          static_cast<int>(number_at(note, "tries")));
  if (flag_at(note, "ran") && !container.running())
    work.server.engine.start_container(container.id);
}

bool is_in_files(const Work& work, const docker::Container& container) {
  return !work.stack.stands_alone() ||
         work.stack.compose.service(container.label(docker::label_service)) != nullptr;
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

void start_what_stands_still(Work& work, const StepRun& run) {
  for (const Json& note : member(run.fact_of(stop_step), stood))
    if (const auto container = work.server.engine.container(text_at(note, "id"));
        container && is_in_files(work, *container))
      start_again(work, note, *container);
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
  require_ways_back(work, run);
  plan_ways_back(work, run);
  run.remember("before", what_ran_before(work, run));
  announce_outage(work, run);
  run.progress.detail(
      fmt::format("{} stands still from now on: {}", work.stack.name, expected_outage_text(run)));
  run.remember(stood, noted(release_containers(work)));
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
