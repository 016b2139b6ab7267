#include "deploy/outcome.h"

#include <fmt/format.h>

#include "base/text.h"
#include "deploy/courses.h"
#include "deploy/outage.h"
#include "deploy/upgrade_steps.h"
#include "live/releases.h"

namespace ballast {

namespace {

Json fact_of(const Facts& facts, const char* step) {
  const auto found = facts.find(step);
  return found == facts.end() ? Json() : found->second;
}

// Null until `stop` or `switch` has said what ran before: production was not touched.
Json noted_before(const Facts& facts) {
  for (const char* step : {steps::stop_step, "switch"})
    if (const Json fact = fact_of(facts, step); fact.contains("before")) return fact.at("before");
  return nullptr;
}

bool reached_production(const Facts& facts) { return !noted_before(facts).is_null(); }

Before before_of(const Facts& facts) { return before_from_json(noted_before(facts)); }

bool were_copied(const Facts& facts) {
  return flag_at(fact_of(facts, steps::fallback_step), "whole") &&
         flag_at(fact_of(facts, steps::upgrade_step), "began");
}

bool came_back(const Facts& facts) { return flag_at(fact_of(facts, steps::fallback_step), "back"); }

// A stack without a database that can be copied.
bool was_changed_for_good(const Facts& facts) {
  return flag_at(fact_of(facts, steps::upgrade_step), "began") &&
         !flag_at(fact_of(facts, steps::fallback_step), "whole");
}

// What became of the databases, and how long nobody was served.
std::string data_text(const Work& work, const Facts& facts) {
  if (work.operation.kind == "rollback-with-data") return ", with its data";
  const Json copies = fact_of(facts, steps::fallback_step);
  std::string text = came_back(facts) ? ", its data is as before" : "";
  if (was_changed_for_good(facts))
    text = ", on data as the upgrade left it: there was no copy of it";
  if (copies.contains("open_ms"))
    text = fmt::format(", with the data of before; what was written in {} since is kept aside",
                       human_duration(Duration(number_at(copies, "open_ms"))));
  const long long still = number_at(fact_of(facts, steps::stop_step), "stood_still_ms");
  return still == 0 ? text : fmt::format("{}; outage {}", text, human_duration(Duration(still)));
}

std::string what_runs_now(const Work& work, const Facts& facts) {
  if (!reached_production(facts)) return fmt::format("{} was not touched", work.stack.name);
  const Before before = before_of(facts);
  if (!before.ran()) return "nothing ran before; its service was removed again";
  return fmt::format("{} runs {} again{}", work.stack.name, before.tag, data_text(work, facts));
}

void add_what_was_written(const Work& work, const Facts& facts, Error& error) {
  const Json copies = fact_of(facts, steps::fallback_step);
  if (!copies.contains("written")) return;
  for (const Json& line : copies.at("written"))
    error.add_context("written since: " + line.get<std::string>());
  error.add_context(
      fmt::format("it is kept with its release: ballast restore {0} --undo returns to it, ballast "
                  "restore {0} --confirm drops it",
                  work.stack.name));
}

Error with_words(const Error& error, Kind kind, const std::string& message,
                 const std::string& hint) {
  Error result(kind, message, hint.empty() ? error.hint() : hint);
  for (const std::string& line : error.context()) result.add_context(line);
  return result;
}

// The old image must not run on data that it does not fit.
std::string hint_for_copies(const Work& work, const Facts& facts) {
  const FallbackCopy copy =
      fallback_from_json(member(fact_of(facts, steps::fallback_step), "copy"));
  std::vector<std::string> renames;
  for (const DatabaseSwap& swap : copy.databases)
    renames.push_back(
        fmt::format("{} → {}", printable(swap.names.incoming), printable(swap.names.live)));
  return fmt::format(
      "a person is needed; the release stands still. The databases as they were stand beside the "
      "live ones: move those away and rename ({}; ALTER DATABASE … RENAME TO …, then … "
      "ALLOW_CONNECTIONS true), set {}={} in {}/.env, and run docker compose up -d {}",
      join(renames, ", "), work.stack.policy.tag_variable, before_of(facts).tag,
      work.stack.directory, work.stack.policy.service);
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
  if (were_copied(facts) && !came_back(facts))
    error = with_words(error, error.kind(), error.message(), hint_for_copies(work, facts));
  for (const std::string& line : failure.undo_error->context()) error.add_context(line);
  return error;
}

// Beside the live one, or on copies. One that cannot be rehearsed here was not.
bool was_only_tried(const Failure& failure) {
  const Kind kind = failure.error.kind();
  if (failure.step == "candidate") return kind != Kind::interrupted;
  return failure.step == steps::rehearse_step &&
         (kind == Kind::rolled_back || kind == Kind::failed);
}

bool was_tried(const Failure& failure, bool touched) { return touched || was_only_tried(failure); }

// A rollback that had to come back did not do what was asked, at a moment when somebody needed it.
Kind kind_after_undo(const Work& work, const Failure& failure, bool touched) {
  if (failure.error.kind() == Kind::interrupted) return Kind::interrupted;
  if (work.operation.kind == "adopt") return failure.error.kind();
  if (was_only_tried(failure)) return Kind::rolled_back;
  if (!touched) return failure.error.kind() == Kind::failed ? Kind::refused : failure.error.kind();
  return work.operation.kind.starts_with("rollback") ? Kind::rollback_failed : Kind::rolled_back;
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
  add_what_was_written(work, facts, ending.error);
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
      .note = {},
      .outage = outage_of(facts).measured,
      .expected_outage = outage_of(facts).expected};
  if (const auto found = facts.find("verify"); found != facts.end())
    result.checks = results_from_json(member(found->second, "checks"));
  result.elapsed = std::chrono::duration_cast<Duration>(work.server.host.clock.monotonic() - began);
  return result;
}

}  // namespace ballast
