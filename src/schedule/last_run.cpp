#include "schedule/last_run.h"

#include "backup/store.h"
#include "base/text.h"
#include "live/work.h"

namespace ballast {

namespace {

RunState state_of(Server& server, const OperationRecord& operation) {
  switch (operation.state) {
    case OperationState::finished: return RunState::done;
    case OperationState::running:
      return is_going_on(server, operation.stack) ? RunState::running : RunState::cut_off;
    case OperationState::undone:
    case OperationState::failed: return RunState::failed;
  }
  return RunState::failed;
}

// An operation that made an incomplete set is finished all the same. One whose set was removed
// since then, or cannot be read, is taken as it ended.
void look_at_set(Server& server, const OperationRecord& operation, LastRun& run) {
  const auto stored = SetStore(server, operation.stack).read(operation.id);
  if (!stored || !stored->trouble.empty() || stored->set.is_complete()) return;
  run.state = RunState::failed;
  run.settled = false;
  run.exit_status = exit_status(Kind::incomplete);
  run.message = "incomplete: " + join(stored->set.reasons, "; ");
}

LastRun run_of(Server& server, const OperationRecord& operation) {
  const RunState state = state_of(server, operation);
  LastRun run{.started = operation.started,
              .ended = operation.ended,
              .state = state,
              .settled = state == RunState::done,
              .exit_status = operation.exit_status,
              .message = state == RunState::failed ? operation.message : std::string()};
  if (run.settled && operation.kind == "backup") look_at_set(server, operation, run);
  return run;
}

LastRun run_of(const Attempt& attempt) {
  const bool went_well = attempt.ended && attempt.exit_status == 0;
  return {.started = attempt.started,
          .ended = attempt.ended,
          .state = went_well       ? RunState::done
                   : attempt.ended ? RunState::failed
                                   : RunState::cut_off,
          .settled = attempt.settled,
          .exit_status = attempt.exit_status,
          .message = attempt.message};
}

}  // namespace

std::string_view text_of(RunState state) {
  switch (state) {
    case RunState::running: return "running";
    case RunState::done: return "done";
    case RunState::failed: return "failed";
    case RunState::cut_off: return "cut off";
  }
  return "";
}

std::optional<LastRun> run_in_journal(Server& server, const std::optional<Journal>& journal,
                                      const Job& job, Time now) {
  if (!journal) return std::nullopt;
  const bool is_drill = job.kind == JobKind::drill;
  const auto operation =
      journal->newest_operation(job.stack, is_drill ? "drill" : "backup",
                                is_drill ? std::string() : std::string(text_of(job.kind)), now);
  if (!operation) return std::nullopt;
  return run_of(server, *operation);
}

std::optional<LastRun> last_run(const std::optional<LastRun>& in_journal, const JobNote& note) {
  if (!note.attempt) return in_journal;
  LastRun noted = run_of(*note.attempt);
  if (!in_journal || in_journal->started < noted.started) return noted;
  const bool is_the_same = noted.ended && in_journal->started <= *noted.ended;
  return is_the_same ? noted : in_journal;
}

}  // namespace ballast
