#include "watch/observe.h"

#include <algorithm>
#include <array>

#include "backup/offsite_note.h"
#include "backup/store.h"
#include "base/text.h"
#include "host/parallel.h"
#include "watch/disk_forecasts.h"
#include "watch/impatient.h"

namespace ballast {

namespace {

constexpr auto kinds_that_change = std::to_array<std::string_view>(
    {"adopt", "deploy", "restore", "restore-undo", "rollback", "rollback-with-data"});

template <typename Ask>
auto seen(const Ask& ask) -> Seen<decltype(ask())> {
  try {
    return {.value = ask(), .trouble = {}, .hint = {}};
  } catch (const Error& error) {
    return {.value = {}, .trouble = error.message(), .hint = error.hint()};
  } catch (const std::exception& error) {
    return {.value = {}, .trouble = error.what(), .hint = {}};
  }
}

bool changes_what_runs(const OperationRecord& operation) {
  if (std::ranges::find(kinds_that_change, operation.kind) == kinds_that_change.end()) return false;
  if (operation.state == OperationState::failed) return true;
  return operation.state != OperationState::running &&
         (operation.exit_status == 0 || operation.exit_status == exit_status(Kind::rolled_back) ||
          operation.exit_status == exit_status(Kind::rollback_failed));
}

bool is_scheduled_backup(const OperationRecord& operation) {
  if (operation.kind != "backup" || operation.state == OperationState::running) return false;
  const auto kind = parse_backup_kind(text_at(operation.request, "kind"));
  return kind == BackupKind::daily || kind == BackupKind::weekly_full;
}

SetSeen set_seen(const StoredSet& stored, const std::vector<OffsiteNote>& offsite) {
  const bool readable = stored.trouble.empty();
  return {.id = stored.id,
          .kind = stored.set.kind,
          .started = readable ? stored.set.started : time_of_set(stored.id).value_or(Time{}),
          .complete = readable && stored.set.is_complete(),
          .trouble = readable ? join(stored.set.reasons, "; ") : stored.trouble,
          .is_offsite = note_of(offsite, stored.id).has_value()};
}

BackupsSeen backups_of(Server& server, const Stack& stack) {
  BackupsSeen found;
  const auto offsite = offsite_notes(server, stack.name, stack.policy.offsite.remote);
  for (const StoredSet& stored : SetStore(server, stack.name).sets())
    found.sets.push_back(set_seen(stored, offsite));
  for (const DrillReport& report : drill_reports(server, stack.name)) {
    found.drill = report;
    if (report.passed) found.passed_drill = report;
  }
  return found;
}

void find_docker_folder(Server& server, DisksSeen& found) {
  try {
    found.docker_folder = server.engine.info().root_directory;
  } catch (const Error& error) {
    found.docker_trouble = error.message();
  }
}

// The same words for every stack whose folder is where all are: it is one and the same disk.
DisksSeen disks_of(Server& server, const Stack& stack, const std::string& docker_folder) {
  DisksSeen found{.docker_folder = docker_folder};
  Disk& disk = server.host.disk;
  std::vector<std::string> paths{server.paths.stacks()};
  if (disk.space(stack.directory).filesystem != disk.space(paths.front()).filesystem)
    paths.push_back(stack.directory);
  if (docker_folder.empty()) find_docker_folder(server, found);
  if (!found.docker_folder.empty()) paths.push_back(found.docker_folder);
  found.uses = disk_uses(disk, paths);
  return found;
}

std::vector<MemorySeen> memory_of(Server& server, const Running& running) {
  std::vector<MemorySeen> found;
  for (const docker::Container& container : running.services) {
    if (!container.running() && container.state != "paused") continue;
    if (const auto bytes = server.engine.memory_of(container.id))
      found.push_back({container.label(docker::label_service), *bytes});
  }
  return found;
}

EngineClock engine_clock_of(Server& server) {
  const Time before = server.host.clock.now();
  const docker::EngineInfo info = server.engine.info();
  const auto told = parse_time(info.system_time);
  if (!told) throw Error(Kind::failed, "the engine does not tell its time");
  return {.theirs = *told, .ours = before, .folder = info.root_directory};
}

WayBack way_back_of(Server& server, const Stack& stack, const Running& running) {
  const auto journal = Journal::open_for_reading(server.paths.journal());
  return way_back(server, journal ? &*journal : nullptr, stack,
                  rollback_choice(stack, running, ""));
}

RecordsSeen recorded_of(Server& server, const std::string& stack) {
  const auto journal = Journal::open_for_reading(server.paths.journal());
  return journal ? records_of(*journal, stack) : RecordsSeen{};
}

// Asks on a thread of its own, within its own deadline.
template <typename Ask>
auto beside(Server& server, Duration patience, const Ask& ask) {
  const auto work = [&server, patience, ask] {
    ImpatientServer impatient(server, patience);
    return ask(impatient.get());
  };
  return std::async(beside_if_possible, work);
}

using RunningSeen = std::shared_future<Seen<Running>>;

const Running& required(const Seen<Running>& running) {
  if (!running.value) throw Error(Kind::failed, running.trouble, running.hint);
  return *running.value;
}

template <typename T, typename Ask>
Seen<T> when_running(const Seen<Running>& running, const Ask& ask) {
  return running.value ? ask(*running.value)
                       : Seen<T>{.value = {}, .trouble = running.trouble, .hint = running.hint};
}

const docker::Container* container_of(const Seen<Running>& running, const std::string& service) {
  return service.empty() ? nullptr : required(running).of(service);
}

std::vector<CheckResult> not_seen(const Error& error) {
  return {{.name = "site",
           .subject = {},
           .verdict = Verdict::unknown,
           .measured = error.message(),
           .hint = error.hint()}};
}

std::vector<CheckResult> health_of(Server& server, const Stack& stack, const RunningSeen& running,
                                   const std::shared_future<Seen<DatabaseSeen>>& database,
                                   Duration patience) {
  try {
    const docker::Container* release = required(running.get()).of(stack.policy.service);
    auto results = observe_health(server, stack, release, AboutDatabases::no, {}, patience, true);
    std::ranges::move(
        observe_health(server, stack, release, AboutDatabases::yes, database.get(), patience, true),
        std::back_inserter(results));
    return results;
  } catch (const Error& error) {
    return not_seen(error);
  }
}

// By what the daemon measured, if one does.
void foretell(Server& server, Observed& observed) {
  if (!observed.disks.value) return;
  DisksSeen& disks = *observed.disks.value;
  disks.forecasts = read_disk_forecasts(server.host.disk, server.paths.measurements(observed.stack),
                                        disks.uses, observed.now);
}

}  // namespace

Seen<std::vector<MemorySeen>> see_memory(Server& server, const Running& running) {
  return seen([&] { return memory_of(server, running); });
}

Seen<DisksSeen> see_disks(Server& server, const Stack& stack, const std::string& docker_folder) {
  return seen([&] { return disks_of(server, stack, docker_folder); });
}

Seen<RecordsSeen> see_records(Server& server, const std::string& stack) {
  return seen([&] { return recorded_of(server, stack); });
}

Seen<BackupsSeen> see_backups(Server& server, const Stack& stack) {
  return seen([&] { return backups_of(server, stack); });
}

Seen<WayBack> see_way_back(Server& server, const Stack& stack, const Running& running) {
  return seen([&] { return way_back_of(server, stack, running); });
}

Seen<EngineClock> see_engine_clock(Server& server) {
  return seen([&] { return engine_clock_of(server); });
}

Seen<std::vector<ServiceSeen>> see_services(const Stack& stack, const Seen<Running>& running) {
  return seen([&] { return services_of(stack.compose, stack.policy, required(running)); });
}

std::vector<CertificateOf> see_certificates(const Policy& policy, Duration patience) {
  std::vector<std::future<CertificateOf>> asked;
  for (const std::string& url : certified_urls(policy)) {
    const auto look = [url, patience] {
      return CertificateOf{.url = url, .seen = see_certificate(url, "", patience)};
    };
    asked.push_back(std::async(beside_if_possible, look));
  }
  std::vector<CertificateOf> found;
  for (auto& one : asked) found.push_back(one.get());
  return found;
}

Observed observe_for_alerts(Server& server, const Stack& stack) {
  const Duration patience = stack.policy.verify.probe_deadline;
  const auto ask = [&](const auto& question) { return beside(server, patience, question); };
  const RunningSeen running =
      ask([&](Server& asked) { return seen([&] { return observe(asked, stack); }); }).share();
  const std::shared_future<Seen<DatabaseSeen>> database =
      ask([&](Server& asked) {
        return seen([&] {
          return observe_database(
              asked, stack, container_of(running.get(), stack.policy.database_service), patience);
        });
      }).share();
  const auto health_work = [&] { return health_of(server, stack, running, database, patience); };
  auto health = std::async(beside_if_possible, health_work);
  auto memory = ask([&](Server& asked) {
    return when_running<std::vector<MemorySeen>>(
        running.get(), [&](const Running& found) { return see_memory(asked, found); });
  });
  auto disks = ask([&](Server& asked) { return see_disks(asked, stack); });
  auto records = ask([&](Server& asked) { return see_records(asked, stack.name); });
  auto backups = ask([&](Server& asked) { return see_backups(asked, stack); });
  auto back = ask([&](Server& asked) {
    return when_running<WayBack>(
        running.get(), [&](const Running& found) { return see_way_back(asked, stack, found); });
  });
  auto clock = ask([](Server& asked) { return see_engine_clock(asked); });
  Observed observed{.stack = stack.name,
                    .now = server.host.clock.now(),
                    .policy = stack.policy,
                    .tag = stack.tag(),
                    .operation = server.host.locks.held(server.paths.stack_lock(stack.name)),
                    .certificates = see_certificates(stack.policy, patience)};
  observed.services = see_services(stack, running.get());
  observed.memory = memory.get();
  observed.disks = disks.get();
  foretell(server, observed);
  observed.database = database.get();
  observed.health = health.get();
  observed.records = records.get();
  observed.backups = backups.get();
  observed.way_back = back.get();
  observed.engine_clock = clock.get();
  return observed;
}

RecordsSeen records_of(const Journal& journal, const std::string& stack) {
  RecordsSeen found{.change = journal.newest_operation(stack, changes_what_runs),
                    .backup = journal.newest_operation(stack, is_scheduled_backup),
                    .unfinished = journal.unfinished(stack),
                    .good = {},
                    .newest = {},
                    .modified = modified_by_hand(journal, stack)};
  if (auto good = journal.releases(stack, "good"); !good.empty())
    found.good = std::move(good.front());
  if (const auto newest = journal.newest_operation(stack)) found.newest = newest->started;
  return found;
}

// One that Compose does not start again may have done its work; not so what serves users.
std::vector<ServiceSeen> services_of(const ComposeFile& compose, const Policy& policy,
                                     const Running& running) {
  const auto serves = [&](const std::string& name) {
    return name == policy.service || name == policy.database_service ||
           std::ranges::find(policy.companions, name) != policy.companions.end();
  };
  std::vector<ServiceSeen> found;
  for (const ComposeService& service : compose.services) {
    ServiceSeen one{.name = service.name};
    if (const docker::Container* container = running.of(service.name)) {
      one.container = *container;
      const std::string& again = container->restart_policy;
      one.must_run = serves(service.name) || again == "always" || again == "unless-stopped";
    }
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<std::string> certified_urls(const Policy& policy) {
  std::vector<std::string> urls;
  const auto add = [&](const std::string& url) {
    const bool names_one = url.find('{') == std::string::npos;
    if (url.starts_with("https://") && names_one && std::ranges::find(urls, url) == urls.end())
      urls.push_back(url);
  };
  add(policy.traffic.url);
  add(policy.traffic.chat_url);
  for (const std::string& url : policy.certificates) add(url);
  return urls;
}

}  // namespace ballast
