#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "deploy/steps.h"

namespace ballast::steps {

namespace {

constexpr std::array<std::string_view, 3> warning_gates{"disk-space", "memory", "stack-files"};

bool is_known(const CheckResult& result) { return result.verdict != Verdict::unknown; }

Error refusal(const Work& work, const std::vector<CheckResult>& refusing) {
  Error error(Kind::refused,
              fmt::format("{} the {} of {}; nothing was changed",
                          refusing.size() == 1 ? "a gate refuses"
                                               : fmt::format("{} gates refuse", refusing.size()),
                          work.operation.kind, work.stack.name),
              refusing.front().hint);
  for (const CheckResult& result : refusing) {
    error.add_context(line_of(result));
    if (!result.hint.empty() && &result != &refusing.front())
      error.add_context("  hint: " + result.hint);
  }
  return error;
}

CheckContext gate_context(Work& work, const std::string& tag) {
  CheckContext context = work.inspection.context(tag);
  context.read_compose = [&work, tag] { return work.compose_reading(tag); };
  if (const auto seen = work.journal.seen_tag(context.repository, tag)) {
    context.seen_image_id = seen->image_id;
    context.seen_repo_digest = seen->repo_digest;
  }
  return context;
}

}  // namespace

std::vector<CheckResult> ask_gates(Work& work, const std::string& tag, Moment moment) {
  return run_checks(checks_for(moment, work.stack.policy), gate_context(work, tag), true);
}

std::vector<CheckResult> ask_warning_gates(Work& work, const std::string& tag) {
  std::vector<const Check*> checks = checks_for(Moment::host_gate, work.stack.policy);
  std::erase_if(checks, [](const Check* check) {
    return std::ranges::find(warning_gates, check->name) == warning_gates.end();
  });
  return run_checks(checks, gate_context(work, tag), true);
}

void warn_of_gates(Work& work, StepRun& run) {
  const auto results = ask_warning_gates(work, wanted_tag(work.operation));
  const auto troubles = not_passing(results);
  for (const CheckResult& result : troubles) {
    run.progress.detail(fmt::format("warning: {}", line_of(result)));
    if (!result.hint.empty()) run.progress.detail("  hint: " + result.hint);
  }
  run.summary =
      troubles.empty()
          ? fmt::format("{} pass", counted(static_cast<long long>(results.size()), "gate"))
          : counted(static_cast<long long>(troubles.size()), "warning");
}

std::vector<CheckResult> ask_file_gates(Work& work, const std::string& tag,
                                        const CarriedFiles& files) {
  CheckContext context = gate_context(work, tag);
  context.carried = &files;
  return run_checks(checks_for(Moment::files_gate, work.stack.policy), context, true);
}

void pass_gates(Work& work, StepRun& run, Moment moment) {
  judge_gates(work, run, ask_gates(work, wanted_tag(work.operation), moment));
}

void judge_gates(Work& work, StepRun& run, const std::vector<CheckResult>& results) {
  std::vector<CheckResult> refusing;
  Json let_pass = Json::array();
  for (const CheckResult& result : not_passing(results)) {
    if (is_overridden(work.operation, result.name)) {
      run.progress.detail(fmt::format("overridden: {}", line_of(result)));
      let_pass.push_back(line_of(result));
    } else {
      refusing.push_back(result);
    }
  }
  if (!let_pass.empty()) run.remember("overridden", let_pass);
  std::ranges::stable_partition(refusing, is_known);  // the cause before what it hides
  if (!refusing.empty()) throw refusal(work, refusing);
  run.summary = fmt::format(
      "{} pass", counted(static_cast<long long>(results.size() - let_pass.size()), "gate"));
}

void pass_image_gates(Work& work, StepRun& run) {
  const Json& found = run.fact_of("pull");
  const WithFilesOfImage with_files(work, run);
  work.inspection.look_at_image(text_at(found, "image"));
  pass_gates(work, run, Moment::image_gate);
  refuse_older(work, run);
  work.journal.see_tag(text_at(found, "repository"), wanted_tag(work.operation),
                       {.image_id = text_at(found, "image"),
                        .repo_digest = text_at(found, "digest"),
                        .at = work.server.host.clock.now()});
}

}  // namespace ballast::steps
