#include <fmt/format.h>

#include "base/text.h"
#include "live/configuration.h"
#include "model/names.h"
#include "restore/exchange_course.h"
#include "restore/exchange_files.h"

namespace ballast {

namespace {

Parked parked_at(Work& work) {
  const std::string wanted = text_at(work.operation.request, "parked");
  for (const Parked& parked : parked_of(work.journal, work.stack.name))
    if (parked.operation == wanted) return parked;
  throw Error(Kind::refused, fmt::format("nothing of {} is kept aside any more", work.stack.name));
}

// Where nothing was live before, nothing was parked: then the way back only takes away.
void drop_absent(Work& work, Exchange& exchange) {
  Disk& disk = work.server.host.disk;
  for (NameSwap& swap : exchange.folders)
    if (!disk.info(swap.incoming)) swap.incoming.clear();
  if (exchange.databases.empty()) return;
  Postgres postgres = database_server(work);
  const auto existing = database_names(postgres);
  for (DatabaseSwap& swap : exchange.databases)
    if (!existing.contains(swap.names.incoming)) swap.names.incoming.clear();
}

void bring_back_files(Work& work, StepRun& run) {
  bring_in_files(work, run, parked_at(work).files);
}

void look_at_parked(Work& work, StepRun& run) {
  const Parked parked = parked_at(work);
  if (!parked.files.empty()) note_what_runs(work, run);
  Exchange exchange = exchange_back(parked, work.operation.id);
  drop_absent(work, exchange);
  if (exchange.stops() && !exchange.image_id.empty() &&
      !work.server.engine.image(exchange.image_id))
    throw Error(Kind::refused,
                fmt::format("the image of {}:{}, which ran before the restore, is gone; nothing "
                            "was changed",
                            exchange.repository, exchange.tag),
                fmt::format("pull or build it again: docker pull {}:{}", exchange.repository,
                            exchange.tag));
  remember_exchange(run, exchange);
}

void remove_all_parked(Work& work, StepRun& run) {
  std::size_t dropped = 0;
  for (const Parked& parked : parked_of(work.journal, work.stack.name)) {
    run.progress.note("dropping what was replaced at " + iso_local(parked.at));
    remove_parked(work, parked);
    dropped += parked.exchange.databases.size();
  }
  run.summary = fmt::format("{} dropped", counted(static_cast<long long>(dropped), "database"));
}

Plan plan_of_undo(const std::string& stack, const Parked& parked) {
  Plan plan{.kind = "restore-undo",
            .stack = stack,
            .steps = {{.name = "look", .title = "look at what is kept aside"}}};
  if (!parked.files.empty())
    plan.steps.push_back({.name = configuration_step,
                          .title = "bring back the stack's files",
                          .undo = "put the present files back"});
  plan.steps.push_back(
      {.name = "swap",
       .title = parked.exchange.stops() ? "stop the release, swap back, start it" : "swap back",
       .undo = "swap again"});
  plan.steps.push_back({.name = "verify", .title = "verify through the address of users' traffic"});
  plan.steps.push_back(
      {.name = "commit", .title = "record it, keep what was restored aside", .commits = true});
  return plan;
}

Parked require_parked(const Journal& journal, const std::string& stack) {
  const auto all = parked_of(journal, stack);
  if (!all.empty()) return all.back();
  throw Error(Kind::refused, fmt::format("no restore of {} keeps anything aside", stack),
              fmt::format("see what was restored: ballast history {}", stack));
}

}  // namespace

void remove_parked(Work& work, const Parked& parked) {
  Disk& disk = work.server.host.disk;
  if (!parked.exchange.databases.empty()) {
    Postgres postgres = database_server(work);
    for (const DatabaseSwap& swap : parked.exchange.databases)
      drop_database(postgres, swap.names.parked);
  }
  for (const NameSwap& swap : parked.exchange.folders) disk.remove_tree(swap.parked);
  for (const NameSwap& swap : parked.exchange.contents) disk.remove_tree(swap.parked);
  forget_parked(work.journal, work.stack.name, parked.operation, work.server.host.clock.now());
}

Course undo_restore_course(Work& work) {
  return exchange_course(work,
                         {{"look", handler(work, look_at_parked)},
                          {configuration_step, handler(work, bring_back_files, take_files_out)},
                          {"swap", handler(work, swap_with_files, undo_swap_with_files)},
                          {"verify", handler(work, verify_exchange)},
                          {"commit", handler(work, commit_exchange)}});
}

Course confirm_restore_course(Work& work) {
  return exchange_course(work, {{"remove", handler(work, remove_all_parked)}});
}

Parked newest_parked(Server& server, const std::string& stack) {
  require_stack_name(stack);
  require_known_stack(server, stack);
  const auto journal = Journal::open_for_reading(server.paths.journal());
  if (!journal)
    throw Error(Kind::refused, fmt::format("no restore of {} keeps anything aside", stack));
  return require_parked(*journal, stack);
}

RestoreResult undo_restore(Server& server, Progress& progress, const ParkedRequest& request) {
  require_stack_name(request.stack);
  require_field("the operator", request.operator_name);
  const Stack stack = read_stack(server, request.stack);
  HeldStack held(server, request.stack, "restore-undo", request.operator_name, request.wait,
                 progress);
  require_engine(server);
  const Parked parked = require_parked(held.journal, request.stack);
  Work work(server, held.journal, progress, held.descriptor(),
            new_operation(server, "restore-undo", request.stack, request.operator_name,
                          stack.policy.environment, {{"parked", parked.operation}}));
  return run_exchange(work, plan_of_undo(request.stack, parked));
}

std::vector<std::string> confirm_restore(Server& server, Progress& progress,
                                         const ParkedRequest& request) {
  require_stack_name(request.stack);
  require_field("the operator", request.operator_name);
  const Stack stack = read_stack(server, request.stack);
  HeldStack held(server, request.stack, "restore-confirm", request.operator_name, request.wait,
                 progress);
  require_engine(server);
  require_parked(held.journal, request.stack);
  std::vector<std::string> names;
  for (const Parked& parked : parked_of(held.journal, request.stack))
    for (const DatabaseSwap& swap : parked.exchange.databases) names.push_back(swap.names.parked);
  Work work(server, held.journal, progress, held.descriptor(),
            new_operation(server, "restore-confirm", request.stack, request.operator_name,
                          stack.policy.environment, Json::object()));
  const Course course = course_of(work);
  Runner(server.host, held.journal, progress, course)
      .run(
          work.operation,
          {.kind = "restore-confirm",
           .stack = request.stack,
           .steps = {{.name = "remove", .title = "drop what restores replaced", .commits = true}}});
  return names;
}

}  // namespace ballast
