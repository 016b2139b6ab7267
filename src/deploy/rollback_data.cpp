#include "deploy/rollback_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/making.h"
#include "base/text.h"
#include "deploy/courses.h"
#include "deploy/outcome.h"
#include "deploy/preview.h"
#include "deploy/rollback_target.h"
#include "deploy/schema_copy.h"
#include "deploy/steps.h"
#include "deploy/way_back.h"
#include "live/configuration.h"
#include "live/records.h"
#include "live/releases.h"
#include "restore/exchange_course.h"
#include "restore/exchange_files.h"
#include "restore/restore.h"

namespace ballast {

namespace {

using namespace rollback_steps;

constexpr const char* copy_in_request = "copy";  // the deploy that made it; empty: a set
constexpr const char* swap_step = "swap";

bool is_from_copy(const Work& work) {
  return !text_at(work.operation.request, copy_in_request).empty();
}

FallbackCopy copy_of(Work& work) {
  const std::string wanted = text_at(work.operation.request, copy_in_request);
  for (const FallbackCopy& copy : fallback_copies(work.journal, work.stack.name))
    if (copy.operation == wanted) return copy;
  throw Error(Kind::refused,
              fmt::format("the fallback copy of {} is gone; nothing was changed", work.stack.name),
              fmt::format("choose a backup set: ballast backup list {}", work.stack.name));
}

DataSource source_of(Work& work) {
  DataSource source{.copy = std::nullopt, .set = text_at(work.operation.request, "set"), .at = {}};
  if (is_from_copy(work)) {
    source.copy = copy_of(work);
    source.at = source.copy->at;
  } else if (const auto stored = SetStore(work.server, work.stack.name).read(source.set)) {
    source.at = stored->set.started;
  }
  return source;
}

std::vector<std::string> services_that_stop(const Policy& policy) {
  std::vector<std::string> services{policy.service};
  for (const std::string& companion : policy.companions)
    if (companion != policy.database_service) services.push_back(companion);
  std::ranges::sort(services);
  return services;
}

void require_copies(Work& work, const FallbackCopy& copy) {
  Postgres postgres = database_server(work);
  const auto existing = database_names(postgres);
  for (const DatabaseSwap& swap : copy.databases)
    if (!existing.contains(swap.names.incoming))
      throw Error(
          Kind::refused,
          fmt::format("the fallback copy of {} is not on the server any more; nothing was changed",
                      printable(swap.names.live)),
          fmt::format("choose a backup set: ballast backup list {0}; then: ballast restore {0} SET",
                      work.stack.name));
}

Exchange exchange_with(const Work& work, const FallbackCopy& copy) {
  Exchange exchange;
  exchange.shares_files = true;
  exchange.services = services_that_stop(work.stack.policy);
  for (const DatabaseSwap& swap : copy.databases)
    exchange.databases.push_back(
        {.names = {.incoming = swap.names.incoming,
                   .live = swap.names.live,
                   .parked = parked_name(swap.names.live, work.operation.id)},
         .owner = swap.owner});
  return exchange;
}

void tell_what_stays(Work& work, StepRun& run, const Exchange& exchange) {
  Postgres postgres = database_server(work);
  for (const Database& database : postgres.databases()) {
    const auto is_it = [&](const DatabaseSwap& swap) { return swap.names.live == database.name; };
    if (!concerns_database(work.stack.policy, database.name) ||
        std::ranges::any_of(exchange.databases, is_it))
      continue;
    run.progress.detail(
        fmt::format("{} stays as it is: it is not in the copy", printable(database.name)));
  }
}

void tell_loss(Work& work, StepRun& run) {
  const DataSource source = source_of(work);
  const Loss loss = loss_of(work, source);
  run.remember("loss", loss_json(loss));
  run.progress.detail("comes back: " + source.text(work.server.host.clock.now()));
  run.progress.detail("is lost to the site, and kept aside: " + summary_of(loss));
  for (const std::string& line : lines_of(loss)) run.progress.detail(line);
}

void look_at_copy(Work& work, StepRun& run) {
  const ReleaseRecord target = target_of(work);
  const FallbackCopy copy = copy_of(work);
  require_copies(work, copy);
  Exchange exchange = exchange_with(work, copy);
  exchange.tag = target.tag;
  exchange.repository = target.repository;
  exchange.image_id = find_image(work, run.progress);
  remember_exchange(run, exchange);
  run.summary = counted(static_cast<long long>(exchange.databases.size()), "database");
}

void look(Work& work, StepRun& run) {
  if (is_from_copy(work)) {
    look_at_copy(work, run);
  } else {
    find_image(work, run.progress);
    restore_course(work).handlers.at("look").run(run);
  }
  note_what_runs(work, run);
  tell_what_stays(work, run, exchange_of(run));
  tell_loss(work, run);
}

void back_up(Work& work, StepRun& run) {
  steps::backup_before(
      work, run, fmt::format("the rollback to {} with data", steps::wanted_tag(work.operation)));
}

void swap(Work& work, StepRun& run) {
  swap_with_files(work, run);
  run.history.push_back(history_line(work, steps::wanted_tag(work.operation), "deployed"));
}

void commit(Work& work, StepRun& run) {
  commit_exchange(work, run);
  if (run.release) keep_schema(work, run.release->copies, run.progress);
  run.history.back() = history_line(work, work.stack.tag(), "rollback");
  if (is_from_copy(work))
    forget_fallback(work.journal, work.stack.name, text_at(work.operation.request, copy_in_request),
                    work.server.host.clock.now());
  run.summary = fmt::format("{} is last good; the data of before is kept aside", work.stack.tag());
}

void tidy(Work& work, StepRun& run) {
  if (!is_from_copy(work)) restore_course(work).handlers.at("tidy").run(run);
  const Before before = before_from_json(member(run.fact_of(swap_step), "before"));
  remove_volumes(work.server, before.anonymous_volumes);
  note_way_back(work, exchange_of(run).image_id);
}

// As those of a rollback, told in the words of one; but the data came back along.
Ending ending_with_data(Work& work, const Failure& failure, const Facts& facts) {
  Facts known = facts;
  if (const auto swapped = facts.find(swap_step); swapped != facts.end())
    known["switch"] = swapped->second;
  if (const auto looked = facts.find("look"); looked != facts.end()) {
    const Json exchange = member(looked->second, "exchange");
    known["pull"] = {{"image", text_at(exchange, "image_id")},
                     {"repository", text_at(exchange, "repository")}};
  }
  Ending ending = ending_of(work, failure, known);
  if (!failure.undo_error) return ending;
  Error error(ending.error.kind(), ending.error.message(),
              fmt::format("a person is needed. Nothing was dropped: look with ballast verify {0}, "
                          "then try: ballast recover {0}",
                          work.stack.name));
  for (const std::string& line : ending.error.context()) error.add_context(line);
  ending.error = error;
  return ending;
}

// A finished set stays: it is a backup.
void remove_unfinished_set(Work& work, StepRun&) {
  sweep_set(work.server, work.stack, work.running, work.operation.id);
}

std::vector<Step> steps_of_set(const std::string& set) {
  return {{.name = "databases",
           .title = fmt::format("restore the databases of {} beside the live ones", set),
           .undo = "drop the copies"},
          {.name = "files",
           .title = "copy the files beside the live ones",
           .undo = "remove the copies"},
          {.name = "prove", .title = "prove the copies"}};
}

Plan plan_with_data(Work& work, const RollbackRequest& request) {
  const std::string tag = steps::wanted_tag(work.operation);
  const std::string set = text_at(work.operation.request, "set");
  Plan plan{.kind = work.operation.kind, .stack = work.stack.name, .steps = {}};
  auto& list = plan.steps;
  list.push_back({.name = "host-gates", .title = "look at the host: it may warn, not refuse"});
  list.push_back({.name = "look",
                  .title = fmt::format("find the image and the data of {}", tag),
                  .undo = is_from_copy(work) ? "" : "remove the container in which it was read"});
  list.push_back({.name = "backup",
                  .title = "back up the present state",
                  .undo = "remove what is unfinished of it"});
  if (!is_from_copy(work)) std::ranges::move(steps_of_set(set), std::back_inserter(list));
  if (!request.keep_configuration)
    list.push_back({.name = configuration_step,
                    .title = fmt::format("bring back the files of {}", tag),
                    .undo = "put the present files back"});
  list.push_back(
      {.name = swap_step,
       .title =
           fmt::format("stop {}, swap the databases, start {}", work.stack.policy.service, tag),
       .undo = fmt::format("swap back, return to {}: tag, image, container", work.stack.tag())});
  list.push_back({.name = "verify", .title = "verify through the address of users' traffic"});
  list.push_back({.name = "commit",
                  .title = "record the release as last good, keep the old data aside",
                  .commits = true});
  list.push_back({.name = "tidy", .title = "remove what is not needed any more"});
  return plan;
}

Error no_data(const Work& work, const std::string& tag) {
  return Error(Kind::refused,
               fmt::format("no data of {} is left to return to: neither a fallback copy nor a "
                           "complete backup set; nothing was changed",
                           tag),
               fmt::format("see what there is: ballast backup list {0}; its image alone: ballast "
                           "rollback {0} --to {1} --image-only",
                           work.stack.name, tag));
}

// The source is chosen once, and asked for by name from then on.
Json request_with_source(const Work& work, const DataSource& source) {
  Json json = work.operation.request;
  json[copy_in_request] = source.copy ? source.copy->operation : "";
  json["set"] = source.set;
  json["databases"] = Json::array();
  return json;
}

std::unique_ptr<Work> begin_with_source(Server& server, Journal& journal, Progress& progress,
                                        int lock, const RollbackRequest& request) {
  const auto work = begin_work(server, journal, progress, lock, request);
  if (!has_database(work->stack.policy))
    throw Error(
        Kind::usage, fmt::format("--with-data, but {} has no database", request.stack),
        fmt::format("its image alone comes back without it: ballast rollback {}", request.stack));
  const auto source = data_source(server, journal, target_of(*work));
  if (!source) throw no_data(*work, steps::wanted_tag(work->operation));
  OperationRecord operation = work->operation;
  operation.request = request_with_source(*work, *source);
  return std::make_unique<Work>(server, journal, progress, lock, operation);
}

OperationResult result_of(Work& work, const Facts& facts, Duration elapsed) {
  const Before before = before_from_json(member(facts.at(swap_step), "before"));
  const Exchange exchange = exchange_from_json(member(facts.at("look"), "exchange"));
  const auto image = work.server.engine.image(exchange.image_id);
  const std::string digest = image ? image->digest_of(exchange.repository) : "";
  return {.operation = work.operation.id,
          .stack = work.stack.name,
          .tag = exchange.tag,
          .digest = digest.empty() ? exchange.image_id : digest,
          .previous_tag = before.ran() ? before.tag : "",
          .checks = results_from_json(member(facts.at("verify"), "checks")),
          .elapsed = elapsed,
          .note = fmt::format("what was live is kept aside. Back: ballast restore {0} --undo; drop "
                              "it: ballast restore {0} --confirm",
                              work.stack.name)};
}

}  // namespace

Course rollback_with_data_course(Work& work) {
  StepHandlers handlers = restore_course(work).handlers;
  handlers["host-gates"] = {[&work](StepRun& run) { steps::warn_of_gates(work, run); }, {}};
  handlers["look"] = {[&work](StepRun& run) { look(work, run); }, handlers.at("look").undo};
  handlers["backup"] = handler(work, back_up, remove_unfinished_set);
  handlers[configuration_step] = handler(work, bring_back_files, take_files_out);
  handlers[swap_step] = handler(work, swap, undo_swap_with_files);
  handlers["commit"] = handler(work, commit);
  handlers["tidy"] = handler(work, tidy);
  return {.handlers = std::move(handlers),
          .ending = [&work](const Failure& failure,
                            const Facts& facts) { return ending_with_data(work, failure, facts); },
          .records_changed = [&work] { sync_records(work.server, work.journal); }};
}

OperationResult rollback_with_data(Server& server, Progress& progress,
                                   const RollbackRequest& request) {
  HeldStack held(server, request.stack, "rollback-with-data", request.operator_name, request.wait,
                 progress);
  require_engine(server);
  const auto work = begin_with_source(server, held.journal, progress, held.descriptor(), request);
  const Monotonic began = server.host.clock.monotonic();
  const Course course = course_of(*work);
  const Facts facts = Runner(server.host, held.journal, progress, course)
                          .run(work->operation, plan_with_data(*work, request));
  work->reload();
  return result_of(*work, facts,
                   std::chrono::duration_cast<Duration>(server.host.clock.monotonic() - began));
}

Preview preview_rollback_with_data(Server& server, const RollbackRequest& request) {
  Silence silence;
  PreviewJournal journal(server);
  const auto work = begin_with_source(server, journal.get(), silence, -1, request);
  Preview preview{.plan = plan_with_data(*work, request),
                  .gates = steps::ask_warning_gates(*work, steps::wanted_tag(work->operation)),
                  .gates_refuse = false};
  if (!request.keep_configuration) preview.difference = difference_of_files(*work);
  const DataSource source = source_of(*work);
  const Loss loss = loss_of(*work, source);
  preview.databases = {"comes back: " + source.text(server.host.clock.now()),
                       "would be lost to the site, and kept aside: " + summary_of(loss)};
  std::ranges::move(lines_of(loss), std::back_inserter(preview.databases));
  preview.loss = loss_json(loss);
  return preview;
}

}  // namespace ballast
