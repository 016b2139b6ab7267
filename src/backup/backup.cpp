#include "backup/backup.h"

#include <fmt/format.h>

#include "backup/pool_damage.h"
#include "backup/prune.h"
#include "backup/scrub.h"
#include "base/text.h"
#include "live/workbench.h"
#include "model/names.h"

namespace ballast {

namespace {

Json request_json(const BackupRequest& request) {
  return {{"kind", text_of(request.wanted.kind)},
          {"note", request.wanted.note},
          {"databases", request.wanted.databases},
          {"strict", request.strict}};
}

SetWanted wanted_of(const OperationRecord& operation) {
  SetWanted wanted{
      .kind = parse_backup_kind(text_at(operation.request, "kind")).value_or(BackupKind::manual),
      .note = text_at(operation.request, "note"),
      .operator_name = operation.operator_name,
      .databases = {}};
  for (const Json& name : member(operation.request, "databases"))
    wanted.databases.push_back(name.get<std::string>());
  return wanted;
}

Plan plan_of(const OperationRecord& operation) {
  return {.kind = "backup",
          .stack = operation.stack,
          .steps = {{.name = "begin",
                     .title = "look at the databases, keep the stack's files",
                     .undo = "remove the unfinished set"},
                    {.name = "scrub", .title = "read a part of the pool again"},
                    {.name = "files", .title = "copy new attachments to the pool"},
                    {.name = "databases", .title = "dump each database through a snapshot"},
                    {.name = "volumes", .title = "pack the other files of the volumes"},
                    {.name = "commit",
                     .title = "read the dumps back, write the manifest",
                     .undo = "remove the set again",
                     .commits = true},
                    {.name = "prune", .title = "remove what the retention lets go"}}};
}

void require_request(const BackupRequest& request) {
  require_stack_name(request.stack);
  require_field("the operator", request.wanted.operator_name);
  if (!request.wanted.note.empty()) require_field("the note", request.wanted.note, 500);
}

Ending ending_of_backup(const Work& work, const Failure& failure) {
  const Error& error = failure.error;
  if (error.kind() == Kind::usage || error.kind() == Kind::refused)
    return {.error = error, .history = {}, .release = std::nullopt};
  const Kind kind = error.kind() == Kind::interrupted ? Kind::interrupted : Kind::failed;
  return {.error = Error(
              kind, fmt::format("no backup of {} was made: {}", work.stack.name, error.message()),
              error.hint()),
          .history = {},
          .release = std::nullopt};
}

void scrub(Work& work, StepRun& run) {
  const Scrubbed scrubbed = scrub_pool(work.server, SetStore(work.server, work.stack.name),
                                       work.stack.policy.backup.scrub, run.progress);
  run.summary = fmt::format("{} in {} of {} folders, {} damaged",
                            counted(static_cast<long long>(scrubbed.files), "attachment"),
                            scrubbed.folders, attachment_folders, scrubbed.damaged.size());
}

// What was put aside, and whether the steps that followed have brought it back.
std::vector<PoolDamage> pool_damage(Work& work) {
  const SetStore store(work.server, work.stack.name);
  std::vector<PoolDamage> found;
  for (const AttachmentName& name : untold_damage(work.server, store)) {
    const std::string path = fmt::format("{}/{}", store.pool(), name.text());
    found.push_back({name, work.server.host.disk.info(path).has_value()});
  }
  return found;
}

std::string completeness(const BackupSet& set) {
  return set.is_complete() ? "complete" : fmt::format("incomplete: {}", join(set.reasons, "; "));
}

// What was cut off in its last step: all that its manifest names was durable before it was written.
std::string finish_cut_off(Work& work) {
  const std::string& id = work.operation.id;
  remove_workbenches(work.server, id);
  SetStore store(work.server, work.stack.name);
  Disk& disk = work.server.host.disk;
  if (!disk.info(store.folder(id))) {
    if (!disk.info(fmt::format("{}/{}", store.incoming(id), manifest_file)))
      throw Error(Kind::interrupted, "it was cut off before its manifest was written");
    store.finish(id);
  }
  const auto stored = store.read(id);
  return stored && stored->trouble.empty() ? completeness(stored->set) : "it cannot be read";
}

void prune(Work& work, StepRun& run) {
  const Pruned pruned = prune_backups(work, false);
  if (!pruned.trouble.empty()) {
    run.summary = pruned.trouble;
    return;
  }
  run.summary = fmt::format(
      "{} and {} removed, {} freed", counted(static_cast<long long>(pruned.sets.size()), "set"),
      counted(static_cast<long long>(pruned.files), "attachment"), human_bytes(pruned.bytes()));
  if (!pruned.pool_kept.empty())
    run.progress.detail("nothing of the pool was removed: " + pruned.pool_kept);
}

}  // namespace

Course backup_course(Work& work) {
  auto maker = std::make_shared<SetMaker>(work.server, work.stack, work.running, work.operation.id,
                                          wanted_of(work.operation), work.progress);
  const auto told = [](std::string (SetMaker::*part)(), const std::shared_ptr<SetMaker>& of) {
    return [part, of](StepRun& run) { run.summary = ((*of).*part)(); };
  };
  const auto sweep = [&work](StepRun&) {
    SetStore store(work.server, work.stack.name);
    if (work.server.host.disk.info(store.folder(work.operation.id)))
      store.remove(work.operation.id);
    sweep_set(work.server, work.stack, work.running, work.operation.id);
  };
  return {.handlers = {{"begin", {told(&SetMaker::begin, maker), sweep}},
                       {"scrub", {[&work](StepRun& run) { scrub(work, run); }, {}}},
                       {"files", {told(&SetMaker::take_files, maker), {}}},
                       {"databases", {told(&SetMaker::take_databases, maker), {}}},
                       {"volumes", {told(&SetMaker::take_volumes, maker), {}}},
                       {"commit",
                        {[&work, maker](StepRun& run) {
                           run.summary = maker->has_begun() ? completeness(maker->finish())
                                                            : finish_cut_off(work);
                         },
                         sweep}},
                       {"prune", {[&work](StepRun& run) { prune(work, run); }, {}}}},
          .ending = [&work](const Failure& failure,
                            const Facts&) { return ending_of_backup(work, failure); },
          .records_changed = [] {}};
}

namespace {

BackupResult make(Server& server, Progress& progress, const BackupRequest& request,
                  const Stack& stack) {
  const Monotonic began = server.host.clock.monotonic();
  HeldStack held(server, request.stack, "backup", request.wanted.operator_name, request.wait,
                 progress);
  require_engine(server);
  Work work(server, held.journal, progress, held.descriptor(),
            new_operation(server, "backup", request.stack, request.wanted.operator_name,
                          stack.policy.environment, request_json(request)));
  const Course course = backup_course(work);
  Runner(server.host, held.journal, progress, course).run(work.operation, plan_of(work.operation));
  const StoredSet stored = SetStore(server, request.stack).find(work.operation.id);
  return {.set = stored.set,
          .folder = stored.folder,
          .pool_damage = pool_damage(work),
          .elapsed = std::chrono::duration_cast<Duration>(server.host.clock.monotonic() - began),
          .sent = {}};
}

}  // namespace

void damage_is_told(Server& server, const BackupResult& result) {
  std::vector<AttachmentName> names;
  for (const PoolDamage& damage : result.pool_damage) names.push_back(damage.attachment);
  damage_is_told(server, SetStore(server, result.set.stack), names);
}

BackupResult backup(Server& server, Progress& progress, const BackupRequest& request) {
  require_request(request);
  const Stack stack = read_stack(server, request.stack);
  BackupResult result = make(server, progress, request, stack);
  // The stack is free again by now.
  if (!stack.policy.offsite.remote.empty())
    result.sent = send_sets(
        server, progress,
        {.stack = request.stack, .operator_name = request.wanted.operator_name, .wait = {}});
  return result;
}

}  // namespace ballast
