#include <fmt/format.h>

#include "base/text.h"
#include "deploy/steps.h"
#include "deploy/way_back.h"
#include "live/configuration.h"
#include "live/deployed.h"
#include "live/images.h"
#include "live/releases.h"

namespace ballast::steps {

namespace {

constexpr int shown_log_lines = 20;

Error not_good(const Work& work, const Verification& verification, const std::string& where) {
  Error error(Kind::rolled_back,
              fmt::format("release {} of {} does not verify {}: {}", wanted_tag(work.operation),
                          work.stack.name, where, verification.trouble));
  for (const std::string& line : failing_lines(verification.checks)) error.add_context(line);
  return error;
}

void show_logs_of_candidates(Work& work, StepRun& run) {
  const std::string label = fmt::format("{}={}", docker::label_candidate, work.operation.id);
  for (const docker::Container& container : work.server.engine.containers_with_label(label))
    show_log(work.server, work.stack, container.id, shown_log_lines, run.progress);
}

std::string pass_summary(const Verification& verification) {
  return fmt::format("{} pass at {}",
                     counted(static_cast<long long>(verification.checks.size()), "check"),
                     verification.how);
}

bool is_first_start(const Work& work) {
  return work.running.of(work.stack.policy.service) == nullptr;
}

// A first start may make its databases while we wait: they are looked for until none is new. Those
// of a release that ran are looked for by `switch`, while Compose is at work.
Verification verify_all_databases(Work& work, StepRun& run, const docker::Container& container) {
  const Patience patience{.timeout = work.stack.policy.verify.timeout, .settle = {}};
  if (is_first_start(work) || !work.inspection.knows_databases())
    work.inspection.find_databases(observe(work.server, work.stack));
  while (true) {
    Verification verification =
        verify_until_good(work.inspection, wanted_tag(work.operation), container.id, Asked::live,
                          patience, run.progress);
    if (!verification.passed || !is_first_start(work)) return verification;
    const auto asked_about = work.inspection.databases();
    work.inspection.find_databases(observe(work.server, work.stack));
    if (work.inspection.databases() == asked_about) return verification;
  }
}

Verification verify_live(Work& work, StepRun& run) {
  const docker::Container container = work.release_container();
  Verification verification = verify_all_databases(work, run, container);
  if (verification.passed)
    watch_that_it_stays(work.inspection, container.id, work.stack.policy.verify.settle,
                        verification, run.progress);
  if (!verification.passed)
    show_log(work.server, work.stack, container.id, shown_log_lines, run.progress);
  return verification;
}

void require_checked_image(Work& work, const Json& pulled) {
  const std::string checked = text_at(pulled, "image");
  const std::string runs = work.release_container().image_id;
  if (checked.empty() || runs == checked) return;
  throw Error(Kind::rolled_back,
              fmt::format("{} of {} came up with another image ({}) than the one that was checked "
                          "({}): the tag moved meanwhile",
                          wanted_tag(work.operation), work.stack.name, runs.substr(0, 19),
                          checked.substr(0, 19)),
              "deploy again; a tag is built once: give each build its own");
}

// Where the stack's files were changed ahead, it was looked at with the ones that it ran with.
Json what_ran_before(Work& work, const StepRun& run) {
  const Json& changed = run.fact_of(configuration_step);
  if (changed.is_object() && changed.contains("runs")) return changed.at("runs");
  return before_json(observe_before(work.inspection, work.running));
}

// With the secrets of its env files known, so that they are masked in what it says.
ComposeService resolved_service(Work& work, const std::string& tag) {
  const auto& resolved = work.compose_reading(tag).resolved;
  const ComposeService* found = resolved ? resolved->service(work.stack.policy.service) : nullptr;
  if (found == nullptr) return work.stack.release_service();
  for (const auto& [name, value] : found->environment) work.stack.secrets.add_variable(name, value);
  return *found;
}

}  // namespace

std::string wanted_tag(const OperationRecord& operation) {
  return text_at(operation.request, "tag");
}

ReleaseRecord release_record(const Work& work, const Facts& facts, const std::string& outcome) {
  const auto pulled = facts.find("pull");
  const Json fact = pulled == facts.end() ? Json() : pulled->second;
  return {.id = work.operation.id,
          .stack = work.stack.name,
          .tag = wanted_tag(work.operation),
          .image_id = text_at(fact, "image"),
          .repo_digest = text_at(fact, "digest"),
          .repository = text_at(fact, "repository"),
          .config_hash = work.stack.config_hash(),
          .environment = work.operation.environment,
          .operator_name = work.operation.operator_name,
          .outcome = outcome,
          .copies = {},
          .at = work.server.host.clock.now()};
}

void candidate(Work& work, StepRun& run) {
  const std::string tag = wanted_tag(work.operation);
  const WithFilesOfImage with_files(work, run);
  work.inspection.find_databases(work.running);
  Verification verification;
  try {
    start_added_services(work, run);
    const docker::Container container =
        start_candidate(work.server, work.stack, work.composer(), resolved_service(work, tag),
                        *work.inspection.image(), tag, work.operation.id, run.progress);
    const Policy& policy = work.stack.policy;
    verification = verify_until_good(
        work.inspection, tag, container.id, Asked::candidate,
        {.timeout = policy.candidate.timeout, .settle = policy.verify.settle}, run.progress);
  } catch (const Error& error) {
    show_logs_of_candidates(work, run);
    throw;
  }
  if (!verification.passed) {
    show_logs_of_candidates(work, run);
    throw not_good(work, verification, "as a candidate");
  }
  remove_candidates(work.server, work.operation.id);
  run.summary = pass_summary(verification);
}

void undo_candidate(Work& work, StepRun& run) {
  remove_candidates(work.server, work.operation.id);
  remove_added_services(work, run);
}

void switch_over(Work& work, StepRun& run) {
  const std::string tag = wanted_tag(work.operation);
  if (!run.fact().is_object() || !run.fact().contains("before"))
    run.remember("before", what_ran_before(work, run));
  write_tag(work.server, work.stack, tag);
  if (!is_first_start(work)) work.inspection.find_databases(work.running);
  if (!flag_at(run.step.arguments, "whole_stack")) start_added_services(work, run);
  bring_up_noted(work, run, flag_at(run.step.arguments, "whole_stack"));
  run.history.push_back(history_line(work, tag, "deployed"));
  const Before before = before_from_json(run.fact().at("before"));
  run.summary = before.ran() ? fmt::format("from {}", before.tag) : "nothing ran before";
}

// Files first: the container that ran before is brought up from the files that it ran with.
void undo_switch(Work& work, StepRun& run) {
  put_files_back(work, run);
  if (!run.fact().is_object() || !run.fact().contains("before")) return;
  const Before before = before_from_json(run.fact().at("before"));
  remove_added_services(work, run);
  return_to(work.inspection, work.composer(), before, engine_work_of(run), run.progress);
  note_what_was_deployed(work);
  run.summary = before.ran() ? fmt::format("{} runs {} again", work.stack.name, before.tag)
                             : "nothing ran before; the release service is gone again";
}

void verify(Work& work, StepRun& run) {
  work.reload();
  const Json& pulled = run.fact_of("pull");
  require_checked_image(work, pulled);
  work.inspection.look_at_image(pulled.is_object() ? text_at(pulled, "image")
                                                   : work.release_container().image_id);
  const Verification verification = verify_live(work, run);
  run.remember("checks", results_json(verification.checks));
  run.remember("how", verification.how);
  if (!verification.passed) throw not_good(work, verification, "at " + verification.how);
  run.summary = pass_summary(verification);
}

void commit(Work& work, StepRun& run, const std::string& history_status) {
  work.reload();
  Facts facts{{"pull", run.fact_of("pull")}};
  ReleaseRecord release = release_record(work, facts, "good");
  release.copies = work.server.paths.release_copies(work.stack.name, work.operation.id);
  keep_files(work.server, work.stack.directory, release.copies);
  note_what_was_deployed(work);
  if (!release.image_id.empty())
    work.journal.see_tag(
        release.repository, release.tag,
        {.image_id = release.image_id, .repo_digest = release.repo_digest, .at = release.at});
  run.release = release;
  run.history.push_back(history_line(work, release.tag, history_status));
  run.summary = fmt::format("{} is last good", release.tag);
}

void tidy(Work& work, StepRun& run) {
  const Json& switched = run.fact_of("switch");
  if (!switched.is_object()) return;
  const Before before = before_from_json(member(switched, "before"));
  remove_volumes(work.server, before.anonymous_volumes);
  note_way_back(work, text_at(run.fact_of("pull"), "image"));
  run.summary =
      before.anonymous_volumes.empty()
          ? "nothing to remove"
          : counted(static_cast<long long>(before.anonymous_volumes.size()), "volume") + " removed";
}

void prune(Work& work, StepRun& run) {
  const std::string removed = prune_images(work.server, work.journal, work.stack, run.progress);
  tidy(work, run);
  if (!run.fact_of(files_step).is_null()) forget_files(work, run);
  run.summary = removed;
}

}  // namespace ballast::steps
