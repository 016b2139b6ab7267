#include "backup/restore.h"

#include <fmt/format.h>

#include "backup/exchange_course.h"
#include "backup/folder_swap.h"
#include "backup/ground.h"
#include "backup/neutralise.h"
#include "backup/restore_plan.h"
#include "backup/staging.h"
#include "backup/verify_set.h"
#include "base/text.h"
#include "model/names.h"

namespace ballast {

namespace {

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
  if (stored.set.stack != work.stack.name)
    throw Error(Kind::refused, fmt::format("{} is a set of {}, not of {}; nothing was changed",
                                           stored.id, stored.set.stack, work.stack.name));
  const SetVerified verified = verify_set(work.server, stored, work.operation.id, run.progress);
  if (!verified.good())
    throw unsound(verified, Kind::refused, "; nothing was changed",
                  fmt::format("choose another one: ballast backup list {}", work.stack.name));
}

void require_free_name(Work& work, const RestorePlan& plan) {
  const NameSwap& names = plan.exchange.databases.front().names;
  Postgres postgres = database_server(work);
  const bool is_taken = database_names(postgres).contains(names.live) ||
                        (!plan.filestore.empty() && work.server.host.disk.info(fmt::format(
                                                        "{}/{}", plan.filestore, names.live)));
  if (is_taken)
    throw Error(Kind::refused,
                fmt::format("the name {} is taken in {}; nothing was changed",
                            printable(names.live), work.stack.name),
                "choose another one: --as NAME");
}

void look(Work& work, StepRun& run) {
  const StoredSet stored = set_of(work);
  require_sound(work, stored, run);
  const bool from_nothing = lacks_containers(work);
  if (from_nothing) lay_ground(work, stored, run.progress);
  RestorePlan plan = plan_of_restore(work, stored);
  plan.exchange.whole_stack = from_nothing;
  if (!plan.databases.empty()) {
    Postgres postgres = database_server(work);
    require_server(postgres, plan.databases);
  }
  require_space(work, plan);
  if (!text_at(work.operation.request, "as").empty()) require_free_name(work, plan);
  if (plan.exchange.stops() && !flag_at(work.operation.request, "keep_tag"))
    require_image(work, stored.set.release, plan.exchange, run.progress);
  remember_exchange(run, plan.exchange);
  run.summary = fmt::format("{}, {}", stored.id,
                            counted(static_cast<long long>(plan.databases.size()), "database"));
}

// In which the set was read.
void remove_container(Work& work, StepRun&) { remove_workbenches(work.server, work.operation.id); }

void restore_databases(Work& work, StepRun& run) {
  const StoredSet stored = set_of(work);
  const RestorePlan plan = plan_of_restore(work, stored);
  if (plan.databases.empty()) {
    run.summary = "no database";
    return;
  }
  Postgres postgres = database_server(work);
  restore_roles(postgres, work.server, stored);
  const docker::Container* server = work.running.of(work.stack.policy.database_service);
  Workbench restorer(work.server, work.operation.id, restorer_beside(*server, stored.folder));
  for (std::size_t number = 0; number < plan.databases.size(); ++number) {
    const SetDatabase& database = plan.databases[number];
    const std::string& name = plan.exchange.databases[number].names.incoming;
    run.progress.note("restoring " + printable(database.name));
    create_staging_database(postgres, {.name = name,
                                       .encoding = database.encoding,
                                       .collate = database.collate,
                                       .ctype = database.ctype});
    fill_database(postgres, restorer, database, name);
  }
  run.summary = counted(static_cast<long long>(plan.databases.size()), "database");
}

void drop_copies(Work& work, StepRun& run) {
  remove_workbenches(work.server, work.operation.id);
  const Exchange exchange = exchange_of(run);
  if (exchange.databases.empty()) return;
  Postgres postgres = database_server(work);
  for (const DatabaseSwap& swap : exchange.databases) drop_database(postgres, swap.names.incoming);
  drop_staging_role(postgres);
}

FilestoreCopy filestore_copy(Work& work, const StoredSet& stored, const RestorePlan& plan,
                             std::size_t number) {
  const std::string volume = plan.filestore.substr(0, plan.filestore.rfind('/'));
  return FilestoreCopy(work.server, stored, plan.databases[number], volume,
                       "filestore/" + plan.exchange.databases[number].names.incoming);
}

void copy_files(Work& work, StepRun& run) {
  const StoredSet stored = set_of(work);
  const RestorePlan plan = plan_of_restore(work, stored);
  std::size_t files = 0;
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
  if (exchange_of(run).whole_stack)
    for (const BesideFilestore& beside : plan.beside)
      work.server.host.archives.extract(fmt::format("{}/{}", stored.folder, beside.archive),
                                        beside.root);
  run.summary = fmt::format("{}, {}", counted(static_cast<long long>(files), "attachment"),
                            counted(static_cast<long long>(plan.volumes.size()), "volume"));
}

void remove_copies(Work& work, StepRun& run) {
  const Exchange exchange = exchange_of(run);
  Disk& disk = work.server.host.disk;
  for (const NameSwap& swap : exchange.folders) disk.remove_tree(swap.incoming);
  for (const NameSwap& swap : exchange.contents) disk.remove_tree(swap.incoming);
}

void prove(Work& work, StepRun& run) {
  const StoredSet stored = set_of(work);
  const RestorePlan plan = plan_of_restore(work, stored);
  std::size_t files = 0;
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

void neutralise_copy(Work& work, StepRun& run) {
  const docker::Container* server = work.running.of(work.stack.policy.database_service);
  const docker::Container release = work.release_container();
  docker::NewContainer where{.image = release.image_id};
  if (server != nullptr && !server->addresses.empty())
    where.network = server->addresses.begin()->first;
  const std::string name = exchange_of(run).databases.front().names.incoming;
  run.summary = neutralise(work, where, name) ? "its mail and jobs are off"
                                              : "this preset knows no way: its jobs may run";
}

void tidy(Work& work, StepRun& run) {
  remove_workbenches(work.server, work.operation.id);
  if (exchange_of(run).databases.empty()) return;
  Postgres postgres = database_server(work);
  drop_staging_role(postgres);
}

std::map<std::string, std::uint64_t> live_sizes(Server& server, const Stack& stack) {
  std::map<std::string, std::uint64_t> sizes;
  const Running running = observe(server, stack);
  const docker::Container* container = running.of(stack.policy.database_service);
  if (container == nullptr || !container->running()) return sizes;
  for (const DatabaseFacts& facts : Postgres(server.engine, *container).database_facts())
    sizes[facts.name] = facts.size;
  return sizes;
}

}  // namespace

Course restore_course(Work& work) {
  return exchange_course(work, {{"look", handler(work, look, remove_container)},
                                {"databases", handler(work, restore_databases, drop_copies)},
                                {"files", handler(work, copy_files, remove_copies)},
                                {"prove", handler(work, prove)},
                                {"neutralise", handler(work, neutralise_copy)},
                                {"neutralise", handler(work, neutralise_copy)},
                                {"swap", handler(work, swap_over, undo_swap_over)},
                                {"verify", handler(work, verify_exchange)},
                                {"commit", handler(work, commit_exchange)},
                                {"tidy", handler(work, tidy)}});
}

RestorePreview preview_restore(Server& server, const RestoreRequest& request) {
  require_stack_name(request.stack);
  const StoredSet stored = SetStore(server, request.stack, request.from).find(request.set);
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
  if (!request.as.empty()) require_field("the name of the copy", request.as, 63);
  const StoredSet stored = SetStore(server, request.stack, request.from).find(request.set);
  if (!has_stack_files(server, request.stack)) put_stack_files(server, request.stack, stored);
  const Stack stack = read_stack(server, request.stack);
  HeldStack held(server, request.stack, "restore", request.operator_name, request.wait, progress);
  require_engine(server);
  const std::string& set = stored.id;
  Work work(server, held.journal, progress, held.descriptor(),
            new_operation(server, "restore", request.stack, request.operator_name,
                          stack.policy.environment, request_json(request, set)));
  return run_exchange(work,
                      request.as.empty() ? plan_of_swap(request, set) : plan_of_copy(request, set));
}

}  // namespace ballast
