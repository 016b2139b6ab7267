#include "schedule/schedule_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "live/stack.h"

namespace ballast {

ScheduleBook::ScheduleBook(Server& server, const std::string& stack) : server_(server) {
  if (!stack.empty())
    add_jobs(stack);
  else
    for (const std::string& name : stack_names(server)) try_jobs(name);
  open_journal();
  read_notes();
}

void ScheduleBook::add_jobs(const std::string& stack) {
  const Policy policy = read_stack(server_, stack).policy;
  for (Job& job : jobs_of(stack, policy.backup.schedule, server_.host.machine.host_name()))
    jobs_.push_back(std::move(job));
}

// A folder without a policy has no schedule, whatever else it is.
void ScheduleBook::try_jobs(const std::string& stack) {
  try {
    if (server_.host.disk.info(server_.paths.stack(stack) + "/ballast.yaml")) add_jobs(stack);
  } catch (const Error& error) {
    troubles_.push_back({.about = "stack " + stack, .error = error});
  }
}

void ScheduleBook::open_journal() {
  try {
    if (auto journal = Journal::open_for_reading(server_.paths.journal()))
      journal_.emplace(*std::move(journal));
  } catch (const Error& error) {
    troubles_.push_back({.about = "journal", .error = error});
  }
}

void ScheduleBook::read_notes() {
  const std::string path = server_.paths.schedule_notes();
  kept_ = server_.host.disk.read(path).value_or("");
  if (kept_.empty()) return;
  if (auto read = notes_from(kept_)) {
    notes = *std::move(read);
    return;
  }
  troubles_.push_back(
      {.about = "notes",
       .error = Error(Kind::failed, fmt::format("{} holds no notes of the schedule", path),
                      "it is written anew: what failed or was missed before is not made up")});
}

void ScheduleBook::keep_notes() {
  const std::string text = pretty_json(notes_json(notes));
  if (text == kept_) return;
  server_.host.disk.make_directories(server_.paths.state(), 0700);
  server_.host.disk.replace(server_.paths.schedule_notes(), text, 0600);
  kept_ = text;
}

// A journal that cannot be read hides what was done by hand, no more.
std::optional<LastRun> ScheduleBook::try_run_in_journal(const Job& job, Time now) {
  try {
    return run_in_journal(server_, journal_, job, now);
  } catch (const Error& error) {
    journal_.reset();
    troubles_.push_back({.about = "journal", .error = error});
    return std::nullopt;
  }
}

ScheduledJob ScheduleBook::look_at(const Job& job) {
  const Time now = server_.host.clock.now();
  const JobNote note = note_of(notes, job, now);
  const auto in_journal = try_run_in_journal(job, now);
  const auto done =
      in_journal && in_journal->settled ? std::optional(in_journal->started) : std::nullopt;
  return {job, standing_of(job, note, done, now), last_run(in_journal, note)};
}

bool ScheduleBook::cannot_be_read(const std::string& key) const {
  const std::string about = "stack " + key.substr(0, key.find('/'));
  return std::ranges::find(troubles_, about, &ScheduleTrouble::about) != troubles_.end();
}

void ScheduleBook::take_up_jobs(Time now) {
  std::map<std::string, JobNote> jobs;
  for (const auto& [key, note] : notes.jobs)
    if (cannot_be_read(key)) jobs[key] = note;
  for (const Job& job : jobs_) jobs[job.key()] = note_of(notes, job, now);
  notes.jobs = std::move(jobs);
}

}  // namespace ballast
