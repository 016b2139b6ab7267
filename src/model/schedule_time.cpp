#include "model/schedule_time.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"

namespace ballast {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::Sunday;

constexpr minutes whole_day = std::chrono::hours(24);
constexpr minutes drill_comes_after = std::chrono::hours(2);
constexpr minutes drill_alone = std::chrono::hours(5);
constexpr minutes for_making_it = std::chrono::hours(2);
// A week, and a day more on either side: there are clocks that left out a whole day.
constexpr days far_enough(9);

bool concerns(const ScheduleTime& time, local_days date) {
  return !time.day || std::chrono::weekday(date) == *time.day;
}

}  // namespace

std::string ScheduleTime::text() const {
  const std::string front = day ? short_name(*day) + " " : "";
  const std::string back = zone.empty() ? "" : " " + zone;
  return fmt::format("{}{:02}:{:02}{}", front, at.count() / 60, at.count() % 60, back);
}

ScheduleTime later(const ScheduleTime& time, minutes more) {
  ScheduleTime moved = time;
  moved.at += more;
  for (; moved.at >= whole_day; moved.at -= whole_day)
    if (moved.day) ++*moved.day;
  return moved;
}

std::optional<Time> newest_until(const ScheduleTime& time, const TimeZone& zone, Time moment) {
  const auto today = floor<days>(zone.local(moment));
  for (auto date = today + days(1); date > today - far_enough; date -= days(1)) {
    if (!concerns(time, date)) continue;
    const Time due = zone.instant(date + time.at);
    if (due <= moment) return due;
  }
  return std::nullopt;
}

Time next_after(const ScheduleTime& time, const TimeZone& zone, Time moment) {
  const auto today = floor<days>(zone.local(moment));
  for (auto date = today - days(1); date < today + far_enough; date += days(1)) {
    if (!concerns(time, date)) continue;
    const Time due = zone.instant(date + time.at);
    if (due > moment) return due;
  }
  throw Error(Kind::failed, fmt::format("no day follows for `{}`", time.text()));
}

TimeZone zone_of(const ScheduleTime& time) {
  if (time.zone.empty()) return TimeZone::own();
  const auto zone = TimeZone::named(time.zone);
  if (!zone) throw Error(Kind::failed, fmt::format("the time zone {} is gone", time.zone));
  return *zone;
}

std::optional<ScheduleTime> BackupSchedule::drill_time() const {
  if (!drill_weekly) return drill;
  if (weekly_full) return later(*weekly_full, drill_comes_after);
  ScheduleTime time{.day = Sunday, .at = drill_alone, .zone = {}};
  if (!daily) return time;
  time.at = daily->at;
  time.zone = daily->zone;
  return later(time, drill_comes_after);
}

std::optional<Duration> BackupSchedule::longest_without_set() const {
  if (daily && !daily->day) return whole_day + for_making_it;
  return daily || weekly_full ? std::optional<Duration>(7 * whole_day + for_making_it)
                              : std::nullopt;
}

std::optional<Duration> BackupSchedule::longest_without_drill() const {
  const auto time = drill_time();
  if (!time) return std::nullopt;
  return (time->day ? 7 * whole_day : whole_day) + for_making_it;
}

std::string short_name(std::chrono::weekday day) {
  constexpr std::array names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  return names.at(day.c_encoding());
}

}  // namespace ballast
