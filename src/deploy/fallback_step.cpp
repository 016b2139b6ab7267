#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "deploy/row_counts.h"
#include "deploy/upgrade_steps.h"
#include "restore/exchange_steps.h"
#include "restore/restore_plan.h"

namespace ballast::steps {

namespace {

constexpr Duration patience_with_server = std::chrono::minutes(2);
constexpr Duration pause = std::chrono::seconds(1);
constexpr const char* no_copies =
    "there is no database that can be copied: a way back is that of the image alone";

// Those that are to be upgraded; a generic stack's own command may change all of them.
std::vector<std::string> databases_at_stake(Work& work, Postgres& postgres, const Needs& needs) {
  std::vector<std::string> names;
  bool all = false;
  for (const UpgradeWork& one : needs.work) {
    all = all || one.database.empty();
    if (!one.database.empty()) names.push_back(one.database);
  }
  if (!all) return names;
  names.clear();
  for (const Database& database : postgres.databases())
    if (concerns_database(work.stack.policy, database.name)) names.push_back(database.name);
  return names;
}

// After a machine's restart it may still be coming up.
Postgres answering_server(Work& work) {
  Clock& clock = work.server.host.clock;
  const Monotonic deadline = clock.monotonic() + patience_with_server;
  while (true) try {
      Postgres postgres = database_server(work);
      postgres.maintenance_query("SELECT 1");
      return postgres;
    } catch (const Error& error) {
      if (error.kind() == Kind::interrupted || clock.monotonic() >= deadline) throw;
      clock.sleep(pause);
    }
}

// Of the release that ran, whose data this is.
void add_release(Work& work, const StepRun& run, FallbackCopy& copy) {
  const Before before = before_from_json(member(run.fact_of(stop_step), "before"));
  const Reference image = parse_reference(before.image);
  copy.tag = before.tag;
  copy.repository = image.repository;
  copy.image_id = before.image_id;
  copy.set = text_at(run.fact_of("backup"), "set");
  const auto good = work.journal.releases(work.stack.name, "good");
  if (!good.empty() && good.front().tag == before.tag && good.front().image_id == before.image_id)
    copy.release = good.front().id;
}

std::vector<std::string> live_names(const FallbackCopy& copy) {
  std::vector<std::string> names;
  for (const DatabaseSwap& swap : copy.databases) names.push_back(swap.names.live);
  return names;
}

bool had_traffic(const StepRun& run) { return run.fact_of("switch").contains("admitted"); }

// Whoever is still served would go on writing into what is swapped in.
void require_closed(Work& work, const StepRun& run) {
  if (had_traffic(run) && !run.fact_of("switch").contains("halted"))
    halt_what_was_switched(work, EngineWork::perhaps);
}

Duration was_open(Work& work, const StepRun& run) {
  const Json& switched = run.fact_of("switch");
  const long long halted = number_at(switched, "halted");
  const long long until = halted > 0 ? halted : milliseconds_now(work);
  return Duration(std::max(until - number_at(switched, "admitted"), 0LL));
}

// Counted while the release stands still, before its rows go aside.
void tell_what_was_written(Work& work, StepRun& run, Postgres& postgres, const FallbackCopy& copy) {
  if (run.fact().contains("written")) return;
  const Duration open = was_open(work, run);
  const std::vector<std::string> lines =
      rows_written(postgres, live_names(copy), work.stack.policy.backup.counted_tables,
                   member(run.fact_of(prove_step), "rows"));
  run.remember("open_ms", open.count());
  run.remember("written", lines);
  run.progress.detail(
      fmt::format("users were let in for {}; what they wrote is kept aside", human_duration(open)));
  for (const std::string& line : lines) run.progress.detail(line);
}

void bring_back(Work& work, StepRun& run, Postgres& postgres, const FallbackCopy& copy) {
  if (!flag_at(run.fact(), "swapped")) {
    swap_copies_in(postgres, copy);
    const Json& pulled = run.fact_of("pull");
    if (had_traffic(run))
      keep_replaced(work, copy,
                    {.tag = wanted_tag(work.operation),
                     .repository = text_at(pulled, "repository"),
                     .image_id = text_at(pulled, "image")});
    run.remember("swapped", true);
  }
  put_back_collected(work, postgres, copy, run.progress);
  run.remember("back", true);
}

// Only once it is written down that it was replaced. One that stays is no reason to serve nobody.
void drop_half_upgraded(StepRun& run, Postgres& postgres, const FallbackCopy& copy) {
  if (had_traffic(run)) return;
  try {
    drop_replaced(postgres, copy);
  } catch (const Error& error) {
    run.progress.detail("what the upgrade left stays beside the databases: " + error.message());
  }
}

}  // namespace

bool upgrade_is_due(const StepRun& run) { return needs_of(run).due(); }

void require_ways_back(Work& work, StepRun& run) {
  const Needs needs = needs_of(run);
  if (!needs.due() || !has_database(work.stack.policy)) return;
  Postgres postgres = database_server(work);
  const auto databases = databases_at_stake(work, postgres, needs);
  require_copyable(postgres, databases);
  require_room_for_copies(
      work, postgres, databases,
      is_overridden(work.operation, "disk-space") ? 100 : work.stack.policy.gates.disk_percent);
}

void plan_ways_back(Work& work, StepRun& run) {
  const Needs needs = needs_of(run);
  if (!needs.due() || !has_database(work.stack.policy)) return;
  Postgres postgres = database_server(work);
  const auto databases = databases_at_stake(work, postgres, needs);
  if (databases.empty()) return;
  run.remember("copies", fallback_json(plan_copies(work, postgres, databases)));
}

void tell_ways_back(Work& work, StepRun& run) {
  const Needs needs = needs_of(run);
  if (!needs.due()) return;
  if (!has_database(work.stack.policy)) return run.progress.detail(no_copies);
  Postgres postgres = database_server(work);
  if (databases_at_stake(work, postgres, needs).empty()) return run.progress.detail(no_copies);
  if (database_folder(work).empty())
    run.progress.detail("whether the server has room for copies is not known");
}

void fallback(Work& work, StepRun& run) {
  if (!upgrade_is_due(run)) return run.skip("nothing is changed in a database");
  const Json& planned = member(run.fact_of(stop_step), "copies");
  if (!planned.is_object()) return run.skip(no_copies);
  FallbackCopy copy = fallback_from_json(planned);
  copy.at = work.server.host.clock.now();
  add_release(work, run, copy);
  Postgres postgres = database_server(work);
  run.remember("copy", fallback_json(copy));
  make_copies(work, postgres, copy.databases, run.progress);
  run.remember("whole", true);
  run.summary =
      fmt::format("{}, {}", counted(static_cast<long long>(copy.databases.size()), "database"),
                  human_bytes(copy.bytes));
}

// What has not been changed only loses its copy.
void undo_fallback(Work& work, StepRun& run) {
  if (!run.fact().is_object() || !run.fact().contains("copy")) return;
  const FallbackCopy copy = fallback_from_json(run.fact().at("copy"));
  forget_fallback(work.journal, work.stack.name, work.operation.id, work.server.host.clock.now());
  Postgres postgres = answering_server(work);
  if (flag_at(run.fact(), "back")) return drop_half_upgraded(run, postgres, copy);
  if (!flag_at(run.fact(), "whole") || !flag_at(run.fact_of(upgrade_step), "began")) {
    drop_copies(work, postgres, copy.databases);
    run.summary = "the databases are as they were";
    return;
  }
  require_closed(work, run);
  if (had_traffic(run)) tell_what_was_written(work, run, postgres, copy);
  bring_back(work, run, postgres, copy);
  drop_half_upgraded(run, postgres, copy);
  run.summary = had_traffic(run) ? "the data of before is live again; the other is kept aside"
                                 : "every row is as it was";
}

void keep_copies(Work& work, const StepRun& run) {
  const Json& made = run.fact_of(fallback_step);
  if (!flag_at(made, "whole")) return;
  keep_fallback(work.journal, work.stack.name, fallback_from_json(made.at("copy")),
                work.server.host.clock.now());
}

void remove_old_copies(Work& work, StepRun& run) {
  for (const FallbackCopy& copy :
       removable_fallbacks(work.journal, work.stack, work.server.host.clock.now()))
    try {
      remove_fallback(work, copy);
      run.progress.detail(fmt::format("fallback copies of {} removed: {}", iso_local(copy.at),
                                      human_bytes(copy.bytes)));
    } catch (const Error& error) {
      run.progress.detail("old fallback copies stay: " + error.message());
    }
}

}  // namespace ballast::steps
