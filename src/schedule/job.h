// A job of a stack's schedule: what it runs, and when.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/schedule_time.h"

namespace ballast {

enum class JobKind { daily, weekly_full, drill };

std::string_view text_of(JobKind kind);  // "weekly-full"

struct Job {
  std::string stack;
  JobKind kind = JobKind::daily;
  ScheduleTime time;
  TimeZone zone;
  Duration jitter{};  // that much later, so that servers and stacks do not all begin at once

  std::string name() const;  // "shop daily"
  std::string key() const;   // "shop/daily"
};

// Always the same for a stack of a server, less than five minutes.
Duration jitter_of(std::string_view server, std::string_view stack);

// Error(failed) when the server's own time zone is needed and cannot be told.
std::vector<Job> jobs_of(const std::string& stack, const BackupSchedule& schedule,
                         std::string_view server);

// One of the times for which a job runs once.
struct Slot {
  Time nominal{};  // as the policy says
  Time due{};      // with the jitter
  bool operator==(const Slot&) const = default;
};
std::optional<Slot> newest_slot(const Job& job, Time now);  // that is due
Time next_due(const Job& job, Time now);                    // after now

// What is started: the words of `ballast`.
std::vector<std::string> words_of(const Job& job, const std::string& root);

}  // namespace ballast
