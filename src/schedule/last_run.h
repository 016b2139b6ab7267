// How a job's newest run went, whoever started it: told by the journal and the sets, and, for what
// never reached the journal, by the notes of the schedule.
#pragma once

#include <optional>
#include <string>

#include "journal/journal.h"
#include "live/server.h"
#include "schedule/job_notes.h"

namespace ballast {

enum class RunState { running, done, failed, cut_off };

std::string_view text_of(RunState state);  // "cut off"

struct LastRun {
  Time started{};
  std::optional<Time> ended;
  RunState state = RunState::done;
  bool settled = false;  // what was asked for is there
  int exit_status = 0;
  std::string message;  // of one that did not go well
};

// The newest of the journal that had begun by now.
std::optional<LastRun> run_in_journal(Server& server, const std::optional<Journal>& journal,
                                      const Job& job, Time now);
// The newer of the two; where both are the same run, the notes know how it ended.
std::optional<LastRun> last_run(const std::optional<LastRun>& in_journal, const JobNote& note);

}  // namespace ballast
