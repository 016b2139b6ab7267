#include "schedule/child.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "tools/child_environment.h"

namespace ballast {

namespace {

constexpr std::size_t shown_lines = 10;

// What a backup or a drill that has a result says of its own shortcomings.
std::string shortcoming(const Json& result) {
  if (const std::string reasons = join(texts_in(member(result, "reasons")), "; "); !reasons.empty())
    return "incomplete: " + reasons;
  if (const std::string trouble = text_at(member(result, "offsite"), "trouble"); !trouble.empty())
    return "the set is here, but not off-site: " + trouble;
  if (const std::string trouble = text_at(result, "trouble"); !trouble.empty()) return trouble;
  return "attachments in the pool are damaged";
}

int status_of(const Outcome& outcome) {
  return outcome.signal != 0 ? 128 + outcome.signal : outcome.status;
}

void explain(const Outcome& outcome, const Json& result, ChildEnd& end) {
  const Json& error = member(result, "error");
  if (outcome.timed_out || result.is_null()) {
    end.message = outcome.reason();
    end.said = split_lines(last_lines(outcome.errors, shown_lines));
  } else if (error.is_null()) {
    end.message = shortcoming(result);
  } else {
    end.message = text_at(error, "message");
    end.hint = text_at(error, "hint");
  }
}

}  // namespace

Command child_of(const Job& job, const std::string& program, const std::string& root,
                 Machine& machine, int lock) {
  std::vector<std::string> argv{program};
  const auto words = words_of(job, root);
  argv.insert(argv.end(), words.begin(), words.end());
  return {.argv = std::move(argv),
          .environment = child_environment(machine),
          .directory = "/",
          .input = {},
          .deadline = longest_job,
          .inherited = {lock},
          .on_line = {},
          .private_files = false,
          .on_output = {}};
}

Command schedule_command(const std::string& program, const std::string& root, Machine& machine) {
  return {.argv = {program, "--root", root, "--quiet", "schedule", "run"},
          .environment = child_environment(machine),
          .directory = "/",
          .input = {},
          .deadline = 3 * longest_job,
          .inherited = {},
          .on_line = {},
          .dies_with_us = true};
}

ChildEnd end_of(const Outcome& outcome) {
  const Json result = parse_json(outcome.output).value_or(Json());
  const bool is_error = !member(result, "error").is_null();
  ChildEnd end{.exit_status = outcome.timed_out ? exit_status(Kind::failed) : status_of(outcome),
               .settled = outcome.ok() || flag_at(result, "complete"),
               .held = is_error && outcome.status == exit_status(Kind::locked),
               .message = {},
               .hint = {},
               .said = {}};
  if (!end.went_well()) explain(outcome, result, end);
  return end;
}

}  // namespace ballast
