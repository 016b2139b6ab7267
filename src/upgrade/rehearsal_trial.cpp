// What is done to one group of copies: filled, upgraded, run.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "restore/neutralise.h"
#include "restore/staging.h"
#include "tools/postgres_copy.h"
#include "upgrade/rehearsal_copies.h"
#include "upgrade/rehearsal_verdict.h"

namespace ballast {

namespace {

constexpr int shown_log_lines = 20;
constexpr Duration longest_copy = std::chrono::minutes(10);
constexpr const char* timed_copy = "ballast_timed_copy";
// A larger one is not copied only to see how long it takes.
constexpr std::uint64_t largest_timed = 2'000'000'000;
constexpr std::uint64_t telling_size = 100'000'000;

}  // namespace

// All of them are there before anything is run on one: a release may make those that it misses.
void RehearsalCopies::rehearse_group(const std::vector<std::string>& names) {
  Postgres postgres(work_.server.engine, world_.server());
  std::vector<Trial> trials;
  for (const std::string& name : names) {
    trials.push_back({.name = name, .result = {}, .before = {}});
    attempt(trials.back(), [&](Trial& trial) { fill(postgres, trial); });
  }
  std::vector<RehearsedDatabase> good;
  for (Trial& trial : trials) {
    attempt(trial, [&](Trial& filled) { change(postgres, filled); });
    if (trial.result.outcome.passed()) {
      good.push_back(std::move(trial.result));
      continue;
    }
    progress_.detail(fmt::format("{}: {}", printable(trial.name), trial.result.outcome.trouble));
    report_.databases.push_back(std::move(trial.result));
    drop({trial.name});  // its login would fail, and so the others' proof
  }
  prove(good);
  for (RehearsedDatabase& result : good) report_.databases.push_back(std::move(result));
  drop(names);
}

// What fails is that copy's verdict; nothing more is done with it.
void RehearsalCopies::attempt(Trial& trial, const std::function<void(Trial&)>& part) {
  UpgradeOutcome& outcome = trial.result.outcome;
  outcome.database = trial.name;
  if (!outcome.passed()) return;
  try {
    part(trial);
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    outcome.trouble = error.message();
    outcome.last_lines = error.context();
  }
}

void RehearsalCopies::fill(Postgres& postgres, Trial& trial) {
  bring_in(postgres, database_of_set(trial.name));
  trial.before = fingerprint_of(postgres, trial.name);
  trial.is_neutral = neutralise_before(trial.name);
}

void RehearsalCopies::change(Postgres& postgres, Trial& trial) {
  if (const auto wanted = work_for(postgres, trial.name)) {
    time_copy(postgres, database_of_set(trial.name));
    trial.result.outcome = upgrade(&postgres, *wanted);
    trial.result.upgraded = true;
    if (!trial.result.outcome.passed()) return;
    trial.result.changes = differences(trial.before, fingerprint_of(postgres, trial.name));
  }
  if (!trial.is_neutral) neutralise(work_, world_.release_container(image_, {}), trial.name);
}

// A generic stack's databases belong to one command, and have one verdict.
void RehearsalCopies::rehearse_together(const std::vector<std::string>& names) {
  std::vector<RehearsedDatabase> results(1);
  RehearsedDatabase& result = results.front();
  std::optional<Postgres> postgres;
  if (world_.has_server()) postgres.emplace(work_.server.engine, world_.server());
  std::map<std::string, Fingerprint> before;
  for (const std::string& name : names) {
    bring_in(*postgres, database_of_set(name));
    before[name] = fingerprint_of(*postgres, name);
    if (needs_.due()) time_copy(*postgres, database_of_set(name));
  }
  if (needs_.due()) {
    result.outcome = upgrade(nullptr, needs_.work.front());
    result.upgraded = true;
  }
  for (const std::string& name : names)
    for (const std::string& line : differences(before[name], fingerprint_of(*postgres, name)))
      result.changes.push_back(names.size() == 1 ? line : fmt::format("{}: {}", name, line));
  if (result.outcome.passed()) prove(results);
  report_.databases.push_back(std::move(result));
}

void RehearsalCopies::bring_in(Postgres& postgres, const SetDatabase& database) {
  progress_.note("copying " + printable(database.name));
  const docker::Container& server = world_.server();
  DumpReader reader(work_.server, work_.operation.id, &server, stored_.folder);
  drop_database(postgres, database.name);  // a release may have made it for the group before
  create_as_in_set(postgres, database);
  fill_database(postgres, reader, database, database.name);
  prove_database(postgres, database, database.name);
}

// By the release that it is of, since another one may not fit it yet. Where its image is gone the
// new one does it after the upgrade, which runs no jobs.
bool RehearsalCopies::neutralise_before(const std::string& database) {
  const auto own = work_.server.engine.image(stored_.set.release.image_id);
  if (!own) return false;
  progress_.note("neutralising " + printable(database));
  neutralise(work_, world_.release_container(*own, {}), database);
  return true;
}

UpgradeOutcome RehearsalCopies::upgrade(Postgres* postgres, const UpgradeWork& wanted) {
  std::vector<UpgradeOutcome> outcomes{run_upgrade(work_, wanted, place_, progress_)};
  judge_outcomes(work_, postgres, place_, {wanted}, outcomes);
  return outcomes.front();
}

// What the fallback copy of it will take.
void RehearsalCopies::time_copy(Postgres& postgres, const SetDatabase& database) {
  if (database.size > largest_timed) {
    report_.outage.copy +=
        Duration(static_cast<long long>(static_cast<double>(database.size) / rate_));
    return;
  }
  Clock& clock = work_.server.host.clock;
  const std::string place = postgres.maintenance_database();
  const std::string statement =
      creation_of({.from = database.name, .to = timed_copy, .owner = database.owner},
                  major_version(server_version(postgres)));
  const Monotonic began = clock.monotonic();
  postgres.query(place, statement, longest_copy);
  const auto elapsed = std::chrono::duration_cast<Duration>(clock.monotonic() - began);
  drop_database(postgres, timed_copy);
  report_.outage.copy += elapsed;
  if (database.size >= telling_size && elapsed.count() > 0)
    rate_ = static_cast<double>(database.size) / static_cast<double>(elapsed.count());
}

void RehearsalCopies::prove(std::vector<RehearsedDatabase>& results) {
  if (results.empty()) return;
  progress_.note("starting the release on the copy");
  Verification verification;
  bool is_alive = false;
  try {
    const Monotonic began = work_.server.host.clock.monotonic();
    verification = verify(world_.start_release(image_), began, is_alive);
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    verification = {.checks = {}, .passed = false, .how = {}, .trouble = error.message()};
  }
  take_verdicts(verification, is_alive, results);
}

Verification RehearsalCopies::verify(const docker::Container& container, Monotonic began,
                                     bool& is_alive) {
  Clock& clock = work_.server.host.clock;
  const Policy& policy = work_.stack.policy;
  Inspection inspection(work_.server, work_.journal, work_.stack, work_.operation.id);
  inspection.look_at_image(image_.id);
  if (world_.has_server()) inspection.use_database(world_.server());
  inspection.find_databases(Running{});
  Verification verification;
  work_.server.host.machine.in_network_of(container.process, [&] {
    verification =
        verify_until_good(inspection, report_.tag, container.id, Asked::copy,
                          {.timeout = policy.candidate.timeout, .settle = {}}, progress_);
  });
  const auto started = std::chrono::duration_cast<Duration>(clock.monotonic() - began);
  if (verification.passed)
    watch_that_it_stays(inspection, container.id, policy.verify.settle, verification, progress_);
  if (!verification.passed)
    show_log(work_.server, work_.stack, container.id, shown_log_lines, progress_);
  const auto now = work_.server.engine.container(container.id);
  is_alive = now && now->running();
  report_.outage.release = std::max(report_.outage.release, started);
  if (policy.candidate.enabled) report_.outage.candidate = report_.outage.release;
  end_release(container.id);
  return verification;
}

// As `stop` will end it in production, and timed for that.
void RehearsalCopies::end_release(const std::string& container) {
  Clock& clock = work_.server.host.clock;
  const Monotonic began = clock.monotonic();
  work_.server.engine.stop_container(container, work_.stack.policy.stop_timeout);
  report_.outage.stop = std::max(report_.outage.stop,
                                 std::chrono::duration_cast<Duration>(clock.monotonic() - began));
  work_.server.engine.remove_container(container);
}

// Compose is asked something small, since what it takes for itself is mostly its start. Where
// nothing is upgraded the candidate is proved beside what runs.
void RehearsalCopies::time_compose() {
  Clock& clock = work_.server.host.clock;
  const Monotonic began = clock.monotonic();
  work_.composer().read({{work_.stack.policy.tag_variable, report_.tag}});
  const auto elapsed = std::chrono::duration_cast<Duration>(clock.monotonic() - began);
  const auto upgrades = std::ranges::count_if(report_.databases, &RehearsedDatabase::upgraded);
  if (upgrades == 0) report_.outage.candidate = {};
  const int others = report_.outage.candidate.count() > 0 ? 2 : 1;  // candidate, release
  report_.outage.compose = elapsed * (upgrades + others);
}

void RehearsalCopies::drop(const std::vector<std::string>& names) {
  Postgres postgres(work_.server.engine, world_.server());
  for (const std::string& name : names) drop_database(postgres, name);
}

}  // namespace ballast
