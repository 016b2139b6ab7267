#include "schedule/schedule.h"

#include <fmt/format.h>

#include <algorithm>

#include "schedule/child.h"
#include "schedule/job_pings.h"

namespace ballast {

namespace {

using std::chrono::floor;
using std::chrono::seconds;

std::optional<Time> last_call(Server& server) {
  const auto text = server.host.disk.read(server.paths.schedule_lock());
  const auto json = text ? parse_json(*text) : std::nullopt;
  return json ? parse_time(text_at(*json, "since")) : std::nullopt;
}

// A run that the notes know to have begun goes on while the call that began it does.
void mark_running(std::vector<ScheduledJob>& jobs, const std::optional<Holder>& at_work) {
  if (!at_work) return;
  for (ScheduledJob& one : jobs)
    if (one.last && one.last->state == RunState::cut_off &&
        one.last->started >= floor<seconds>(at_work->since))
      one.last->state = RunState::running;
}

struct DueJob {
  Job job;
  Slot slot;
  int attempt = 1;
};

std::optional<DueJob> due_now(ScheduleBook& book, const Job& job) {
  const Standing standing = book.look_at(job).standing;
  if (!standing.due) return std::nullopt;
  return DueJob{job, *standing.due, standing.attempt};
}

std::vector<DueJob> all_due(ScheduleBook& book) {
  std::vector<DueJob> due;
  for (const Job& job : book.jobs())
    if (auto one = due_now(book, job)) due.push_back(*std::move(one));
  std::ranges::stable_sort(due, {}, [](const DueJob& one) { return one.slot.due; });
  return due;
}

JobRun run_of(const DueJob& due) {
  return {.job = due.job, .slot = due.slot, .attempt = due.attempt};
}

Error interrupted(const Job& job) {
  return Error(Kind::interrupted, fmt::format("interrupted while {} ran", job.name()),
               "it is due again at the next call");
}

// Runs jobs while it holds the lock that only one on the server can have.
class Scheduler {
 public:
  Scheduler(Server& server, Progress& progress, const ScheduleRequest& request, int lock)
      : server_(server),
        progress_(progress),
        request_(request),
        lock_(lock),
        book_(server, ""),
        pings_(server.host, server.paths) {}

  ScheduleRun run() {
    book_.take_up_jobs(now());
    book_.keep_notes();
    ScheduleRun done;
    for (const DueJob& due : all_due(book_))
      // An earlier job may have taken hours, and somebody may have done this one meanwhile.
      if (const auto still = due_now(book_, due.job)) done.runs.push_back(run_job(*still));
    done.troubles = book_.troubles();
    note_what_is_told(done);
    book_.keep_notes();
    return done;
  }

 private:
  Time now() { return server_.host.clock.now(); }

  // The intent is durable before it begins, the fact after its end. What did not begin, or was cut
  // short by whoever stopped us, counts as no attempt.
  JobRun run_job(const DueJob& due) {
    JobNote& note = book_.notes.jobs.at(due.job.key());
    const auto before = note.attempt;
    note.attempt = Attempt{.slot = due.slot.nominal,
                           .number = due.attempt,
                           .started = floor<seconds>(now()),
                           .ended = {},
                           .message = {}};
    book_.keep_notes();
    // Where it was held before it most likely still is: that was said.
    if (!book_.notes.told.contains("held " + due.job.key())) progress_.note(due.job.name());
    JobRun run = run_of(due);
    run.started = now();
    pings_.began(due.job, run.started);
    const Outcome outcome = server_.host.processes.run(
        child_of(due.job, request_.program, server_.paths.root, server_.host.machine, lock_));
    run.ended = now();
    const ChildEnd end = end_of(outcome);
    take_end(run, end);
    if (outcome.interrupted || end.held)
      note.attempt = before;
    else
      note_end(*note.attempt, run, end.settled);
    book_.keep_notes();
    pings_.ended(due.job, run.started, end.went_well(), end.message);
    if (outcome.interrupted) throw interrupted(due.job);
    return run;
  }

  static void take_end(JobRun& run, const ChildEnd& end) {
    run.end = end.went_well() ? JobEnd::done : end.held ? JobEnd::held : JobEnd::failed;
    run.exit_status = end.exit_status;
    run.message = end.message;
    run.hint = end.hint;
    run.said = end.said;
    run.is_last_attempt = end.settled || run.attempt >= most_attempts;
  }

  static void note_end(Attempt& attempt, const JobRun& run, bool settled) {
    attempt.ended = floor<seconds>(run.ended);
    attempt.exit_status = run.exit_status;
    attempt.settled = settled;
    attempt.message = run.message;
  }

  // cron mails each line: what stays as it is is said once.
  void note_what_is_told(ScheduleRun& done) {
    std::map<std::string, std::string> told;
    const auto is_new = [&](const std::string& about, const std::string& text) {
      told[about] = text;
      const auto before = book_.notes.told.find(about);
      return before == book_.notes.told.end() || before->second != text;
    };
    for (ScheduleTrouble& trouble : done.troubles)
      trouble.is_new = is_new(trouble.about, trouble.error.message());
    for (JobRun& run : done.runs)
      if (run.end == JobEnd::held)
        run.is_new = is_new("held " + run.job.key(), iso_utc(run.slot.nominal));
    book_.notes.told = std::move(told);
  }

  Server& server_;
  Progress& progress_;
  const ScheduleRequest& request_;
  int lock_;
  ScheduleBook book_;
  JobPings pings_;
};

ScheduleRun what_would_run(Server& server) {
  ScheduleBook book(server, "");
  ScheduleRun preview;
  for (const DueJob& due : all_due(book)) preview.runs.push_back(run_of(due));
  preview.troubles = book.troubles();
  for (ScheduleTrouble& trouble : preview.troubles) trouble.is_new = true;
  return preview;
}

Holder holder_of(Server& server, const ScheduleRequest& request) {
  return {.operation = "schedule",
          .operator_name = request.operator_name,
          .pid = server.host.machine.process(),
          .since = server.host.clock.now(),
          .alive = true};
}

}  // namespace

std::string_view text_of(JobEnd end) {
  switch (end) {
    case JobEnd::done: return "done";
    case JobEnd::failed: return "failed";
    case JobEnd::held: return "held";
    case JobEnd::would_run: return "would run";
  }
  return "";
}

ScheduleReport schedule(Server& server, const std::string& stack) {
  ScheduleBook book(server, stack);
  ScheduleReport report;
  for (const Job& job : book.jobs()) report.jobs.push_back(book.look_at(job));
  mark_running(report.jobs, server.host.locks.held(server.paths.schedule_lock()));
  report.troubles = book.troubles();
  report.called = last_call(server);
  return report;
}

ScheduleRun run_schedule(Server& server, Progress& progress, const ScheduleRequest& request) {
  if (request.dry_run) return what_would_run(server);
  auto got = server.host.locks.acquire(server.paths.schedule_lock(), holder_of(server, request));
  if (const auto* holder = std::get_if<Holder>(&got))
    return {.runs = {}, .troubles = {}, .busy = *holder};
  const auto& lock = std::get<std::unique_ptr<Lock>>(got);
  return Scheduler(server, progress, request, lock->descriptor()).run();
}

}  // namespace ballast
