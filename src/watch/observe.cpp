#include "watch/observe.h"

#include <algorithm>
#include <array>

#include "backup/offsite_note.h"
#include "backup/store.h"
#include "base/text.h"
#include "host/parallel.h"
#include "watch/impatient.h"

namespace ballast {

namespace {

constexpr auto kinds_that_change =
    std::to_array<std::string_view>({"adopt", "deploy", "restore", "restore-undo", "rollback"});

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

DisksSeen disks_of(Server& server, const Stack& stack) {
  DisksSeen found;
  std::vector<std::string> paths{stack.directory};
  try {
    paths.push_back(server.engine.info().root_directory);
  } catch (const Error& error) {
    found.docker_trouble = error.message();
  }
  found.uses = disk_uses(server.host.disk, paths);
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
  const auto told = parse_time(server.engine.info().system_time);
  if (!told) throw Error(Kind::failed, "the engine does not tell its time");
  return {.theirs = *told, .ours = before};
}

std::vector<CertificateOf> certificates_of(const Policy& policy, Duration patience) {
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

WayBack way_back_of(Server& server, const Stack& stack, const Running& running) {
  const auto journal = Journal::open_for_reading(server.paths.journal());
  return way_back(server, journal ? &*journal : nullptr, stack,
                  rollback_choice(stack, running, ""));
}

RecordsSeen recorded(Server& server, const std::string& stack) {
  const auto journal = Journal::open_for_reading(server.paths.journal());
  return journal ? records_of(*journal, stack) : RecordsSeen{};
}

// Asks on a thread of its own, within its own deadline.
template <typename Ask>
auto beside(Server& server, Duration patience, const Ask& ask) {
  const auto work = [&server, patience, ask] {
    return seen([&] {
      ImpatientServer impatient(server, patience);
      return ask(impatient.get());
    });
  };
  return std::async(beside_if_possible, work);
}

using RunningSeen = std::shared_future<Seen<Running>>;

const Running& required(const RunningSeen& running) {
  const Seen<Running>& found = running.get();
  if (!found.value) throw Error(Kind::failed, found.trouble, found.hint);
  return *found.value;
}

const docker::Container* database_container(const Stack& stack, const RunningSeen& running) {
  const std::string& service = stack.policy.database_service;
  return service.empty() ? nullptr : required(running).of(service);
}

std::vector<CheckResult> health_of(Server& server, const Stack& stack, const RunningSeen& running,
                                   const std::shared_future<Seen<DatabaseSeen>>& database,
                                   Duration patience) {
  const auto found = seen([&] {
    return observe_health(server, stack, required(running).of(stack.policy.service), database,
                          patience);
  });
  if (found.value) return *found.value;
  return {{.name = "site",
           .subject = {},
           .verdict = Verdict::unknown,
           .measured = found.trouble,
           .hint = found.hint}};
}

Seen<std::vector<ServiceSeen>> services_seen(const Stack& stack, const RunningSeen& running) {
  return seen([&] { return services_of(stack.compose, stack.policy, required(running)); });
}

}  // namespace

Observed observe_for_alerts(Server& server, const Stack& stack) {
  const Duration patience = stack.policy.verify.probe_deadline;
  const auto ask = [&](const auto& question) { return beside(server, patience, question); };
  const RunningSeen running = ask([&](Server& asked) { return observe(asked, stack); }).share();
  const std::shared_future<Seen<DatabaseSeen>> database =
      ask([&](Server& asked) {
        return observe_database(asked, stack, database_container(stack, running), patience);
      }).share();
  const auto health_work = [&] { return health_of(server, stack, running, database, patience); };
  auto health = std::async(beside_if_possible, health_work);
  auto memory = ask([&](Server& asked) { return memory_of(asked, required(running)); });
  auto disks = ask([&](Server& asked) { return disks_of(asked, stack); });
  auto records = ask([&](Server& asked) { return recorded(asked, stack.name); });
  auto backups = ask([&](Server& asked) { return backups_of(asked, stack); });
  auto back = ask([&](Server& asked) { return way_back_of(asked, stack, required(running)); });
  auto clock = ask([](Server& asked) { return engine_clock_of(asked); });
  Observed observed{.stack = stack.name,
                    .now = server.host.clock.now(),
                    .policy = stack.policy,
                    .tag = stack.tag(),
                    .operation = server.host.locks.held(server.paths.stack_lock(stack.name)),
                    .certificates = certificates_of(stack.policy, patience)};
  observed.services = services_seen(stack, running);
  observed.memory = memory.get();
  observed.disks = disks.get();
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
                    .newest = {}};
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
