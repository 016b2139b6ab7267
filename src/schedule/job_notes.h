// What the schedule remembers from one call to the next. Its form is described in docs/formats.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "schedule/job.h"

namespace ballast {

struct Attempt {
  Time slot{};     // the time for which it was made
  int number = 1;  // the first, the second
  Time started{};
  std::optional<Time> ended;  // none: it goes on, or was cut off
  int exit_status = 0;
  bool settled = false;  // what was asked for is there
  std::string message;   // of one that went wrong

  bool operator==(const Attempt&) const = default;
};

struct JobNote {
  std::string schedule;            // as the policy had it
  Time since{};                    // it holds: earlier times are nobody's
  std::optional<Attempt> attempt;  // the newest

  bool operator==(const JobNote&) const = default;
};

struct ScheduleNotes {
  std::map<std::string, JobNote> jobs;      // by Job::key()
  std::map<std::string, std::string> told;  // what is wrong, and was said already

  bool operator==(const ScheduleNotes&) const = default;
};

Json notes_json(const ScheduleNotes& notes);
std::optional<ScheduleNotes> notes_from(std::string_view text);  // nullopt: that is none

// The note of a job. One that is new, or that has another time than before, counts from now on; so
// does all that a clock which was ahead has left.
JobNote note_of(const ScheduleNotes& notes, const Job& job, Time now);

}  // namespace ballast
