#include "restore/exchange_steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "live/candidate.h"
#include "live/configuration.h"
#include "live/database_server.h"
#include "live/deployed.h"
#include "live/module_hashes.h"
#include "live/releases.h"
#include "restore/collected.h"
#include "restore/folder_swap.h"

namespace ballast {

namespace {

constexpr int shown_log_lines = 20;
constexpr const char* exchange_step = "look";
constexpr const char* swap_step = "swap";

std::vector<docker::Container> containers_of(Work& work, const std::vector<std::string>& services) {
  std::vector<docker::Container> found;
  for (const docker::Container& container : observe(work.server, work.stack).services)
    if (std::ranges::find(services, container.label(docker::label_service)) != services.end())
      found.push_back(container);
  return found;
}

void stop_services(Work& work, const std::vector<std::string>& services) {
  for (const docker::Container& container : containers_of(work, services))
    if (container.running())
      work.server.engine.stop_container(container.id, work.stack.policy.stop_timeout);
}

// All but the release's, which its own path starts.
void start_others(Work& work, const std::vector<std::string>& services) {
  for (const docker::Container& container : containers_of(work, services))
    if (container.label(docker::label_service) != work.stack.policy.service && !container.running())
      work.server.engine.start_container(container.id);
}

bool is_another_release(const Before& before, const Exchange& exchange) {
  return !exchange.tag.empty() &&
         (exchange.tag != before.tag || exchange.image_id != before.image_id);
}

void start_release(Work& work, StepRun& run, const Exchange& exchange, const Before& before) {
  const auto containers = containers_of(work, {work.stack.policy.service});
  if (!is_another_release(before, exchange) && !exchange.whole_stack && containers.size() == 1) {
    if (!containers.front().running()) work.server.engine.start_container(containers.front().id);
    return;
  }
  if (!exchange.tag.empty()) {
    ensure_image(work.server, exchange.repository, exchange.tag, exchange.image_id);
    write_tag(work.server, work.stack, exchange.tag);
    work.reload();
  }
  bring_up_noted(work, run, exchange.whole_stack);
}

void swap_data(Work& work, const Exchange& exchange) {
  if (!exchange.databases.empty()) {
    Postgres postgres = database_server(work);
    swap_databases(postgres, exchange.databases);
  }
  Disk& disk = work.server.host.disk;
  for (const NameSwap& swap : exchange.folders) swap_folder(disk, swap);
  for (const NameSwap& swap : exchange.contents) swap_content(disk, swap);
}

// The site comes back also where a picture does not.
void bring_back_files_of(Work& work, const Exchange& exchange, Progress& progress) {
  if (!exchange.shares_files || exchange.databases.empty()) return;
  try {
    Postgres postgres = database_server(work);
    std::uint64_t returned = 0;
    for (const DatabaseSwap& swap : exchange.databases)
      returned += put_back_attachments(work, postgres, swap.names.live, progress);
    if (returned > 0)
      progress.detail(fmt::format("{} that had been collected came back from the pool",
                                  counted(static_cast<long long>(returned), "attachment")));
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    progress.detail("attachments that were collected are missing: " + error.message());
  }
}

void swap_data_back(Work& work, const Exchange& exchange) {
  if (!exchange.databases.empty()) {
    Postgres postgres = database_server(work);
    swap_databases_back(postgres, exchange.databases);
  }
  Disk& disk = work.server.host.disk;
  for (const NameSwap& swap : exchange.folders) swap_folder_back(disk, swap);
  for (const NameSwap& swap : exchange.contents) swap_content_back(disk, swap);
}

bool has_come_in(Disk& disk, const NameSwap& swap) {
  return !swap.incoming.empty() && !disk.info(swap.incoming);
}

bool has_begun(Work& work, const Exchange& exchange) {
  Disk& disk = work.server.host.disk;
  const auto came_in = [&](const NameSwap& swap) { return has_come_in(disk, swap); };
  if (std::ranges::any_of(exchange.folders, came_in)) return true;
  if (!exchange.contents.empty()) return true;
  if (exchange.databases.empty()) return false;
  Postgres postgres = database_server(work);
  return is_swapped(exchange.databases.front().names, database_names(postgres));
}

Error not_good(const Work& work, const Verification& verification) {
  Error error(Kind::rolled_back,
              fmt::format("{} does not verify on the restored data at {}: {}", work.stack.name,
                          verification.how, verification.trouble));
  for (const std::string& line : failing_lines(verification.checks)) error.add_context(line);
  return error;
}

ReleaseRecord good_release(Work& work, const docker::Container& container) {
  const Reference reference = parse_reference(container.image);
  ReleaseRecord release{.id = work.operation.id,
                        .stack = work.stack.name,
                        .tag = work.stack.tag(),
                        .image_id = container.image_id,
                        .repo_digest = {},
                        .repository = reference.repository,
                        .config_hash = work.stack.config_hash(),
                        .environment = work.operation.environment,
                        .operator_name = work.operation.operator_name,
                        .outcome = "good",
                        .copies = {},
                        .at = work.server.host.clock.now()};
  if (const auto image = work.server.engine.image(container.image_id))
    release.repo_digest = image->digest_of(reference.repository);
  release.copies = work.server.paths.release_copies(work.stack.name, work.operation.id);
  keep_files(work.server, work.stack.directory, release.copies);
  note_what_was_deployed(work);
  return release;
}

// Who changed the stack's files ahead of the swap has noted it: with them the tag changes too.
Before note_before(Work& work, StepRun& run) {
  if (run.fact().is_object() && run.fact().contains("before"))
    return before_from_json(run.fact().at("before"));
  const Before before = observe_before(work.inspection, observe(work.server, work.stack));
  run.remember("before", before_json(before));
  return before;
}

Before before_of(const StepRun& run) {
  return before_from_json(member(run.fact_of(swap_step), "before"));
}

Postgres reachable_server(Work& work) {
  if (has_database_outside(work.stack.policy))
    return outside_server(work.server, work.stack.policy);
  const Running running = observe(work.server, work.stack);
  const docker::Container* container = running.of(work.stack.policy.database_service);
  if (container == nullptr || !container->running())
    throw Error(Kind::refused,
                fmt::format("the database service `{}` of {} does not run",
                            work.stack.policy.database_service, work.stack.name),
                fmt::format("start it, then try again: ballast status {}", work.stack.name));
  return Postgres(work.server.engine, *container);
}

}  // namespace

void remember_exchange(StepRun& run, const Exchange& exchange) {
  run.remember("exchange", exchange_json(exchange));
}

Exchange exchange_of(const StepRun& run) {
  return exchange_from_json(member(run.fact_of(exchange_step), "exchange"));
}

Postgres database_server(Work& work) {
  Postgres postgres = reachable_server(work);
  postgres.wait_for_room(work.server.host.clock, std::chrono::minutes(1));
  return postgres;
}

void require_image(Work& work, const SetRelease& release, Exchange& exchange, Progress& progress) {
  Engine& engine = work.server.engine;
  exchange.tag = release.tag;
  exchange.repository = parse_reference(release.image).repository;
  exchange.image_id = release.image_id;
  if (engine.image(release.image_id)) return;
  const std::string what = fmt::format("{}:{}", exchange.repository, release.tag);
  if (release.digest.empty())
    throw Error(
        Kind::refused,
        fmt::format("the image of {} is gone, and no registry is known for it", what),
        fmt::format("build or load {} again, or keep the release that runs: --keep-tag", what));
  engine.pull(exchange.repository, release.digest.substr(release.digest.find('@') + 1),
              [&](const docker::PullProgress& pull) {
                progress.note(fmt::format("pulling {}: {}", what, pull.status));
              });
  const auto pulled = engine.image(release.digest);
  if (!pulled)
    throw Error(Kind::refused, fmt::format("{} is not there after its pull", release.digest));
  exchange.image_id = pulled->id;
}

bool reached_live_data(const Facts& facts) {
  const auto found = facts.find(swap_step);
  return found != facts.end() && found->second.is_object() && found->second.contains("before");
}

void swap_over(Work& work, StepRun& run) {
  const Exchange exchange = exchange_of(run);
  const Before before = note_before(work, run);
  const Monotonic stopped = work.server.host.clock.monotonic();
  if (exchange.stops()) run.progress.note("stopping " + join(exchange.services, ", "));
  stop_services(work, exchange.services);
  swap_data(work, exchange);
  bring_back_files_of(work, exchange, run.progress);
  if (exchange.stops()) {
    start_others(work, exchange.services);
    start_release(work, run, exchange, before);
  }
  const auto down =
      std::chrono::duration_cast<Duration>(work.server.host.clock.monotonic() - stopped);
  run.summary = exchange.stops()
                    ? fmt::format("stopped and started again within {}", human_duration(down))
                    : fmt::format("within {}", human_duration(down));
}

void undo_swap_over(Work& work, StepRun& run) {
  if (!run.fact().is_object() || !run.fact().contains("before")) return;
  const Exchange exchange = exchange_of(run);
  const Before before = before_from_json(run.fact().at("before"));
  if (exchange.stops() && has_begun(work, exchange)) stop_services(work, exchange.services);
  swap_data_back(work, exchange);
  bring_back_files_of(work, exchange, run.progress);
  if (!exchange.stops()) {
    run.summary = "the old data is live again";
    return;
  }
  start_others(work, exchange.services);
  const auto containers = containers_of(work, {work.stack.policy.service});
  const bool only_stands_still = containers.size() == 1 && before.ran() &&
                                 containers.front().image_id == before.image_id &&
                                 work.stack.tag() == before.tag;
  if (only_stands_still && !containers.front().running())
    work.server.engine.start_container(containers.front().id);
  work.reload();
  return_to(work.inspection, work.composer(), before, engine_work_of(run), run.progress);
  note_what_was_deployed(work);
  run.summary = fmt::format("the old data is live again, {} runs {}", work.stack.name, before.tag);
}

void verify_exchange(Work& work, StepRun& run) {
  work.reload();
  const Exchange exchange = exchange_of(run);
  if (!exchange.stops() && !before_of(run).was_good) {
    run.summary = "the release did not answer before either: not asked";
    return;
  }
  const docker::Container container = work.release_container();
  work.inspection.look_at_image(container.image_id);
  work.inspection.find_databases(observe(work.server, work.stack));
  const Policy::Verify& policy = work.stack.policy.verify;
  const Verification verification =
      verify_until_good(work.inspection, work.stack.tag(), container.id, Asked::live,
                        {.timeout = policy.timeout, .settle = policy.settle}, run.progress);
  run.remember("checks", results_json(verification.checks));
  if (!verification.passed) {
    show_log(work.server, work.stack, container.id, shown_log_lines, run.progress);
    throw not_good(work, verification);
  }
  run.summary = fmt::format("{} pass at {}",
                            counted(static_cast<long long>(verification.checks.size()), "check"),
                            verification.how);
}

void commit_exchange(Work& work, StepRun& run) {
  work.reload();
  const Exchange exchange = exchange_of(run);
  const Before before = before_of(run);
  keep_parked(work.journal, work.stack.name,
              {.operation = work.operation.id,
               .at = work.server.host.clock.now(),
               .exchange = exchange,
               .tag = before.tag,
               .image = before.image,
               .image_id = before.image_id,
               .files = text_at(run.fact_of(configuration_step), "before")});
  if (const std::string consumed = text_at(work.operation.request, "parked"); !consumed.empty())
    forget_parked(work.journal, work.stack.name, consumed, work.server.host.clock.now());
  if (!exchange.databases.empty())
    forget_hashes(work.journal, work.stack.name, work.server.host.clock.now());
  if (exchange.stops()) run.release = good_release(work, work.release_container());
  run.history.push_back(history_line(work, work.stack.tag(), "success"));
  run.summary = "the old data is kept aside";
}

}  // namespace ballast
