#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "backup/drill_report.h"
#include "backup/store.h"
#include "base/text.h"
#include "check/project_folder.h"
#include "deploy/report.h"
#include "deploy/way_back.h"
#include "live/records.h"
#include "live/stack_files.h"
#include "live/work.h"
#include "model/names.h"

namespace ballast {

namespace {

std::string state_text(const docker::Container& container) {
  if (container.state == "exited") return fmt::format("exited ({})", container.exit_code);
  if (container.state == "running" && container.restart_count > 0)
    return fmt::format("running, {}", counted(container.restart_count, "restart"));
  return container.state;
}

ServiceStatus service_status(const std::string& name, const docker::Container* container) {
  if (container == nullptr)
    return {
        .name = name, .container = "", .image = "", .state = "absent", .health = "", .since = ""};
  const auto started = parse_time(container->started_at);
  return {.name = name,
          .container = container->name,
          .image = container->image,
          .state = state_text(*container),
          .health = container->health,
          .since = started ? iso_local(*started) : ""};
}

void judge_service(StackStatus& status, const std::string& name,
                   const docker::Container* container) {
  if (container == nullptr)
    status.troubles.push_back(fmt::format("service {} has no container", name));
  else if (!container->running())
    status.troubles.push_back(fmt::format("service {} is {}", name, state_text(*container)));
  else if (container->health == "unhealthy")
    status.troubles.push_back(fmt::format("service {} is unhealthy", name));
}

void look_at_services(StackStatus& status, Disk& disk, const Stack& stack, const Running& running) {
  for (const ComposeService& service : stack.compose.services) {
    const docker::Container* container = running.of(service.name);
    status.services.push_back(service_status(service.name, container));
    judge_service(status, service.name, container);
  }
  if (const docker::Container* release = running.of(stack.policy.service)) {
    status.tag = parse_reference(release->image).tag;
    status.digest = release->image_id;
    if (status.tag != stack.tag())
      status.troubles.push_back(fmt::format(".env says {}={}, but {} runs",
                                            stack.policy.tag_variable, stack.tag(), status.tag));
  } else {
    status.tag = "none";
  }
  if (const auto folder = folder_of_another_stack(disk, stack.directory, running.services))
    status.troubles.push_back(fmt::format(
        "these containers belong to the stack in {}: two stacks share the project name {}", *folder,
        stack.project));
}

// One that belongs to an operation at work is as it should be.
void look_at_candidates(StackStatus& status, Server& server, const Running& running) {
  if (!running.candidates.empty() && !is_going_on(server, status.name))
    status.troubles.emplace_back("a candidate container is left");
}

void look_at_operation(StackStatus& status, Server& server, const Journal& journal) {
  const auto unfinished = journal.unfinished(status.name);
  const auto holder = server.host.locks.held(server.paths.stack_lock(status.name));
  if (holder && holder->alive) {
    status.operation = fmt::format("{} by {} for {}", holder->operation, holder->operator_name,
                                   human_duration(server.host.clock.now() - holder->since));
    return;
  }
  if (unfinished.empty()) return;
  status.operation = fmt::format("{} by {} was interrupted", unfinished.front().kind,
                                 unfinished.front().operator_name);
  status.troubles.push_back(fmt::format("an interrupted {}: run `ballast recover {}`",
                                        unfinished.front().kind, status.name));
}

void look_at_modification(StackStatus& status, const Journal& journal) {
  status.modified = modified_by_hand(journal, status.name);
  if (status.modified)
    status.troubles.push_back(
        fmt::format("modified by hand {}; a deploy ends it", status.modified->text()));
}

void look_at_release(StackStatus& status, const Journal& journal) {
  const auto good = journal.releases(status.name, "good");
  if (good.empty()) return;
  status.last_good = good.front().tag;
  status.environment = good.front().environment;
  status.operator_name = good.front().operator_name;
  status.deployed_at = good.front().at;
  if (status.tag != "unknown" && status.tag != "none" && status.tag != good.front().tag)
    status.troubles.push_back(
        fmt::format("{} runs, but last good is {}: if it was changed by hand, ballast adopt {}",
                    status.tag, good.front().tag, status.name));
  const auto newest = journal.newest_operation(status.name);
  if (newest && newest->state == OperationState::failed)
    status.troubles.push_back(
        fmt::format("the last {} needs a person: {}", newest->kind, newest->message));
}

// What a release kept is root's alone.
void look_at_files(StackStatus& status, Server& server, const Journal& journal,
                   const Stack& stack) {
  if (!stack.policy.stack_files_from_image) return;
  try {
    const auto good = journal.releases(status.name, "good");
    if (good.empty()) return;
    for (const FileChange& change : changed_since(server, stack, good.front().copies))
      status.troubles.push_back(
          fmt::format("{} was changed by hand since release {}: the next deploy refuses it",
                      change.copy, good.front().tag));
  } catch (const Error&) {
    return;
  }
}

// Backups are root's alone.
void look_at_backups(StackStatus& status, Server& server) {
  BackupStatus backup;
  try {
    if (const auto stored = SetStore(server, status.name).newest_complete()) {
      backup.set = stored->id;
      backup.at = stored->set.started;
    }
    for (const DrillReport& report : drill_reports(server, status.name)) {
      backup.drilled_at = report.at;
      backup.drill_passed = report.passed;
    }
  } catch (const Error&) {
    return;
  }
  status.backup = backup;
}

// `running` is null where the engine does not answer.
WayBack way_back_of(Server& server, const Journal* journal, const Stack& stack,
                    const Running* running) {
  if (running != nullptr)
    return whole_way_back(server, journal, stack, rollback_choice(stack, *running, ""));
  if (journal != nullptr) return noted_way_back(*journal, stack.name);
  return {.ready = "unknown", .because = "the engine does not answer", .known_at = {}};
}

void look_at_records(StackStatus& status, Server& server, const Stack& stack,
                     const Running* running) {
  const auto journal = Journal::open_for_reading(server.paths.journal());
  if (journal) {
    look_at_release(status, *journal);
    look_at_modification(status, *journal);
    look_at_operation(status, server, *journal);
    look_at_files(status, server, *journal, stack);
  }
  if (status.last_good.empty() && running != nullptr)
    if (const auto older = release_to_take_over(server, stack)) status.last_good = older->tag;
  const WayBack found = way_back_of(server, journal ? &*journal : nullptr, stack, running);
  status.ready_to_roll_back = found.ready;
  status.ready_because = found.because;
  status.ready_kind = found.kind;
  status.ready_known_at = found.known_at;
}

StackStatus status_of(Server& server, const std::string& name,
                      const std::optional<Error>& engine_trouble) {
  StackStatus status;
  status.name = name;
  status.tag = "unknown";
  status.ready_to_roll_back = "unknown";
  try {
    const Stack stack = read_stack(server, name);
    status.environment = stack.policy.environment;
    std::optional<Running> running;
    if (engine_trouble) {
      status.troubles.push_back(engine_trouble->message());
    } else {
      running = observe(server, stack);
      look_at_services(status, server.host.disk, stack, *running);
      look_at_candidates(status, server, *running);
    }
    look_at_records(status, server, stack, running ? &*running : nullptr);
    look_at_backups(status, server);
  } catch (const Error& error) {
    status.troubles.push_back(error.message());
    if (status.ready_because.empty()) status.ready_because = "the stack cannot be read";
  }
  status.degraded = !status.troubles.empty();
  return status;
}

}  // namespace

std::vector<StackStatus> status(Server& server, const std::string& stack) {
  const auto engine_trouble = server.engine.trouble();
  std::vector<StackStatus> all;
  if (!stack.empty()) {
    require_known_stack(server, stack);
    all.push_back(status_of(server, stack, engine_trouble));
    return all;
  }
  for (const std::string& name : stack_names(server))
    all.push_back(status_of(server, name, engine_trouble));
  return all;
}

}  // namespace ballast
