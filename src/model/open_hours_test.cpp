#include "model/open_hours.h"

#include <gtest/gtest.h>

#include "model/model_test_support.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using std::chrono::local_days;

OpenHours read(const std::string& text) {
  const std::string path = "a.yaml";
  Yaml node;
  node.type = Yaml::Type::scalar;
  node.scalar = text;
  node.line = 3;
  return read_open_hours({path, "hours", node});
}

std::string said(const std::string& text) {
  return error_text(Kind::usage, [&] { read(text); });
}

// 2026-11-22 is a Sunday.
LocalTime at(int day_of_week, std::chrono::minutes clock) {
  return local_days(std::chrono::year(2026) / 11 / 22) + std::chrono::days(day_of_week) + clock;
}

TEST(OpenHoursTest, TheyHoldFromTheFirstMinuteToTheLast) {
  const OpenHours hours = read("Mon-Fri 08:00-20:00 Asia/Tokyo");
  EXPECT_EQ(hours.zone, "Asia/Tokyo");
  EXPECT_TRUE(hours.hold(at(1, 8h)));
  EXPECT_TRUE(hours.hold(at(5, 19h + 59min)));
  EXPECT_FALSE(hours.hold(at(1, 7h + 59min)));
  EXPECT_FALSE(hours.hold(at(1, 20h)));
  EXPECT_FALSE(hours.hold(at(0, 12h)));
  EXPECT_FALSE(hours.hold(at(6, 12h)));
}

TEST(OpenHoursTest, WithoutDaysTheyAreEachDays) {
  const OpenHours hours = read("00:00-24:00");
  for (int day = 0; day < 7; ++day) EXPECT_TRUE(hours.hold(at(day, 23h + 59min)));
}

TEST(OpenHoursTest, OverMidnightTheyAreOfTheDayOnWhichTheyBegin) {
  const OpenHours hours = read("Sat 22:00-06:00");
  EXPECT_TRUE(hours.hold(at(6, 23h)));
  EXPECT_TRUE(hours.hold(at(0, 5h)));  // Sunday
  EXPECT_FALSE(hours.hold(at(6, 5h)));
  EXPECT_FALSE(hours.hold(at(0, 23h)));
}

TEST(OpenHoursTest, ARangeOfDaysMayPassTheEndOfTheWeek) {
  const OpenHours hours = read("Sat-Mon 08:00-12:00");
  EXPECT_TRUE(hours.hold(at(6, 9h)));
  EXPECT_TRUE(hours.hold(at(0, 9h)));
  EXPECT_TRUE(hours.hold(at(1, 9h)));
  EXPECT_FALSE(hours.hold(at(2, 9h)));
}

TEST(OpenHoursTest, TheClocksAreThoseOfTheZone) {
  const OpenHours hours = read("Wed 08:00-20:00 Asia/Tokyo");
  const Time morning{1'795'573'627s};  // 2026-11-25T02:27:07Z, a Wednesday, 11:27 in Tokyo
  EXPECT_TRUE(is_open(hours, morning));
  EXPECT_FALSE(is_open(hours, morning + 9h));
  EXPECT_FALSE(is_open(read("Wed 08:00-20:00 America/New_York"), morning));
}

TEST(OpenHoursTest, WhatIsNoneIsTold) {
  const std::string hint = " | write `Mon-Fri 08:00-20:00 Asia/Tokyo`";
  EXPECT_EQ(said("08:00"), "a.yaml:3: `hours`: \"08:00\" is no span of hours" + hint);
  EXPECT_EQ(said("Mon"), "a.yaml:3: `hours`: \"Mon\" is no span of hours" + hint);
  EXPECT_EQ(said(""), "a.yaml:3: `hours`: \"\" is no span of hours" + hint);
  EXPECT_EQ(said("08:00-08:00"), "a.yaml:3: `hours`: they end when they begin" + hint);
  EXPECT_TRUE(
      said("Mno 08:00-09:00").starts_with("a.yaml:3: `hours`: \"Mno\" is no day of the week"));
  EXPECT_TRUE(said("08:00-25:00").starts_with("a.yaml:3: `hours`: \"25:00\" is no time of day"));
  EXPECT_TRUE(
      said("08:00-09:00 Tokyo").starts_with("a.yaml:3: `hours`: \"Tokyo\" is no time zone"));
}

}  // namespace
}  // namespace ballast
