// The schedule of a server: what each stack's policy wants done and when, what was done, and what
// is to run now. Jobs are commands of their own, one at a time on the whole server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operation/progress.h"
#include "schedule/schedule_book.h"

namespace ballast {

struct ScheduleReport {
  std::vector<ScheduledJob> jobs;  // by stack
  std::vector<ScheduleTrouble> troubles;
  std::optional<Time> called;  // when the schedule was last asked to run what is due
};

// Of one stack, or of all when empty. Changes nothing.
ScheduleReport schedule(Server& server, const std::string& stack);

struct ScheduleRequest {
  std::string program;  // that runs the jobs: ballast itself
  std::string operator_name;
  bool dry_run = false;
};

enum class JobEnd { done, failed, held, would_run };

std::string_view text_of(JobEnd end);  // "would run"

struct JobRun {
  Job job;
  Slot slot;
  int attempt = 1;
  JobEnd end = JobEnd::would_run;
  Time started{};
  Time ended{};
  int exit_status = 0;
  std::string message{};
  std::string hint{};
  std::vector<std::string> said{};  // the last lines of one that does not say why
  bool is_last_attempt = false;     // of one that failed: the next is of the next time
  bool is_new = true;               // of one that is held: that was not told yet
};

struct ScheduleRun {
  std::vector<JobRun> runs;
  std::vector<ScheduleTrouble> troubles;
  std::optional<Holder> busy;  // another call is at work: nothing was looked at
};

// Runs what is due, one after the other, in the order in which it came due.
// Error(interrupted) when a job was cut short by whoever stopped us: it is due at the next call.
ScheduleRun run_schedule(Server& server, Progress& progress, const ScheduleRequest& request);

}  // namespace ballast
