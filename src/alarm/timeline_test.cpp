#include "alarm/timeline.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;

Clocks clocks(Duration wall, Duration monotonic, const std::string& boot = "one") {
  return {.wall = Time(wall), .monotonic = Monotonic(monotonic), .boot = boot};
}

TEST(TimelineTest, BeginsWithTheFirstLook) {
  Timeline timeline;
  EXPECT_EQ(timeline.advance(clocks(1000h, 5h)), 0s);
  EXPECT_EQ(timeline.advance(clocks(1000h, 5h + 3s)), 3s);
}

TEST(TimelineTest, TheWallClockDoesNotCountWithinABoot) {
  Timeline timeline;
  timeline.advance(clocks(1000h, 5s));
  EXPECT_EQ(timeline.advance(clocks(1h, 6s)), 1s);
  EXPECT_EQ(timeline.advance(clocks(9000h, 7s)), 2s);
}

TEST(TimelineTest, GoesOnAfterARestart) {
  Timeline timeline;
  timeline.advance(clocks(1000h, 5s));
  timeline = Timeline::parse(*parse_json(json_text(timeline.json())));
  EXPECT_EQ(timeline.advance(clocks(1h, 65s)), 60s);
}

TEST(TimelineTest, AReadingThatIsOlderIsNoStepBack) {
  Timeline timeline;
  timeline.advance(clocks(0h, 5s));
  EXPECT_EQ(timeline.advance(clocks(0h, 4s)), 0s);
}

TEST(TimelineTest, OverARebootTheWallClockCountsWithinReason) {
  Timeline timeline;
  timeline.advance(clocks(1000h, 5h));
  EXPECT_EQ(timeline.advance(clocks(1000h + 2min, 1s, "two")), 2min);
  EXPECT_EQ(timeline.advance(clocks(900h, 1s, "three")), 2min);
  EXPECT_EQ(timeline.advance(clocks(90000h, 1s, "four")), 2min + 24h);
}

TEST(TimelineTest, WhatIsDamagedBeginsAnew) {
  for (const char* text : {"{}", "[]", R"({"now": -5})", R"({"now": "x", "boot": 7})"})
    EXPECT_EQ(Timeline::parse(*parse_json(text)).now(), 0s) << text;
}

}  // namespace
}  // namespace ballast
