#include "schedule/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/table.h"
#include "host/own_program.h"

namespace ballast {

namespace {

constexpr std::string_view run_word = "run";
// Three calls of the timer that did not come.
constexpr Duration long_ago = std::chrono::minutes(15);

constexpr auto positionals = std::to_array<Positional>({
    {.name = "stack",
     .description = "name of the stack's folder (default: all stacks); or run: what is due now",
     .required = false,
     .completes = Completes::stacks},
});

constexpr auto options = std::to_array<Option>({
    {.name = "--dry-run", .value = "", .description = "with run: say what is due, run nothing"},
    json_option,
});

// "2026-11-29T04:02:00+09:00" as "Sun 2026-11-29 04:02 +09:00".
std::string moment_text(const TimeZone& zone, Time time) {
  const std::string iso = zone.iso(time);
  const auto date = std::chrono::floor<std::chrono::days>(zone.local(time));
  return fmt::format("{} {} {} {}", short_name(std::chrono::weekday(date)), iso.substr(0, 10),
                     iso.substr(11, 5), iso.substr(19));
}

std::string utc_text(Time time) {
  const std::string iso = iso_utc(time);
  const auto date = std::chrono::floor<std::chrono::days>(time);
  return fmt::format("{} {} {}", short_name(std::chrono::weekday(date)), iso.substr(0, 10),
                     iso.substr(11, 5));
}

std::string moment_of(const Job& job, Time time) { return moment_text(job.zone, time); }

Json moment_json(const Job& job, Time time) {
  return {{"local", job.zone.iso(time)}, {"utc", iso_utc(time)}};
}

Json last_json(const Job& job, const LastRun& last) {
  Json json = moment_json(job, last.started);
  json["ended"] = last.ended ? Json(iso_utc(*last.ended)) : Json();
  json["outcome"] = text_of(last.state);
  json["exit"] = last.exit_status;
  json["message"] = text_or_null(last.message);
  return json;
}

Json scheduled_json(const ScheduledJob& scheduled) {
  const Job& job = scheduled.job;
  return {{"stack", job.stack},
          {"job", text_of(job.kind)},
          {"when", job.time.text()},
          {"zone", job.zone.name()},
          {"due", scheduled.standing.due.has_value()},
          {"attempt", scheduled.standing.attempt},
          {"next", moment_json(job, scheduled.standing.next)},
          {"last", scheduled.last ? last_json(job, *scheduled.last) : Json()}};
}

Json troubles_json(const std::vector<ScheduleTrouble>& troubles) {
  Json list = Json::array();
  for (const ScheduleTrouble& trouble : troubles)
    list.push_back({{"about", trouble.about},
                    {"message", trouble.error.message()},
                    {"hint", trouble.error.hint()}});
  return list;
}

Json report_json(const ScheduleReport& report, int status) {
  Json jobs = Json::array();
  for (const ScheduledJob& scheduled : report.jobs) jobs.push_back(scheduled_json(scheduled));
  return {{"schema", "ballast.schedule/1"},
          {"jobs", jobs},
          {"troubles", troubles_json(report.troubles)},
          {"called", report.called ? Json(iso_utc(*report.called)) : Json()},
          {"exit", status}};
}

std::string next_remark(const ScheduledJob& scheduled) {
  const std::string when = scheduled.job.time.text();
  if (scheduled.standing.due) return when + "; due: at the next call";
  return scheduled.standing.attempt > 1 ? when + "; once more, after a run that failed" : when;
}

Cell last_remark(const LastRun& last) {
  std::string text(text_of(last.state));
  if (last.state == RunState::done && last.ended)
    text += " in " + human_duration(*last.ended - last.started);
  if (!last.message.empty()) text += ": " + last.message;
  switch (last.state) {
    case RunState::done: return {text, Colour::green};
    case RunState::running: return {text, Colour::yellow};
    case RunState::failed:
    case RunState::cut_off: return {text, Colour::red};
  }
  return text;
}

void add_rows(Table& table, const ScheduledJob& scheduled) {
  const Job& job = scheduled.job;
  const Time next = scheduled.standing.next;
  table.row({job.stack, std::string(text_of(job.kind)), "next", moment_of(job, next),
             utc_text(next), next_remark(scheduled)});
  if (!scheduled.last) return table.row({"", "", "last", "never"});
  const Time last = scheduled.last->started;
  table.row({"", "", "last", moment_of(job, last), utc_text(last), last_remark(*scheduled.last)});
}

void show_call(Output& output, const std::optional<Time>& called, Time now) {
  if (called && now - *called < long_ago) return;
  output.line(
      fmt::format("nothing runs the schedule: it was last called {}\nhint: systemctl enable --now "
                  "ballast-schedule.timer; without systemd, cron: */5 * * * * root ballast --quiet "
                  "schedule run",
                  called ? human_age(now - *called) : "never"));
}

// Whole, however narrow the terminal is: of a time that is cut off nobody can tell which it is.
void show(Output& output, const ScheduleReport& report, Time now) {
  if (report.jobs.empty() && report.troubles.empty()) {
    output.line("nothing is scheduled");
    output.line("hint: in ballast.yaml, such as backup: {daily: \"03:00 Asia/Tokyo\"}");
    return;
  }
  Table table({"STACK", "JOB", "RUN", "LOCAL", "UTC", ""});
  for (const ScheduledJob& scheduled : report.jobs) add_rows(table, scheduled);
  if (!table.empty()) output.text(table.text(0, output.colours()));
  for (const ScheduleTrouble& trouble : report.troubles)
    output.line(fmt::format("{}: {}", output.paint(Colour::red, trouble.about),
                            printable(trouble.error.message())));
  if (!report.jobs.empty()) show_call(output, report.called, now);
}

int run_list(Invocation& invocation, const std::string& stack) {
  if (invocation.arguments.has("--dry-run"))
    throw Error(Kind::usage, "--dry-run goes with `ballast schedule run`",
                "without `run` nothing is run in any case");
  const ScheduleReport report = invocation.features().schedule(stack);
  const int status = report.troubles.empty() ? 0 : exit_status(Kind::degraded);
  if (invocation.output.style().json)
    invocation.output.json(report_json(report, status));
  else
    show(invocation.output, report, invocation.host.clock.now());
  return status;
}

Json run_json(const JobRun& run) {
  const bool ran = run.end != JobEnd::would_run;
  return {{"stack", run.job.stack},
          {"job", text_of(run.job.kind)},
          {"for", moment_json(run.job, run.slot.nominal)},
          {"attempt", run.attempt},
          {"outcome", text_of(run.end)},
          {"started", ran ? Json(iso_utc(run.started)) : Json()},
          {"ended", ran ? Json(iso_utc(run.ended)) : Json()},
          {"job_exit", ran ? Json(run.exit_status) : Json()},
          {"message", text_or_null(run.message)},
          {"hint", text_or_null(run.hint)}};
}

Json run_json(const ScheduleRun& done, bool dry_run, int status) {
  Json runs = Json::array();
  for (const JobRun& run : done.runs) runs.push_back(run_json(run));
  return {{"schema", "ballast.schedule-run/1"},
          {"dry_run", dry_run},
          {"runs", runs},
          {"troubles", troubles_json(done.troubles)},
          {"busy", done.busy ? Json(done.busy->operator_name) : Json()},
          {"exit", status}};
}

std::string what_follows(const JobRun& run) {
  if (run.is_last_attempt) return "it is not tried again before its next time";
  return fmt::format("it is tried once more after {}", human_duration(time_to_next_attempt));
}

void show_failure(Output& output, const JobRun& run) {
  Error error(Kind::failed, fmt::format("{} failed: {}", run.job.name(), printable(run.message)),
              printable(run.hint));
  for (const std::string& line : run.said) error.add_context(printable(line));
  error.add_context(fmt::format("of {}, exit status {}; {}", moment_of(run.job, run.slot.nominal),
                                run.exit_status, what_follows(run)));
  output.error(error);
}

void show_run(Output& output, const JobRun& run) {
  const std::string of = moment_of(run.job, run.slot.nominal);
  switch (run.end) {
    case JobEnd::failed: return show_failure(output, run);
    case JobEnd::would_run: return output.line(fmt::format("{} of {}: due", run.job.name(), of));
    case JobEnd::done:
      return output.remark(fmt::format("{} of {}: done in {}", run.job.name(), of,
                                       human_duration(run.ended - run.started)));
    case JobEnd::held:
      if (run.is_new)
        output.remark(
            fmt::format("{} of {} waits: {}", run.job.name(), of, printable(run.message)));
  }
}

// A call while another one is at work has nothing to say: cron mails every line.
void show(Output& output, const ScheduleRun& done, bool dry_run) {
  for (const JobRun& run : done.runs) show_run(output, run);
  for (const ScheduleTrouble& trouble : done.troubles)
    if (trouble.is_new) output.error(trouble.error);
  if (dry_run && done.runs.empty()) output.remark("nothing is due");
}

int status_of(const ScheduleRun& done) {
  if (std::ranges::find(done.runs, JobEnd::failed, &JobRun::end) != done.runs.end())
    return exit_status(Kind::failed);
  return done.troubles.empty() ? 0 : exit_status(Kind::degraded);
}

int run_due(Invocation& invocation) {
  const bool dry_run = invocation.arguments.has("--dry-run");
  const ScheduleRun done = invocation.features().run_schedule(
      *invocation.progress(),
      {.program = own_program(), .operator_name = operator_of(invocation), .dry_run = dry_run});
  const int status = status_of(done);
  if (invocation.output.style().json)
    invocation.output.json(run_json(done, dry_run, status));
  else
    show(invocation.output, done, dry_run);
  return status;
}

}  // namespace

constinit const Signature schedule_signature{"schedule", positionals, options};

int run_schedule(Invocation& invocation) {
  const std::string word = invocation.arguments.text("stack");
  if (word == run_word) return run_due(invocation);
  return run_list(invocation, stack_of(invocation.arguments));
}

}  // namespace ballast
