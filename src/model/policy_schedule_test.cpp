#include "model/policy_schedule.h"

#include <gtest/gtest.h>

#include "model/model_test_support.h"
#include "model/policy.h"

namespace ballast {
namespace {

Policy read(const std::string& text) {
  const auto compose = parse_compose("c.yml", "services: {web: {image: 'a:${A_TAG}'}}");
  return read_policy(compose, "b.yaml", text).policy;
}

// Of a line that stands second in the file.
std::string said(const std::string& line) {
  return error_text(Kind::usage, [&] { read("backup:\n  " + line + "\n"); });
}

std::string drill_of(const Policy& policy) {
  const auto time = policy.backup.schedule.drill_time();
  return time ? time->text() : "none";
}

TEST(PolicySchedule, TimesAreRead) {
  const Policy policy = read(
      "backup: {daily: \"03:00 Asia/Tokyo\", weekly-full: sunday 4:00 Asia/Tokyo, drill: "
      "weekly}\n");
  const BackupSchedule& schedule = policy.backup.schedule;
  EXPECT_EQ(schedule.daily->text(), "03:00 Asia/Tokyo");
  EXPECT_EQ(schedule.weekly_full->text(), "Sun 04:00 Asia/Tokyo");
  EXPECT_EQ(drill_of(policy), "Sun 06:00 Asia/Tokyo");
  EXPECT_EQ(drill_of(read("backup: {drill: WED 05:30}\n")), "Wed 05:30");
}

TEST(PolicySchedule, UnquotedTimesAreTextToo) {
  EXPECT_EQ(read("backup:\n  daily: 03:00\n").backup.schedule.daily->text(), "03:00");
}

TEST(PolicySchedule, NoneIsTheDefault) {
  for (const char* text : {"env: prod\n", "backup: {daily: off, weekly-full: off, drill: off}\n",
                           "backup: {daily: \"\", weekly-full: \"\", drill: \"\"}\n"}) {
    const Policy policy = read(text);
    EXPECT_FALSE(policy.backup.schedule.daily) << text;
    EXPECT_FALSE(policy.backup.schedule.weekly_full) << text;
    EXPECT_EQ(drill_of(policy), "none") << text;
  }
}

TEST(PolicySchedule, TimesOfDayThatAreNone) {
  const std::string hint = " | write it from 00:00 to 23:59, such as 03:00";
  for (const char* word :
       {"25:00", "3am", "03:60", "03:0", "0300", "03:00:00", "3", "003:00", "03:+1", "1-:00"})
    EXPECT_EQ(said(std::string("daily: \"") + word + "\""),
              std::string("b.yaml:2: `backup.daily`: \"") + word + "\" is no time of day" + hint);
  EXPECT_EQ(said("daily: \"24:00\""),
            "b.yaml:2: `backup.daily`: \"24:00\" is no time of day | midnight is 00:00, of the day "
            "that begins with it");
  EXPECT_EQ(said("weekly-full: Sun"),
            "b.yaml:2: `backup.weekly-full`: \"Sun\" is no time to begin at | write `Sun 04:00 "
            "Asia/Tokyo`");
  EXPECT_EQ(said("daily: \"03:00 Asia/Tokyo daily\""),
            "b.yaml:2: `backup.daily`: \"03:00 Asia/Tokyo daily\" is no time to begin at | write "
            "`03:00 Asia/Tokyo`");
  EXPECT_EQ(said("daily: [03:00]"),
            "b.yaml:2: `backup.daily`: a list stands where one value belongs | write one value: "
            "`daily: …`");
}

TEST(PolicySchedule, UnknownTimeZones) {
  EXPECT_EQ(
      said("daily: \"03:00 Asia/Tokio\""),
      "b.yaml:2: `backup.daily`: \"Asia/Tokio\" is no time zone | did you mean `Asia/Tokyo`?");
  EXPECT_EQ(said("daily: \"03:00 Tokyo\""),
            "b.yaml:2: `backup.daily`: \"Tokyo\" is no time zone | did you mean `Asia/Tokyo`?");
  EXPECT_EQ(said("weekly-full: \"Sun 04:00 JST\""),
            "b.yaml:2: `backup.weekly-full`: \"JST\" is no time zone | write it by its city, such "
            "as Asia/Tokyo; `timedatectl list-timezones` lists them");
  EXPECT_EQ(said("drill: \"Sat 05:00 +09:00\""),
            "b.yaml:2: `backup.drill`: \"+09:00\" is no time zone | write it by its city, such as "
            "Asia/Tokyo; `timedatectl list-timezones` lists them");
}

TEST(PolicySchedule, DaysOfTheWeek) {
  EXPECT_EQ(said("weekly-full: \"Sonday 04:00\""),
            "b.yaml:2: `backup.weekly-full`: \"Sonday\" is no day of the week | did you mean "
            "`Sun`?");
  EXPECT_EQ(said("drill: \"Foo 04:00\""),
            "b.yaml:2: `backup.drill`: \"Foo\" is no day of the week | write one of Mon, Tue, Wed, "
            "Thu, Fri, Sat, Sun");
  EXPECT_EQ(said("weekly-full: \"04:00 Asia/Tokyo\""),
            "b.yaml:2: `backup.weekly-full`: \"04:00 Asia/Tokyo\" does not say on which day of the "
            "week | write the day first: `Sun 04:00 Asia/Tokyo`");
  EXPECT_EQ(
      said("daily: \"Sun 04:00 Asia/Tokyo\""),
      "b.yaml:2: `backup.daily`: \"Sun 04:00 Asia/Tokyo\" names a day, but this is made every "
      "day | write `04:00 Asia/Tokyo`, or use `backup.weekly-full`");
}

TEST(PolicySchedule, IsPrintedAsItIsRead) {
  const Policy policy =
      read("backup: {daily: \"3:00 Asia/Tokyo\", weekly-full: Sunday 4:00, drill: weekly}\n");
  const Json json = policy_json(policy)["backup"];
  EXPECT_EQ(json["daily"], "03:00 Asia/Tokyo");
  EXPECT_EQ(json["weekly-full"], "Sun 04:00");
  EXPECT_EQ(json["drill"], "weekly");
  EXPECT_EQ(policy_json(read(print_policy(policy))), policy_json(policy));
  const std::string nothing = print_policy(read("env: prod\n"));
  EXPECT_NE(nothing.find("  # daily: 03:00 Asia/Tokyo\n"), std::string::npos) << nothing;
  EXPECT_EQ(policy_json(read(nothing))["backup"]["daily"], "");
}

}  // namespace
}  // namespace ballast
