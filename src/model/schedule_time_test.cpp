#include "model/schedule_time.h"

#include <gtest/gtest.h>

#include <set>

namespace ballast {
namespace {

using namespace std::chrono_literals;
using std::chrono::Saturday;
using std::chrono::Sunday;

ScheduleTime daily(std::chrono::minutes at, const std::string& zone) {
  return {.day = std::nullopt, .at = at, .zone = zone};
}

ScheduleTime weekly(std::chrono::weekday day, std::chrono::minutes at, const std::string& zone) {
  return {.day = day, .at = at, .zone = zone};
}

Time utc(std::string_view text) { return parse_time(text).value(); }

std::string next(const ScheduleTime& time, std::string_view after) {
  return iso_utc(next_after(time, zone_of(time), utc(after)));
}

std::string newest(const ScheduleTime& time, std::string_view until) {
  return iso_utc(newest_until(time, zone_of(time), utc(until)).value());
}

TEST(ScheduleTime, AsThePolicyHasIt) {
  EXPECT_EQ(daily(3h, "").text(), "03:00");
  EXPECT_EQ(weekly(Sunday, 4h + 5min, "Asia/Tokyo").text(), "Sun 04:05 Asia/Tokyo");
}

// The crontab line `0 19 * * 0` in UTC is Monday 04:00 in Tokyo.
TEST(ScheduleTime, SundayInTokyoIsSaturdayInUtc) {
  const ScheduleTime time = weekly(Sunday, 4h, "Asia/Tokyo");
  EXPECT_EQ(next(time, "2026-11-25T00:00:00Z"), "2026-11-28T19:00:00Z");
  EXPECT_EQ(next(time, "2026-11-28T18:59:59Z"), "2026-11-28T19:00:00Z");
  EXPECT_EQ(next(time, "2026-11-28T19:00:00Z"), "2026-12-05T19:00:00Z");
  EXPECT_EQ(newest(time, "2026-11-28T18:59:59Z"), "2026-11-21T19:00:00Z");
  EXPECT_EQ(newest(time, "2026-11-28T19:00:00Z"), "2026-11-28T19:00:00Z");
}

TEST(ScheduleTime, ATimeThatClocksJumpOverComesRightAfterTheJump) {
  const ScheduleTime berlin = daily(2h + 30min, "Europe/Berlin");
  EXPECT_EQ(next(berlin, "2027-03-27T12:00:00Z"), "2027-03-28T01:00:00Z");  // 03:00 there
  EXPECT_EQ(next(berlin, "2027-03-28T01:00:00Z"), "2027-03-29T00:30:00Z");
  const ScheduleTime new_york = daily(2h + 30min, "America/New_York");
  EXPECT_EQ(next(new_york, "2027-03-14T00:00:00Z"), "2027-03-14T07:00:00Z");
  EXPECT_EQ(newest(new_york, "2027-03-14T12:00:00Z"), "2027-03-14T07:00:00Z");
}

TEST(ScheduleTime, ATimeThatClocksShowTwiceComesOnce) {
  const ScheduleTime berlin = daily(2h + 30min, "Europe/Berlin");
  EXPECT_EQ(next(berlin, "2026-10-24T12:00:00Z"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(next(berlin, "2026-10-25T00:30:00Z"), "2026-10-26T01:30:00Z");
  const ScheduleTime new_york = weekly(Sunday, 1h + 30min, "America/New_York");
  EXPECT_EQ(next(new_york, "2026-11-01T00:00:00Z"), "2026-11-01T05:30:00Z");
  EXPECT_EQ(next(new_york, "2026-11-01T05:30:00Z"), "2026-11-08T06:30:00Z");
}

TEST(ScheduleTime, LeapDays) {
  const ScheduleTime time = daily(3h, "Europe/Berlin");
  EXPECT_EQ(next(time, "2028-02-28T12:00:00Z"), "2028-02-29T02:00:00Z");
  EXPECT_EQ(next(time, "2028-02-29T02:00:00Z"), "2028-03-01T02:00:00Z");
  EXPECT_EQ(next(time, "2027-02-28T12:00:00Z"), "2027-03-01T02:00:00Z");
}

TEST(ScheduleTime, ADayThatAZoneLeftOut) {
  const ScheduleTime apia = daily(3h, "Pacific/Apia");  // 30 December 2011 was not
  EXPECT_EQ(next(apia, "2011-12-29T13:00:00Z"), "2011-12-30T10:00:00Z");
  EXPECT_EQ(next(apia, "2011-12-30T10:00:00Z"), "2011-12-30T13:00:00Z");
  EXPECT_EQ(newest(weekly(std::chrono::Friday, 3h, "Pacific/Apia"), "2012-01-01T00:00:00Z"),
            "2011-12-30T10:00:00Z");
}

// Each day of four years once, whatever clocks do, and both ways tell the same.
TEST(ScheduleTime, EachDayOnceForYears) {
  for (const char* name :
       {"Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"})
    for (const auto at : {0min, 119min, 150min, 1439min}) {
      const ScheduleTime time = daily(at, name);
      const TimeZone zone = zone_of(time);
      std::set<std::chrono::local_days> days;
      Time moment = utc("2026-01-01T00:00:00Z");
      for (int count = 0; count < 1461; ++count) {
        const Time due = next_after(time, zone, moment);
        EXPECT_EQ(newest_until(time, zone, due), due);
        EXPECT_EQ(newest_until(time, zone, due - 1ms).value() < due, true);
        days.insert(std::chrono::floor<std::chrono::days>(zone.local(due)));
        moment = due;
      }
      EXPECT_EQ(days.size(), 1461u) << name << " " << time.text();
    }
}

TEST(ScheduleTime, LaterInTheWeek) {
  EXPECT_EQ(later(weekly(Saturday, 23h, "Asia/Tokyo"), 2h).text(), "Sun 01:00 Asia/Tokyo");
  EXPECT_EQ(later(daily(23h, ""), 2h).text(), "01:00");
}

std::string drill_of(const BackupSchedule& schedule) {
  const auto time = schedule.drill_time();
  return time ? time->text() : "none";
}

TEST(BackupSchedule, AWeeklyDrillFollowsTheSets) {
  const auto early = daily(3h, "Asia/Tokyo");
  const auto full = weekly(Saturday, 23h, "Asia/Tokyo");
  EXPECT_EQ(drill_of({}), "none");
  EXPECT_EQ(drill_of({.daily = early, .weekly_full = full}), "none");
  EXPECT_EQ(drill_of({.daily = early, .weekly_full = full, .drill_weekly = true}),
            "Sun 01:00 Asia/Tokyo");
  EXPECT_EQ(drill_of({.daily = early, .drill_weekly = true}), "Sun 05:00 Asia/Tokyo");
  EXPECT_EQ(drill_of({.daily = daily(23h, ""), .drill_weekly = true}), "Mon 01:00");
  EXPECT_EQ(drill_of({.drill_weekly = true}), "Sun 05:00");
  EXPECT_EQ(drill_of({.drill = full}), "Sat 23:00 Asia/Tokyo");
}

TEST(BackupScheduleTest, WhenSomethingIsMissing) {
  BackupSchedule schedule;
  EXPECT_EQ(schedule.longest_without_set(), std::nullopt);
  EXPECT_EQ(schedule.longest_without_drill(), std::nullopt);
  schedule.weekly_full = ScheduleTime{.day = std::chrono::Sunday, .at = std::chrono::hours(4)};
  EXPECT_EQ(schedule.longest_without_set(), std::chrono::hours(7 * 24 + 2));
  schedule.daily = ScheduleTime{.at = std::chrono::hours(3)};
  EXPECT_EQ(schedule.longest_without_set(), std::chrono::hours(26));
  schedule.drill_weekly = true;
  EXPECT_EQ(schedule.longest_without_drill(), std::chrono::hours(7 * 24 + 2));
}

}  // namespace
}  // namespace ballast
