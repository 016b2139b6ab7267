#include "deploy/rollback.h"

#include <fmt/format.h>

#include "base/text.h"
#include "deploy/courses.h"
#include "deploy/outcome.h"
#include "deploy/plan.h"
#include "deploy/preview.h"
#include "deploy/rollback_data.h"
#include "deploy/rollback_target.h"
#include "deploy/steps.h"
#include "deploy/way_back.h"
#include "live/configuration.h"
#include "live/records.h"
#include "live/releases.h"
#include "model/names.h"

namespace ballast {

namespace {

using namespace rollback_steps;

void require_request(const RollbackRequest& request) {
  require_stack_name(request.stack);
  if (!request.to.empty()) require_tag(request.to);
  require_field("the operator", request.operator_name);
  if (!request.environment.empty()) require_field("the environment", request.environment);
  if (!request.via_key.empty()) require_operator("the key", request.via_key);
  if (request.image_only && request.with_data)
    throw Error(Kind::usage, "--image-only and --with-data exclude each other",
                "with --with-data the image comes back as well");
}

Plan plan_of(const Work& work, const RollbackRequest& request, const ReleaseRecord& target) {
  Plan plan{.kind = "rollback", .stack = work.stack.name, .steps = {}};
  plan.steps.push_back(
      {.name = "host-gates", .title = "look at the host: it may warn, not refuse"});
  if (has_database(work.stack.policy)) plan.steps.push_back(fit_step_of(target.tag));
  plan.steps.push_back({.name = "pull", .title = fmt::format("find the image of {}", target.tag)});
  if (!request.keep_configuration)
    plan.steps.push_back({.name = configuration_step,
                          .title = fmt::format("bring back the files of {}", target.tag),
                          .undo = "put the present files back"});
  plan.steps.push_back(
      {.name = "switch",
       .title = fmt::format("switch {} to {}", work.stack.policy.service, target.tag),
       .arguments = {{"whole_stack", false}},
       .undo = fmt::format("return to {}: tag, image, container", work.stack.tag())});
  plan.steps.push_back({.name = "verify", .title = "verify through the address of users' traffic"});
  plan.steps.push_back(
      {.name = "commit", .title = "record the release as last good", .commits = true});
  plan.steps.push_back({.name = "tidy", .title = "remove what the other release left"});
  return plan;
}

// What ran before is remembered ahead of the files' change: with them the tag line changes too.
void note_before(Work& work, StepRun& run) {
  const ReleaseRecord target = target_of(work);
  const std::string id = find_image(work, run.progress);
  run.remember("repository", target.repository);
  run.remember("digest", target.repo_digest);
  run.remember("image", id);
  run.summary = id.substr(0, 19);
  run.remember("before", before_json(observe_before(work.inspection, work.running)));
}

void switch_back(Work& work, StepRun& run) {
  run.remember("before", run.fact_of("pull").at("before"));
  const Json& found = run.fact_of("pull");
  ensure_image(work.server, text_at(found, "repository"), steps::wanted_tag(work.operation),
               text_at(found, "image"));
  steps::switch_over(work, run);
}

}  // namespace

std::optional<ReleaseRecord> find_rollback(const std::vector<ReleaseRecord>& good,
                                           const RollbackChoice& choice) {
  for (const ReleaseRecord& release : good) {
    if (!choice.to.empty()) {
      if (release.tag == choice.to) return release;
      continue;
    }
    const bool runs =
        release.tag == choice.tag && (choice.image_id.empty() || release.image_id.empty() ||
                                      release.image_id == choice.image_id);
    if (!runs || choice.image_id.empty()) return release;
  }
  return std::nullopt;
}

ReleaseRecord choose_rollback(const std::string& stack, const std::vector<ReleaseRecord>& good,
                              const RollbackChoice& choice) {
  if (auto found = find_rollback(good, choice)) return *std::move(found);
  const std::string look = fmt::format("see what there was: ballast history {}", stack);
  if (!choice.to.empty())
    throw Error(
        Kind::refused,
        fmt::format("{} was never a good release of {}; nothing was changed", choice.to, stack),
        look);
  throw Error(
      Kind::refused,
      good.empty()
          ? fmt::format("{} has no good release to return to; nothing was changed", stack)
          : fmt::format("{} has no good release before {}; nothing was changed", stack, choice.tag),
      good.empty() ? fmt::format("deploy one: ballast deploy {} TAG", stack) : look);
}

Course rollback_course(Work& work) {
  return {
      .handlers = {{"host-gates", {[&](StepRun& run) { steps::warn_of_gates(work, run); }, {}}},
                   {fit_step, {[&](StepRun& run) { compare_databases(work, run); }, {}}},
                   {"pull", {[&](StepRun& run) { note_before(work, run); }, {}}},
                   {configuration_step,
                    {[&](StepRun& run) { bring_back_files(work, run); },
                     [&](StepRun& run) { steps::put_files_back(work, run); }}},
                   {"switch",
                    {[&](StepRun& run) { switch_back(work, run); },
                     [&](StepRun& run) { steps::undo_switch(work, run); }}},
                   {"verify", {[&](StepRun& run) { steps::verify(work, run); }, {}}},
                   {"commit", {[&](StepRun& run) { steps::commit(work, run, "rollback"); }, {}}},
                   {"tidy", {[&](StepRun& run) { steps::tidy(work, run); }, {}}}},
      .ending = [&](const Failure& failure,
                    const Facts& facts) { return ending_of(work, failure, facts); },
      .records_changed = [&] { sync_records(work.server, work.journal); }};
}

OperationResult rollback(Server& server, Progress& progress, const RollbackRequest& request) {
  require_request(request);
  require_readable(server, request.stack);
  if (request.with_data) return rollback_with_data(server, progress, request);
  HeldStack held(server, request.stack, "rollback", request.operator_name, request.wait, progress);
  require_engine(server);
  const auto work = begin_work(server, held.journal, progress, held.descriptor(), request);
  return run_work(*work, plan_of(*work, request, target_of(*work)));
}

Preview preview_rollback(Server& server, const RollbackRequest& request) {
  require_request(request);
  if (request.with_data) return preview_rollback_with_data(server, request);
  Silence silence;
  PreviewJournal journal(server);
  const auto work = begin_work(server, journal.get(), silence, -1, request);
  Preview preview{.plan = plan_of(*work, request, target_of(*work)),
                  .gates = steps::ask_warning_gates(*work, steps::wanted_tag(work->operation)),
                  .gates_refuse = false};
  if (!request.keep_configuration) preview.difference = difference_of_files(*work);
  if (has_database(work->stack.policy)) preview_databases(*work, preview);
  return preview;
}

}  // namespace ballast
