#include "deploy/deploy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "check/carried_files.h"
#include "deploy/courses.h"
#include "deploy/outcome.h"
#include "deploy/plan.h"
#include "deploy/preview.h"
#include "deploy/upgrade_steps.h"
#include "live/configuration.h"
#include "live/records.h"
#include "model/names.h"
#include "upgrade/needs.h"

namespace ballast {

namespace {

void require_known_gates(const std::vector<std::string>& overrides) {
  std::vector<std::string> gates;
  for (const Check& check : all_checks())
    if (check.overridable) gates.emplace_back(check.name);
  for (const std::string& name : overrides) {
    if (std::find(gates.begin(), gates.end(), name) != gates.end()) continue;
    const auto near = nearest(name, gates);
    throw Error(Kind::usage, fmt::format("no gate `{}` that could be overridden", printable(name)),
                near ? fmt::format("did you mean `{}`?", *near)
                     : fmt::format("gates: {}", join(gates, ", ")));
  }
}

void require_known_accepts(const std::vector<std::string>& accept) {
  const std::vector<std::string> kinds = accept_kinds();
  for (const std::string& word : accept) {
    const std::string kind = word.substr(0, word.find('='));
    require_field("what is accepted", word, 500);
    if (std::ranges::binary_search(kinds, kind)) continue;
    const auto near = nearest(kind, kinds);
    throw Error(Kind::usage, fmt::format("nothing is accepted as `{}`", printable(kind)),
                near ? fmt::format("did you mean `{}`?", *near)
                     : fmt::format("kinds: {}", join(kinds, ", ")));
  }
}

void require_request(const DeployRequest& request) {
  require_stack_name(request.stack);
  require_tag(request.tag);
  require_field("the operator", request.operator_name);
  if (!request.environment.empty()) require_field("the environment", request.environment);
  if (!request.via_key.empty()) require_operator("the key", request.via_key);
  require_known_gates(request.overrides);
  require_known_accepts(request.accept);
  parse_upgrade_wish(request.upgrade);
  if (request.overrides.empty()) return;
  if (request.reason.empty())
    throw Error(Kind::usage, "--override without a reason",
                "say why: --reason TEXT; both are recorded");
  require_field("the reason", request.reason, 500);
}

void require_acceptable(const Stack& stack, const DeployRequest& request) {
  require_upgradable(stack, parse_upgrade_wish(request.upgrade));
  if (request.accept.empty() || stack.policy.stack_files_from_image) return;
  throw Error(
      Kind::usage,
      fmt::format("--accept, but the files of {} do not come from its images", stack.name),
      fmt::format("leave it out; or write `stack-files: from-image` in {}", stack.policy_path));
}

Json request_json(const DeployRequest& request) {
  Json json = {{"tag", request.tag}, {"overrides", request.overrides}, {"reason", request.reason}};
  if (!request.via_key.empty()) json["via_key"] = request.via_key;
  if (request.refuses_older) json[steps::refuses_older] = true;
  if (!request.accept.empty()) json["accept"] = request.accept;
  if (!request.upgrade.empty()) json[steps::upgrade_wish] = request.upgrade;
  return json;
}

DeployObserved observed(const Work& work) {
  const docker::Container* live = work.running.of(work.stack.policy.service);
  return {.runs = live != nullptr && live->running(),
          .has_container = live != nullptr,
          .tag = work.stack.tag()};
}

Plan plan_of(const Work& work, const DeployRequest& request) {
  return plan_deploy(work.stack.policy, request, observed(work));
}

void add_backup(const Policy& policy, Plan& plan) {
  const bool may_change = may_change_databases(policy);
  if (may_change)
    plan.steps.push_back(
        {.name = steps::needs_step, .title = "look at what the release changes in the databases"});
  plan.steps.push_back({.name = "backup", .title = "back up before the change"});
  if (may_change && policy.upgrade.rehearse)
    plan.steps.push_back({.name = steps::rehearse_step,
                          .title = "rehearse the upgrade on copies, away from everything",
                          .undo = "remove the copies"});
}

// Nobody can write from the first of these steps to the switch.
void add_upgrade(const Policy& policy, const DeployRequest& request, Plan& plan) {
  plan.steps.push_back({.name = steps::stop_step,
                        .title = fmt::format("stop {}", policy.service),
                        .undo = "start what ran before"});
  plan.steps.push_back({.name = steps::fallback_step,
                        .title = "copy the databases, for the way back",
                        .undo = "bring the copies back by rename"});
  plan.steps.push_back({.name = steps::upgrade_step,
                        .title = "upgrade the databases",
                        .undo = "end what upgrades them"});
  plan.steps.push_back(
      {.name = steps::prove_step,
       .title = fmt::format("prove {} on the upgraded databases, without traffic", request.tag),
       .undo = "remove the candidate"});
}

}  // namespace

Plan plan_deploy(const Policy& policy, const DeployRequest& request,
                 const DeployObserved& observed) {
  const std::string& stack = request.stack;
  Plan plan{.kind = "deploy", .stack = stack, .steps = {}};
  plan.steps.push_back({.name = "host-gates", .title = "check the host and the stack's files"});
  plan.steps.push_back({.name = "pull",
                        .title = fmt::format("get the image of {}", request.tag),
                        .undo = "where the tag had moved, give it back its image"});
  if (policy.stack_files_from_image)
    plan.steps.push_back({.name = steps::files_step,
                          .title = "check the stack's files that the image carries",
                          .undo = "forget them"});
  plan.steps.push_back({.name = "image-gates", .title = "check the image"});
  add_backup(policy, plan);
  if (policy.candidate.enabled && observed.runs)
    plan.steps.push_back(
        {.name = "candidate",
         .title = fmt::format("prove {} as a candidate, without traffic", request.tag),
         .undo = "remove the candidate"});
  if (may_change_databases(policy)) add_upgrade(policy, request, plan);
  if (policy.stack_files_from_image)
    plan.steps.push_back({.name = configuration_step,
                          .title = "put the image's files in place",
                          .undo = "put the present files back"});
  plan.steps.push_back(
      {.name = "switch",
       .title = observed.has_container ? fmt::format("switch {} to {}", policy.service, request.tag)
                                       : fmt::format("start {} with {}", stack, request.tag),
       .arguments = {{"whole_stack", !observed.has_container}},
       .undo = observed.has_container
                   ? fmt::format("return to {}: tag, image, container", observed.tag)
                   : "remove the release service, restore the tag"});
  plan.steps.push_back({.name = "verify", .title = "verify through the address of users' traffic"});
  plan.steps.push_back(
      {.name = "commit", .title = "record the release as last good", .commits = true});
  plan.steps.push_back({.name = "prune", .title = "remove old images"});
  return plan;
}

Course deploy_course(Work& work) {
  return {
      .handlers = {{"host-gates",
                    {[&](StepRun& run) { steps::pass_gates(work, run, Moment::host_gate); }, {}}},
                   {"pull",
                    {[&](StepRun& run) { steps::pull(work, run); },
                     [&](StepRun& run) { steps::undo_pull(work, run); }}},
                   {steps::files_step,
                    {[&](StepRun& run) { steps::take_files(work, run); },
                     [&](StepRun& run) { steps::forget_files(work, run); }}},
                   {"image-gates", {[&](StepRun& run) { steps::pass_image_gates(work, run); }, {}}},
                   {steps::needs_step,
                    {[&](StepRun& run) {
                       steps::find_what_changes(work, run);
                       steps::require_ways_back(work, run);
                       steps::tell_ways_back(work, run);
                     },
                     [&](StepRun& run) { steps::undo_find_what_changes(work, run); }}},
                   {"backup",
                    {[&](StepRun& run) { steps::backup(work, run); },
                     [&](StepRun& run) { steps::undo_backup(work, run); }}},
                   {steps::rehearse_step,
                    {[&](StepRun& run) { steps::rehearse_upgrade(work, run); },
                     [&](StepRun& run) { steps::undo_rehearse_upgrade(work, run); }}},
                   {"candidate",
                    {[&](StepRun& run) { steps::candidate(work, run); },
                     [&](StepRun& run) { steps::undo_candidate(work, run); }}},
                   {steps::stop_step,
                    {[&](StepRun& run) { steps::stop(work, run); },
                     [&](StepRun& run) { steps::undo_stop(work, run); }}},
                   {steps::fallback_step,
                    {[&](StepRun& run) { steps::fallback(work, run); },
                     [&](StepRun& run) { steps::undo_fallback(work, run); }}},
                   {steps::upgrade_step,
                    {[&](StepRun& run) { steps::upgrade(work, run); },
                     [&](StepRun& run) { steps::undo_upgrade(work, run); }}},
                   {steps::prove_step,
                    {[&](StepRun& run) { steps::prove(work, run); },
                     [&](StepRun& run) { steps::undo_candidate(work, run); }}},
                   {configuration_step,
                    {[&](StepRun& run) { steps::place_files(work, run); },
                     [&](StepRun& run) { steps::put_files_back(work, run); }}},
                   {"switch",
                    {[&](StepRun& run) { steps::switch_over(work, run); },
                     [&](StepRun& run) { steps::undo_switch(work, run); }}},
                   {"verify", {[&](StepRun& run) { steps::verify(work, run); }, {}}},
                   {"commit", {[&](StepRun& run) { steps::commit(work, run, "success"); }, {}}},
                   {"prune", {[&](StepRun& run) { steps::prune(work, run); }, {}}}},
      .ending = [&](const Failure& failure,
                    const Facts& facts) { return ending_of(work, failure, facts); },
      .records_changed = [&] { sync_records(work.server, work.journal); }};
}

OperationResult deploy(Server& server, Progress& progress, const DeployRequest& request) {
  require_request(request);
  require_readable(server, request.stack);
  HeldStack held(server, request.stack, "deploy", request.operator_name, request.wait, progress);
  const std::string environment = request.environment.empty()
                                      ? read_stack(server, request.stack).policy.environment
                                      : request.environment;
  Work work(server, held.journal, progress, held.descriptor(),
            new_operation(server, "deploy", request.stack, request.operator_name, environment,
                          request_json(request)));
  require_acceptable(work.stack, request);
  if (!server.engine.trouble()) take_over_records(server, held.journal, work.stack);
  return run_work(work, plan_of(work, request));
}

Preview preview_deploy(Server& server, const DeployRequest& request) {
  require_request(request);
  Silence silence;
  PreviewJournal journal(server);
  Work work(server, journal.get(), silence, -1,
            new_operation(server, "deploy", request.stack, request.operator_name,
                          request.environment, request_json(request)));
  require_acceptable(work.stack, request);
  Preview preview{.plan = plan_of(work, request),
                  .gates = steps::ask_gates(work, request.tag, Moment::host_gate)};
  if (work.stack.policy.stack_files_from_image)
    steps::look_ahead_at_files(work, preview, journal.folder());
  steps::look_ahead_at_needs(work, preview);
  return preview;
}

}  // namespace ballast
