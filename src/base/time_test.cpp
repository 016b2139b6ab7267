#include "base/time.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace ballast {
namespace {

using namespace std::chrono_literals;

constexpr Time noon{1795573627s};  // 2026-11-25T02:27:07Z

class TimeTexts : public testing::Test {
 protected:
  ~TimeTexts() override { use_zone("UTC"); }
  static void use_zone(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }
  static long long seconds_of(std::string_view text) {
    const auto time = parse_time(text);
    return time ? std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count() : -1;
  }
};

TEST_F(TimeTexts, LocalTimesCarryTheOffsetOfTheirZone) {
  use_zone("JST-9");
  EXPECT_EQ(iso_local(noon), "2026-11-25T11:27:07+09:00");
  use_zone("UTC");
  EXPECT_EQ(iso_local(noon), "2026-11-25T02:27:07+00:00");
  use_zone("NST3:30");
  EXPECT_EQ(iso_local(noon), "2026-11-24T22:57:07-03:30");
}

TEST_F(TimeTexts, SummerTime) {
  use_zone("CET-1CEST,M3.5.0,M10.5.0/3");
  EXPECT_EQ(iso_local(noon), "2026-11-25T03:27:07+01:00");
  EXPECT_EQ(iso_local(Time(1782864000s)), "2026-07-01T02:00:00+02:00");
  EXPECT_EQ(seconds_of("2026-07-01 02:00"), 1782864000);
  EXPECT_EQ(seconds_of("2026-11-25 03:27:07"), 1795573627);
}

TEST_F(TimeTexts, UtcDoesNotDependOnTheZone) {
  use_zone("JST-9");
  EXPECT_EQ(iso_utc(noon), "2026-11-25T02:27:07Z");
  EXPECT_EQ(compact_utc(noon), "20261125T022707Z");
}

TEST_F(TimeTexts, FractionsAreCutDownwards) {
  EXPECT_EQ(iso_utc(noon + 999ms), "2026-11-25T02:27:07Z");
  EXPECT_EQ(iso_utc(Time(-1ms)), "1969-12-31T23:59:59Z");
}

TEST_F(TimeTexts, ReadsWhatItWrites) {
  for (const char* zone : {"UTC", "JST-9", "NST3:30", "CET-1CEST,M3.5.0,M10.5.0/3"}) {
    use_zone(zone);
    for (const Time time : {noon, Time(1782864000s), Time(951782400s), Time(4102444800s)}) {
      EXPECT_EQ(parse_time(iso_local(time)), time) << zone;
      EXPECT_EQ(parse_time(iso_utc(time)), time) << zone;
      EXPECT_EQ(parse_time(compact_utc(time)), time) << zone;
    }
  }
}

TEST_F(TimeTexts, ReadsWhatAPersonTypes) {
  use_zone("JST-9");
  EXPECT_EQ(seconds_of("2026-11-25"), 1795532400);
  EXPECT_EQ(seconds_of("2026-11-25 11:27"), 1795573620);
  EXPECT_EQ(seconds_of("2026-11-25 11:27:07"), 1795573627);
  EXPECT_EQ(seconds_of("2026-11-25T11:27:07"), 1795573627);
}

TEST_F(TimeTexts, ReadsOffsetsAndFractionsOfOtherPrograms) {
  use_zone("JST-9");
  EXPECT_EQ(parse_time("2026-11-25T02:27:07.123456789Z"), noon + 123ms);
  EXPECT_EQ(parse_time("2026-11-25 05:27:07.5+03"), noon + 500ms);
  EXPECT_EQ(parse_time("2026-11-25T11:27:07+0900"), noon);
  EXPECT_EQ(parse_time("2026-11-24T22:57:07-03:30"), noon);
  EXPECT_EQ(parse_time("0001-01-01T00:00:00Z"), Time(-62135596800s));
}

TEST_F(TimeTexts, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "now",
                           "2026",
                           "2026-13-01",
                           "2026-02-29",
                           "2026-11-25T",
                           "2026-11-25 24:00",
                           "2026-11-25 11:60",
                           "2026-11-25 11:27:61",
                           "2026-11-25x11:27",
                           "2026-11-25T11:27:07+",
                           "2026-11-25T11:27:07+9:00",
                           "2026-11-25T11:27:07+24:00",
                           "2026-11-25T11:27:07+09:60",
                           "2026-11-25T11:27:07.Z",
                           "2026-11-25T11:27:07Zjunk",
                           "20261125T022707",
                           "20261325T022707Z",
                           "2026/11/25",
                           " 2026-11-25",
                           "-026-11-25",
                           "2026-11-25T11:27:07+0900x"})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(Durations, ReadsEveryForm) {
  EXPECT_EQ(parse_duration("0"), Duration(0s));
  EXPECT_EQ(parse_duration("90"), Duration(90s));
  EXPECT_EQ(parse_duration("90s"), Duration(90s));
  EXPECT_EQ(parse_duration("2m"), Duration(2min));
  EXPECT_EQ(parse_duration("1h30m"), Duration(90min));
  EXPECT_EQ(parse_duration("7d"), Duration(168h));
  EXPECT_EQ(parse_duration("1w"), Duration(168h));
  EXPECT_EQ(parse_duration("3653d"), Duration(24h * 3653));
}

TEST(Durations, RefusesTheRest) {
  for (const char* text :
       {"", "s", "-1", "-1s", "+1", "1x", "1h30", "1.5h", " 1s", "1s ", "500ms", "1 s", "3654d",
        "522w", "99999999999999999999", "999999999999999999w", "3653d1s", "1H"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Durations, AsPeopleSayThem) {
  EXPECT_EQ(human_duration(0ms), "0 ms");
  EXPECT_EQ(human_duration(850ms), "850 ms");
  EXPECT_EQ(human_duration(1000ms), "1 s");
  EXPECT_EQ(human_duration(4200ms), "4.2 s");
  EXPECT_EQ(human_duration(59'949ms), "59.9 s");
  EXPECT_EQ(human_duration(59'950ms), "1 min");
  EXPECT_EQ(human_duration(60s), "1 min");
  EXPECT_EQ(human_duration(200s), "3 min 20 s");
  EXPECT_EQ(human_duration(3599s), "59 min 59 s");
  EXPECT_EQ(human_duration(2h + 5min + 59s), "2 h 5 min");
  EXPECT_EQ(human_duration(47h), "47 h");
  EXPECT_EQ(human_duration(48h), "2 days");
  EXPECT_EQ(human_duration(24h * 6 + 23h), "6 days");
  EXPECT_EQ(human_duration(-4200ms), "-4.2 s");
}

TEST(Durations, AgesAtAGlance) {
  EXPECT_EQ(human_age(0ms), "just now");
  EXPECT_EQ(human_age(-9999ms), "just now");
  EXPECT_EQ(human_age(10s), "10 s ago");
  EXPECT_EQ(human_age(4min + 59s), "4 min ago");
  EXPECT_EQ(human_age(3h + 12min), "3 h ago");
  EXPECT_EQ(human_age(24h * 6), "6 days ago");
  EXPECT_EQ(human_age(-3h - 12min), "in 3 h");
  EXPECT_EQ(human_age(-30s), "in 30 s");
}

}  // namespace
}  // namespace ballast
