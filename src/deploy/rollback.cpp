#include "deploy/rollback.h"

#include <fmt/format.h>

#include "base/text.h"
#include "deploy/courses.h"
#include "deploy/outcome.h"
#include "deploy/plan.h"
#include "deploy/preview.h"
#include "deploy/steps.h"
#include "deploy/way_back.h"
#include "live/configuration.h"
#include "live/records.h"
#include "live/releases.h"
#include "model/names.h"

namespace ballast {

namespace {

void require_request(const RollbackRequest& request) {
  require_stack_name(request.stack);
  if (!request.to.empty()) require_tag(request.to);
  require_field("the operator", request.operator_name);
  if (!request.environment.empty()) require_field("the environment", request.environment);
  if (!request.via_key.empty()) require_operator("the key", request.via_key);
}

Plan plan_of(const Work& work, const RollbackRequest& request, const ReleaseRecord& target) {
  Plan plan{.kind = "rollback", .stack = work.stack.name, .steps = {}};
  plan.steps.push_back(
      {.name = "host-gates", .title = "look at the host: it may warn, not refuse"});
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

Json request_json(const RollbackRequest& request, const ReleaseRecord& target) {
  Json json = {{"tag", target.tag},
               {"release", target.id},
               {"image", target.image_id},
               {"digest", target.repo_digest},
               {"repository", target.repository},
               {"copies", target.copies},
               {"keep_configuration", request.keep_configuration}};
  if (!request.via_key.empty()) json["via_key"] = request.via_key;
  return json;
}

// By digest, and retagged: the tag may mean something else by now, or be gone.
void find_image(Work& work, StepRun& run) {
  const Json& wanted = work.operation.request;
  Engine& engine = work.server.engine;
  const std::string digest = text_at(wanted, "digest");
  const std::string repository = text_at(wanted, "repository");
  std::string id = text_at(wanted, "image");
  if (id.empty() || !engine.image(id)) {
    if (digest.empty())
      throw Error(Kind::refused,
                  fmt::format("the image of {} is gone, and no registry is known for it",
                              text_at(wanted, "tag")),
                  fmt::format("build or load {}:{} again, or choose another: ballast history {}",
                              repository, text_at(wanted, "tag"), work.stack.name));
    engine.pull(
        repository, digest.substr(digest.find('@') + 1), [&](const docker::PullProgress& progress) {
          run.progress.note(fmt::format("pulling {}: {}", digest.substr(0, 60), progress.status));
        });
    const auto pulled = engine.image(digest);
    if (!pulled) throw Error(Kind::refused, fmt::format("{} is not there after its pull", digest));
    id = pulled->id;
  }
  run.remember("repository", repository);
  run.remember("digest", digest);
  run.remember("image", id);
  run.summary = id.substr(0, 19);
}

void bring_back_files(Work& work, StepRun& run) {
  const auto changes =
      changes_to(work.server, work.stack.directory, text_at(work.operation.request, "copies"));
  if (changes.empty()) {
    run.summary = text_at(work.operation.request, "copies").empty()
                      ? "that release kept no copies; the files stay"
                      : "the files are the same";
    return;
  }
  if (!run.fact().is_object() || !run.fact().contains("before")) {
    const std::string before = steps::folder_before(work);
    keep_files(work.server, work.stack.directory, before);
    run.remember("before", before);
    run.remember("difference", difference(work.server, work.stack, changes));
  }
  for (const std::string& line : split_lines(text_at(run.fact(), "difference")))
    run.progress.detail(line);
  put_in_place(work.server, changes);
  work.reload();
  run.summary = fmt::format("{} changed", counted(static_cast<long long>(changes.size()), "file"));
}

// What ran before is remembered ahead of the files' change: with them the tag line changes too.
void note_before(Work& work, StepRun& run) {
  find_image(work, run);
  run.remember("before", before_json(observe_before(work.inspection, work.running)));
}

void switch_back(Work& work, StepRun& run) {
  run.remember("before", run.fact_of("pull").at("before"));
  const Json& found = run.fact_of("pull");
  ensure_image(work.server, text_at(found, "repository"), steps::wanted_tag(work.operation),
               text_at(found, "image"));
  steps::switch_over(work, run);
}

std::unique_ptr<Work> begin_work(Server& server, Journal& journal, Progress& progress, int lock,
                                 const RollbackRequest& request) {
  OperationRecord operation =
      new_operation(server, "rollback", request.stack, request.operator_name, request.environment,
                    Json::object());
  const Work looking(server, journal, progress, lock, operation);
  if (operation.environment.empty()) operation.environment = looking.stack.policy.environment;
  if (!server.engine.trouble() && lock >= 0) take_over_records(server, journal, looking.stack);
  operation.request = request_json(
      request, choose_rollback(request.stack, journal.releases(request.stack, "good"),
                               rollback_choice(looking.stack, looking.running, request.to)));
  return std::make_unique<Work>(server, journal, progress, lock, operation);
}

ReleaseRecord target_of(const Work& work) {
  return {.id = text_at(work.operation.request, "release"),
          .stack = work.stack.name,
          .tag = steps::wanted_tag(work.operation),
          .image_id = {},
          .repo_digest = {},
          .repository = {},
          .config_hash = {},
          .environment = {},
          .operator_name = {},
          .outcome = {},
          .copies = {},
          .at = {}};
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
  HeldStack held(server, request.stack, "rollback", request.operator_name, request.wait, progress);
  require_engine(server);
  const auto work = begin_work(server, held.journal, progress, held.descriptor(), request);
  return run_work(*work, plan_of(*work, request, target_of(*work)));
}

Preview preview_rollback(Server& server, const RollbackRequest& request) {
  require_request(request);
  Silence silence;
  PreviewJournal journal(server);
  const auto work = begin_work(server, journal.get(), silence, -1, request);
  Preview preview{.plan = plan_of(*work, request, target_of(*work)),
                  .gates = steps::ask_warning_gates(*work, steps::wanted_tag(work->operation)),
                  .gates_refuse = false};
  if (!request.keep_configuration)
    preview.difference = difference(
        server, work->stack,
        changes_to(server, work->stack.directory, text_at(work->operation.request, "copies")));
  return preview;
}

}  // namespace ballast
