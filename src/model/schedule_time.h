// When something is to be done again and again, by the clocks of a time zone.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/time_zone.h"

namespace ballast {

struct ScheduleTime {
  std::optional<std::chrono::weekday> day;  // each week on it; none: each day
  std::chrono::minutes at{};                // since midnight
  std::string zone;                         // empty: the server's own

  bool operator==(const ScheduleTime&) const = default;
  std::string text() const;  // "Sun 04:00 Asia/Tokyo", as the policy has it
};

// As much later in the week.
ScheduleTime later(const ScheduleTime& time, std::chrono::minutes minutes);

// Once for each day that it concerns: at the first of two moments when clocks are set back, and
// where they jump over it, at once after the jump.
std::optional<Time> newest_until(const ScheduleTime& time, const TimeZone& zone, Time moment);
Time next_after(const ScheduleTime& time, const TimeZone& zone, Time moment);

// Error(failed) when it is the server's own and cannot be told.
TimeZone zone_of(const ScheduleTime& time);

// When a stack's backups and drills are made; none: only by hand.
struct BackupSchedule {
  std::optional<ScheduleTime> daily;
  std::optional<ScheduleTime> weekly_full;
  std::optional<ScheduleTime> drill;
  bool drill_weekly = false;  // each week, at a time that follows from the others

  // Of `drill: weekly`: two hours after the weekly-full set; else Sunday, two hours after the
  // daily one; else Sunday 05:00.
  std::optional<ScheduleTime> drill_time() const;

  // After how long something is missing, with two hours for making it; nullopt: none is planned.
  std::optional<Duration> longest_without_set() const;
  std::optional<Duration> longest_without_drill() const;
};

std::string short_name(std::chrono::weekday day);  // "Sun"

}  // namespace ballast
