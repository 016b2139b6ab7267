#include <fmt/format.h>

#include "base/text.h"
#include "deploy/outage.h"
#include "deploy/release_proof.h"
#include "deploy/schema_copy.h"
#include "deploy/upgrade_steps.h"
#include "deploy/way_back.h"
#include "live/configuration.h"
#include "live/deployed.h"
#include "live/images.h"
#include "live/releases.h"

namespace ballast::steps {

namespace {

bool is_first_start(const Work& work) {
  return work.running.of(work.stack.policy.service) == nullptr;
}

// By `prove`, and nobody could make another since.
bool were_just_found(const Work& work, const StepRun& run) {
  return upgrade_is_due(run) && work.stack.policy.candidate.enabled &&
         work.inspection.knows_databases();
}

// From here on users may write.
void let_in(Work& work, StepRun& run) {
  if (run.fact_of(stop_step).contains("before")) run.remember("admitted", milliseconds_now(work));
  bring_up_noted(work, run, flag_at(run.step.arguments, "whole_stack"));
  start_what_stands_still(work, run);
}

void close_again(Work& work, StepRun& run) {
  halt_what_was_switched(work, engine_work_of(run));
  if (!run.fact().contains("halted")) run.remember("halted", milliseconds_now(work));
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
  if (verification.passed) note_outage(work, run);
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

}  // namespace

Error not_good(const Work& work, const Verification& verification, const std::string& where) {
  Error error(Kind::rolled_back,
              fmt::format("release {} of {} does not verify {}: {}", wanted_tag(work.operation),
                          work.stack.name, where, verification.trouble));
  for (const std::string& line : failing_lines(verification.checks)) error.add_context(line);
  return error;
}

std::string pass_summary(const Verification& verification) {
  return fmt::format("{} pass at {}",
                     counted(static_cast<long long>(verification.checks.size()), "check"),
                     verification.how);
}

// Where the release was stopped, or the stack's files were changed ahead, it was looked at as it
// ran until then.
Json what_ran_before(Work& work, const StepRun& run) {
  const Json& stopped = run.fact_of(stop_step);
  if (stopped.contains("before")) return stopped.at("before");
  const Json& changed = run.fact_of(configuration_step);
  if (changed.is_object() && changed.contains("runs")) return changed.at("runs");
  return before_json(observe_before(work.inspection, work.running));
}

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

void switch_over(Work& work, StepRun& run) {
  const std::string tag = wanted_tag(work.operation);
  if (!run.fact().is_object() || !run.fact().contains("before"))
    run.remember("before", what_ran_before(work, run));
  write_tag(work.server, work.stack, tag);
  if (!is_first_start(work) && !were_just_found(work, run))
    work.inspection.find_databases(work.running);
  if (!flag_at(run.step.arguments, "whole_stack")) start_added_services(work, run);
  let_in(work, run);
  run.history.push_back(history_line(work, tag, "deployed"));
  const Before before = before_from_json(run.fact().at("before"));
  run.summary = before.ran() ? fmt::format("from {}", before.tag) : "nothing ran before";
}

// Whoever writes is stopped first of all. Then files: the container that ran before is brought up
// from the files that it ran with.
void undo_switch(Work& work, StepRun& run) {
  const bool began = run.fact().is_object() && run.fact().contains("before");
  const bool was_stopped = run.fact_of(stop_step).contains("before");
  if (began && was_stopped) close_again(work, run);
  put_files_back(work, run);
  if (!began) return;
  const Before before = before_from_json(run.fact().at("before"));
  remove_added_services(work, run);
  if (was_stopped) {
    write_tag(work.server, work.stack, before.tag);
    run.summary = "nobody can write";
    return;
  }
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
  if (const Outage outage = outage_of(run); outage.measured)
    run.summary += "; " + outage_text(outage);
}

void commit(Work& work, StepRun& run, const std::string& history_status) {
  work.reload();
  Facts facts{{"pull", run.fact_of("pull")}};
  ReleaseRecord release = release_record(work, facts, "good");
  release.copies = work.server.paths.release_copies(work.stack.name, work.operation.id);
  keep_files(work.server, work.stack.directory, release.copies);
  keep_schema(work, release.copies, run.progress);
  keep_copies(work, run);
  if (work.operation.kind == "deploy") record_hashes(work, needs_of(run));
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
  remove_old_copies(work, run);
  tidy(work, run);
  if (!run.fact_of(files_step).is_null()) forget_files(work, run);
  run.summary = removed;
}

}  // namespace ballast::steps
