// `ballast rehearse`: a rehearsal without a deploy, at any time.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "backup/verify_set.h"
#include "base/text.h"
#include "live/image_pull.h"
#include "model/names.h"
#include "restore/throw_away_world.h"
#include "upgrade/rehearsal.h"
#include "upgrade/rehearsal_copies.h"

namespace ballast {

namespace {

std::string wanted_tag(const Work& work) { return text_at(work.operation.request, "tag"); }
std::string wanted_set(const Work& work) { return text_at(work.operation.request, "set"); }

docker::Image pulled_image(Work& work, const StepRun& run) {
  const std::string id = text_at(run.fact_of("pull"), "image");
  if (auto image = work.server.engine.image(id)) return *std::move(image);
  throw Error(Kind::refused, fmt::format("the image of {} is gone", wanted_tag(work)));
}

// Who rehearses wants to know what an upgrade does before anybody says that it may be done.
void look(Work& work, StepRun& run) {
  Policy::Upgrade& policy = work.stack.policy.upgrade;
  if (policy.when == Policy::UpgradeWhen::ask) policy.when = Policy::UpgradeWhen::automatic;
  const Needs needs = find_needs(work, pulled_image(work, run),
                                 parse_upgrade_wish(text_at(work.operation.request, "upgrade")));
  run.remember("needs", needs_json(needs));
  for (const std::string& line : needs_lines(needs)) run.progress.detail(line);
  run.summary = needs_summary(needs);
}

void rehearse_there(Work& work, StepRun& run) {
  const StoredSet stored = SetStore(work.server, work.stack.name).find(wanted_set(work));
  const Needs needs = needs_from_json(member(run.fact_of("look"), "needs"));
  const RehearsalReport report =
      RehearsalCopies(work, stored, pulled_image(work, run), needs, run.progress).run();
  run.remember("report", report_json(report));
  if (!report.passed)
    throw Error(Kind::verification,
                fmt::format("the rehearsal of {} failed: {}", report.tag, report.trouble));
  run.summary =
      fmt::format("{} pass", counted(static_cast<long long>(report.databases.size()), "copy"));
}

const Json& report_in(const Facts& facts) {
  static const Json none;
  const auto found = facts.find("rehearse");
  return found == facts.end() ? none : member(found->second, "report");
}

void keep(Work& work, StepRun& run) {
  remove_throw_away_world(work);
  give_tag_back(work, run.fact_of("pull"), wanted_tag(work));
  keep_rehearsal(work.server, rehearsal_from_json(member(run.fact_of("rehearse"), "report")));
}

// One that was refused or cut off found out nothing.
Ending ending_of_rehearsal(const Work& work, const Failure& failure, const Facts& facts) {
  Ending ending{.error = failure.error, .history = {}, .release = std::nullopt};
  const Json& report = report_in(facts);
  if (failure.error.kind() == Kind::verification && report.is_object())
    keep_rehearsal(work.server, rehearsal_from_json(report));
  return ending;
}

Plan plan_of(const RehearseRequest& request, const std::string& set) {
  return {.kind = "rehearse",
          .stack = request.stack,
          .steps = {{.name = "pull",
                     .title = fmt::format("get the image of {}", request.tag),
                     .undo = "where the tag had moved, give it back its image"},
                    {.name = "look", .title = "ask what it needs to change in which database"},
                    {.name = "rehearse",
                     .title = fmt::format("upgrade and run it on copies of {}", set),
                     .undo = "remove its containers and files"},
                    {.name = "report",
                     .title = "remove its containers and files, write the report",
                     .commits = true}}};
}

StoredSet set_for(Server& server, const RehearseRequest& request) {
  const SetStore store(server, request.stack);
  if (!request.set.empty()) return store.find(request.set);
  if (auto newest = store.newest_complete()) return *std::move(newest);
  throw Error(Kind::refused,
              fmt::format("{} has no complete backup set that copies could be made of; nothing was "
                          "rehearsed",
                          request.stack),
              fmt::format("make one: ballast backup {}", request.stack));
}

std::optional<RehearsalReport> report_of(Server& server, const OperationRecord& operation) {
  for (RehearsalReport& report : rehearsal_reports(server, operation.stack))
    if (report.id == operation.id) return std::move(report);
  return std::nullopt;
}

}  // namespace

Course rehearse_course(Work& work) {
  const auto remove = [&work](StepRun&) { remove_throw_away_world(work); };
  return {
      .handlers = {{"pull",
                    {[&work](StepRun& run) { pull_image(work, run, wanted_tag(work)); },
                     [&work](StepRun& run) { give_tag_back(work, run.fact(), wanted_tag(work)); }}},
                   {"look", {[&work](StepRun& run) { look(work, run); }, {}}},
                   {"rehearse", {[&work](StepRun& run) { rehearse_there(work, run); }, remove}},
                   {"report", {[&work](StepRun& run) { keep(work, run); }, remove}}},
      .ending = [&work](const Failure& failure,
                        const Facts& facts) { return ending_of_rehearsal(work, failure, facts); },
      .records_changed = [] {}};
}

RehearsalReport rehearse_alone(Server& server, Progress& progress, const RehearseRequest& request) {
  require_stack_name(request.stack);
  require_tag(request.tag);
  require_field("the operator", request.operator_name);
  const UpgradeWish wish = parse_upgrade_wish(request.upgrade);
  require_readable(server, request.stack);
  HeldStack held(server, request.stack, "rehearse", request.operator_name, request.wait, progress);
  require_engine(server);
  const Stack stack = read_stack(server, request.stack);
  require_upgradable(stack, wish);
  const StoredSet stored = set_for(server, request);
  require_of_stack(stored, request.stack, "rehearsed");
  Work work(server, held.journal, progress, held.descriptor(),
            new_operation(
                server, "rehearse", request.stack, request.operator_name, stack.policy.environment,
                {{"tag", request.tag}, {"set", stored.id}, {"upgrade", request.upgrade}}));
  const Course course = course_of(work);
  try {
    Runner(server.host, held.journal, progress, course)
        .run(work.operation, plan_of(request, stored.id));
  } catch (const Error& error) {
    if (error.kind() != Kind::verification || !report_of(server, work.operation)) throw;
  }
  const auto report = report_of(server, work.operation);
  if (!report) throw Error(Kind::failed, "the report of the rehearsal is gone");
  return *report;
}

}  // namespace ballast
