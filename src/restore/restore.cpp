#include "restore/restore.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/fetch.h"
#include "backup/remote_store.h"
#include "backup/verify_set.h"
#include "base/text.h"
#include "live/database_server.h"
#include "model/names.h"
#include "restore/copy_steps.h"
#include "restore/exchange_course.h"
#include "restore/folder_swap.h"
#include "restore/ground.h"
#include "restore/restore_plan.h"
#include "restore/staging.h"

namespace ballast {

namespace {

constexpr const char* bare_volumes = "bare_volumes";

Json request_json(const RestoreRequest& request, const std::string& set) {
  return {{"set", set},
          {"databases", request.databases},
          {"keep_tag", request.keep_tag},
          {"as", request.as},
          {"from", request.from}};
}

RestoreWish wish_of(const OperationRecord& operation) {
  const Json& names = member(operation.request, "databases");
  return {.databases =
              names.is_array() ? names.get<std::vector<std::string>>() : std::vector<std::string>(),
          .as = text_at(operation.request, "as")};
}

bool is_whole(const RestoreWish& wish) { return wish.databases.empty() && wish.as.empty(); }

StoredSet set_of(Work& work) {
  const Json& request = work.operation.request;
  return SetStore(work.server, work.stack.name, text_at(request, "from"))
      .find(text_at(request, "set"));
}

RestorePlan plan_of_restore(Work& work, const StoredSet& stored) {
  return plan_restore(work, stored, wish_of(work.operation));
}

std::vector<Step> first_steps(const std::string& set) {
  return {{.name = "look",
           .title = fmt::format("verify {}, look for space", set),
           .undo = "remove the container in which it was read"},
          {.name = "databases",
           .title = "restore the databases beside the live ones",
           .undo = "drop the copies"},
          {.name = "files",
           .title = "copy the files beside the live ones",
           .undo = "remove the copies"},
          {.name = "prove", .title = "prove the copies"}};
}

Plan plan_of_swap(const RestoreRequest& request, const std::string& set) {
  const bool whole = request.databases.empty();
  Plan plan{.kind = "restore", .stack = request.stack, .steps = first_steps(set)};
  plan.steps.push_back({.name = "swap",
                        .title = whole ? "stop the release, swap, start it" : "swap",
                        .undo = "swap back"});
  plan.steps.push_back({.name = "verify", .title = "verify through the address of users' traffic"});
  plan.steps.push_back(
      {.name = "commit", .title = "record it, keep the old data aside", .commits = true});
  plan.steps.push_back({.name = "tidy", .title = "remove what is not needed any more"});
  return plan;
}

Plan plan_of_copy(const RestoreRequest& request, const std::string& set) {
  Plan plan{.kind = "restore", .stack = request.stack, .steps = first_steps(set)};
  plan.steps.push_back({.name = "neutralise", .title = "neutralise the copy"});
  plan.steps.push_back({.name = "swap",
                        .title = fmt::format("give it the name {}", request.as),
                        .undo = "take it away again"});
  plan.steps.push_back({.name = "verify", .title = "see that the site is as good as before"});
  plan.steps.push_back(
      {.name = "tidy", .title = "remove what is not needed any more", .commits = true});
  return plan;
}

void require_sound(Work& work, const StoredSet& stored, StepRun& run) {
  require_of_stack(stored, work.stack.name, "changed");
  const SetVerified verified = verify_set(work.server, stored, work.operation.id, run.progress);
  if (!verified.good())
    throw unsound(verified, Kind::refused, verified.damage.empty() ? "" : "; nothing was changed",
                  fmt::format("choose another one: ballast backup list {}", work.stack.name));
}

// A mistyped folder, or one above or below the right one, is not a stack without backups.
void require_sets_in(Disk& disk, const std::string& folder) {
  const bool is_there = disk.info(folder).has_value();
  if (is_there && !disk.list(folder + "/sets").empty()) return;
  throw Error(Kind::usage,
              fmt::format("--from {}: {}", printable(folder),
                          is_there ? "there are no backup sets in it" : "there is no such folder"),
              "give a folder that has sets/ and pool/ in it, as a copy of "
              "/srv/backups/<stack> has");
}

StoredSet set_for(Server& server, const RestoreRequest& request) {
  if (!request.from.empty()) require_sets_in(server.host.disk, request.from);
  StoredSet stored = SetStore(server, request.stack, request.from).find(request.set);
  require_of_stack(stored, request.stack, "changed");
  return stored;
}

void tell_unknown_space(const RestorePlan& plan, Progress& progress) {
  std::uint64_t bytes = 0;
  for (const SetDatabase& database : plan.databases) bytes += database.size;
  progress.detail(
      fmt::format("space on the database server: unknown, it is outside the stack; the "
                  "copies need about {} there",
                  human_bytes(bytes)));
}

void look(Work& work, StepRun& run) {
  const StoredSet stored = set_of(work);
  require_sound(work, stored, run);
  const bool rebuilds =
      lacks_containers(work) || (is_whole(wish_of(work.operation)) && has_waiting_container(work));
  const auto bare = rebuilds ? lay_ground(work, stored, run.progress) : std::vector<std::string>();
  run.remember(bare_volumes, bare);
  RestorePlan plan = plan_of_restore(work, stored);
  plan.exchange.whole_stack = rebuilds;
  if (!plan.databases.empty()) {
    Postgres postgres = database_server(work);
    require_server(postgres, plan.databases);
  }
  require_space(work, stored, plan, bare);
  if (has_database_outside(work.stack.policy)) tell_unknown_space(plan, run.progress);
  if (!text_at(work.operation.request, "as").empty())
    require_free_name(work, plan.exchange.databases.front().names.live, plan.filestore);
  if (plan.exchange.stops() && !flag_at(work.operation.request, "keep_tag"))
    require_image(work, stored.set.release, plan.exchange, run.progress);
  remember_exchange(run, plan.exchange);
  run.summary = fmt::format("{}, {}", stored.id,
                            counted(static_cast<long long>(plan.databases.size()), "database"));
}

void restore_databases(Work& work, StepRun& run) {
  const StoredSet stored = set_of(work);
  const RestorePlan plan = plan_of_restore(work, stored);
  if (plan.databases.empty()) {
    run.summary = "no database";
    return;
  }
  Postgres postgres = database_server(work);
  restore_roles(postgres, work.server, stored);
  DumpReader reader(work.server, work.operation.id,
                    work.running.of(work.stack.policy.database_service), stored.folder);
  for (std::size_t number = 0; number < plan.databases.size(); ++number) {
    const SetDatabase& database = plan.databases[number];
    const std::string& name = plan.exchange.databases[number].names.incoming;
    run.progress.note("restoring " + printable(database.name));
    create_staging_database(postgres, {.name = name,
                                       .encoding = database.encoding,
                                       .collate = database.collate,
                                       .ctype = database.ctype});
    fill_database(postgres, reader, database, name);
  }
  run.summary = counted(static_cast<long long>(plan.databases.size()), "database");
}

FilestoreCopy filestore_copy(Work& work, const StoredSet& stored, const RestorePlan& plan,
                             std::size_t number) {
  const std::string volume = plan.filestore.substr(0, plan.filestore.rfind('/'));
  return FilestoreCopy(work.server, stored, plan.databases[number], volume,
                       "filestore/" + plan.exchange.databases[number].names.incoming);
}

// Into volumes alone where nobody's files lie: what users have there is of their day, not of the
// set's, and is in no other place.
void lay_beside(Work& work, const StoredSet& stored, const RestorePlan& plan, StepRun& run) {
  const Json& bare = member(run.fact_of("look"), bare_volumes);
  for (const BesideFilestore& beside : plan.beside) {
    if (std::ranges::find(bare, Json(beside.volume)) == bare.end()) {
      run.progress.detail(
          fmt::format("{} was there before: what lies in it beside attachments stays",
                      printable(beside.volume)));
      continue;
    }
    run.progress.note("unpacking " + beside.archive);
    work.server.host.archives.extract(fmt::format("{}/{}", stored.folder, beside.archive),
                                      beside.root);
    work.server.host.trees.sync(beside.root);
  }
}

void copy_files(Work& work, StepRun& run) {
  const StoredSet stored = set_of(work);
  const RestorePlan plan = plan_of_restore(work, stored);
  std::uint64_t files = 0;
  for (std::size_t number = 0; number < plan.exchange.folders.size(); ++number) {
    FilestoreCopy copy = filestore_copy(work, stored, plan, number);
    copy.fill(run.progress);
    files += copy.count();
  }
  for (std::size_t number = 0; number < plan.volumes.size(); ++number) {
    const std::string& folder = plan.exchange.contents[number].incoming;
    run.progress.note("unpacking " + plan.volumes[number].archive);
    work.server.host.disk.make_directories(folder, 0700);
    work.server.host.archives.extract(
        fmt::format("{}/{}", stored.folder, plan.volumes[number].archive), folder);
    work.server.host.trees.sync(folder);
  }
  if (exchange_of(run).whole_stack) lay_beside(work, stored, plan, run);
  run.summary = fmt::format("{}, {}", counted(static_cast<long long>(files), "attachment"),
                            counted(static_cast<long long>(plan.volumes.size()), "volume"));
}

void prove(Work& work, StepRun& run) {
  const StoredSet stored = set_of(work);
  const RestorePlan plan = plan_of_restore(work, stored);
  std::uint64_t files = 0;
  if (!plan.databases.empty()) {
    Postgres postgres = database_server(work);
    for (std::size_t number = 0; number < plan.databases.size(); ++number)
      prove_database(postgres, plan.databases[number],
                     plan.exchange.databases[number].names.incoming);
  }
  for (std::size_t number = 0; number < plan.exchange.folders.size(); ++number) {
    FilestoreCopy copy = filestore_copy(work, stored, plan, number);
    copy.prove(run.progress);
    files += copy.count();
  }
  run.summary = fmt::format("rows as in the manifest, {} read again",
                            counted(static_cast<long long>(files), "attachment"));
}

std::map<std::string, std::uint64_t> live_sizes(Server& server, const Stack& stack) {
  std::map<std::string, std::uint64_t> sizes;
  const Running running = observe(server, stack);
  const docker::Container* container = running.of(stack.policy.database_service);
  const bool runs = container != nullptr && container->running();
  if (!runs && !has_database_outside(stack.policy)) return sizes;
  Postgres postgres =
      runs ? Postgres(server.engine, *container) : outside_server(server, stack.policy);
  for (const DatabaseFacts& facts : postgres.database_facts()) sizes[facts.name] = facts.size;
  return sizes;
}

// The same restore, from what is here by then.
RestoreResult restore_fetched(Server& server, Progress& progress, RestoreRequest request) {
  const Fetched fetched = fetch_set(server, progress,
                                    {.stack = request.stack,
                                     .remote = *request.remote,
                                     .set = request.set,
                                     .operator_name = request.operator_name,
                                     .wait = request.wait});
  request.set = fetched.id;
  request.remote.reset();
  return restore(server, progress, request);
}

// It names a database, and the folder of its attachments.
void require_name_of_copy(const std::string& name) {
  constexpr std::string_view what = "the name of the copy";
  require_field(what, name, 63);
  if (name.find('/') != std::string::npos || name == "." || name == "..")
    throw Error(Kind::usage, fmt::format("{} `{}` cannot be the name of a folder", what, name),
                "its attachments are kept in a folder of this name: give it one without a slash");
}

}  // namespace

Course restore_course(Work& work) {
  return exchange_course(work, {{"look", handler(work, look, remove_container)},
                                {"databases", handler(work, restore_databases, drop_copies)},
                                {"files", handler(work, copy_files, remove_copies)},
                                {"prove", handler(work, prove)},
                                {"neutralise", handler(work, neutralise_copy)},
                                {"swap", handler(work, swap_over, undo_swap_over)},
                                {"verify", handler(work, verify_exchange)},
                                {"commit", handler(work, commit_exchange)},
                                {"tidy", handler(work, tidy_copies)}});
}

RestorePreview preview_restore(Server& server, const RestoreRequest& request) {
  require_stack_name(request.stack);
  const StoredSet stored = request.remote
                               ? set_on_remote(server, request.stack, *request.remote, request.set)
                               : set_for(server, request);
  RestorePreview preview{
      .set = stored.set,
      .age = std::chrono::duration_cast<Duration>(server.host.clock.now() - stored.set.started),
      .databases = {},
      .volumes = {},
      .tag_now = {},
      .tag_then = stored.set.release.tag};
  std::map<std::string, std::uint64_t> live;
  if (has_stack_files(server, request.stack)) {
    const Stack stack = read_stack(server, request.stack);
    live = live_sizes(server, stack);
    preview.tag_now = stack.tag();
    if (request.keep_tag || !request.databases.empty()) preview.tag_then = preview.tag_now;
  }
  for (const SetDatabase& database : stored.set.databases) {
    const auto& wanted = request.databases;
    if (!wanted.empty() && std::ranges::find(wanted, database.name) == wanted.end()) continue;
    preview.databases.push_back({.database = database.name,
                                 .is_live = live.contains(database.name),
                                 .live_size = live[database.name],
                                 .set_size = database.size});
  }
  if (request.databases.empty() && !stored.set.filestore)
    for (const SetVolume& volume : stored.set.volumes)
      preview.volumes.push_back(volume.mount.volume.empty() ? volume.mount.source
                                                            : volume.mount.volume);
  return preview;
}

RestoreResult restore(Server& server, Progress& progress, const RestoreRequest& request) {
  require_stack_name(request.stack);
  require_field("the operator", request.operator_name);
  if (!request.as.empty()) require_name_of_copy(request.as);
  if (request.remote) return restore_fetched(server, progress, request);
  const StoredSet stored = set_for(server, request);
  if (has_stack_files(server, request.stack)) require_readable(server, request.stack);
  const auto lock =
      hold_stack(server, request.stack, "restore", request.operator_name, request.wait, progress);
  require_engine(server);
  StackFiles files(server, request.stack);
  if (!has_stack_files(server, request.stack)) files.put(stored);
  Journal journal(server.paths.journal());
  recover_stack(server, journal, progress, *lock, request.stack);
  const Stack stack = read_stack(server, request.stack);
  Work work(server, journal, progress, lock->descriptor(),
            new_operation(server, "restore", request.stack, request.operator_name,
                          stack.policy.environment, request_json(request, stored.id)));
  RestoreResult result = run_exchange(work, request.as.empty() ? plan_of_swap(request, stored.id)
                                                               : plan_of_copy(request, stored.id));
  files.keep();
  return result;
}

}  // namespace ballast
