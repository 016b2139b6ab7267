#include "deploy/outcome.h"

#include <fmt/format.h>

#include "base/text.h"
#include "deploy/courses.h"
#include "deploy/steps.h"
#include "live/releases.h"

namespace ballast {

namespace {

// Until `switch` has said what ran before, production was not touched.
bool reached_production(const Facts& facts) {
  const auto found = facts.find("switch");
  return found != facts.end() && found->second.is_object() && found->second.contains("before");
}

Before before_of(const Facts& facts) {
  const auto found = facts.find("switch");
  return found == facts.end() || !found->second.is_object()
             ? Before{}
             : before_from_json(member(found->second, "before"));
}

std::string what_runs_now(const Work& work, const Facts& facts) {
  if (!reached_production(facts)) return fmt::format("{} was not touched", work.stack.name);
  const Before before = before_of(facts);
  if (!before.ran()) return "nothing ran before; its service was removed again";
  return fmt::format("{} runs {} again", work.stack.name, before.tag);
}

Error with_words(const Error& error, Kind kind, const std::string& message,
                 const std::string& hint) {
  Error result(kind, message, hint.empty() ? error.hint() : hint);
  for (const std::string& line : error.context()) result.add_context(line);
  return result;
}

Error needs_a_person(const Work& work, const Failure& failure, const Facts& facts) {
  const Before before = before_of(facts);
  Error error = with_words(
      failure.error, Kind::rollback_failed,
      fmt::format("{}; and the way back failed: {}", failure.error.message(),
                  failure.undo_error->message()),
      fmt::format("a person is needed. Look: ballast verify {0}; then try: ballast "
                  "rollback {0}{1}; or by hand in {2}: "
                  "set {3}={4} in .env and run docker compose up -d {5} "
                  "(docker-compose where it is of generation one)",
                  work.stack.name, before.ran() ? " --to " + before.tag : "", work.stack.directory,
                  work.stack.policy.tag_variable, before.tag, work.stack.policy.service));
  for (const std::string& line : failure.undo_error->context()) error.add_context(line);
  return error;
}

// A rollback that had to come back did not do what was asked, at a moment when somebody needed it.
Kind kind_after_undo(const Work& work, const Failure& failure, bool touched) {
  if (failure.error.kind() == Kind::interrupted) return Kind::interrupted;
  if (work.operation.kind == "adopt") return failure.error.kind();
  if (failure.step == "candidate") return Kind::rolled_back;
  if (!touched) return failure.error.kind() == Kind::failed ? Kind::refused : failure.error.kind();
  return work.operation.kind == "rollback" ? Kind::rollback_failed : Kind::rolled_back;
}

std::string hint_after_undo(const Work& work, const Failure& failure, Kind kind) {
  if (!failure.error.hint().empty()) return failure.error.hint();
  if (work.operation.kind == "adopt")
    return fmt::format(
        "go back, or deploy a good one: ballast rollback {0}; ballast deploy {0} TAG",
        work.stack.name);
  if (kind == Kind::rolled_back) return "mend the release, give it a new tag, deploy again";
  if (kind == Kind::rollback_failed)
    return fmt::format("choose another release: ballast history {0}; ballast rollback {0} --to TAG",
                       work.stack.name);
  return {};
}

bool was_tried(const Failure& failure, bool touched) {
  return touched || (failure.step == "candidate" && failure.error.kind() != Kind::interrupted);
}

}  // namespace

Ending ending_of(Work& work, const Failure& failure, const Facts& facts) {
  const bool touched = reached_production(facts);
  Ending ending{.error = failure.error, .history = {}, .release = std::nullopt};
  if (was_tried(failure, touched) && work.operation.kind != "adopt") {
    ending.history.push_back(history_line(work, steps::wanted_tag(work.operation), "failed"));
    ending.release = steps::release_record(work, facts, "failed");
  }
  if (failure.undo_error) {
    ending.error = needs_a_person(work, failure, facts);
    return ending;
  }
  if (touched && before_of(facts).ran())
    ending.history.push_back(history_line(work, before_of(facts).tag, "rollback"));
  const Kind kind = kind_after_undo(work, failure, touched);
  const std::string message =
      failure.error.kind() == Kind::refused && !touched
          ? failure.error.message()
          : fmt::format("{}; {}", failure.error.message(), what_runs_now(work, facts));
  ending.error = with_words(failure.error, kind, message, hint_after_undo(work, failure, kind));
  return ending;
}

OperationResult run_work(Work& work, const Plan& plan) {
  const Monotonic began = work.server.host.clock.monotonic();
  const Course course = course_of(work);
  const Facts facts =
      Runner(work.server.host, work.journal, work.progress, course).run(work.operation, plan);
  const ReleaseRecord release = steps::release_record(work, facts, "good");
  OperationResult result{
      .operation = work.operation.id,
      .stack = work.stack.name,
      .tag = release.tag,
      .digest = release.repo_digest.empty() ? release.image_id : release.repo_digest,
      .previous_tag = before_of(facts).ran() ? before_of(facts).tag : "",
      .checks = {},
      .elapsed = {},
      .note = {}};
  if (const auto found = facts.find("verify"); found != facts.end())
    result.checks = results_from_json(member(found->second, "checks"));
  result.elapsed = std::chrono::duration_cast<Duration>(work.server.host.clock.monotonic() - began);
  return result;
}

}  // namespace ballast
