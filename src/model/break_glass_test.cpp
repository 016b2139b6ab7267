#include "model/break_glass.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;

const Time noon = *parse_time("2026-11-25T03:00:00Z");

BreakGlass session() {
  return {.id = "20261125T030000Z-3f9a",
          .stack = "shop",
          .project = "shop",
          .reason = "cannot log in",
          .ticket = "https://tickets.example.com/4711",
          .opened_by = {.name = "ken", .user = 1000, .from_kernel = true},
          .opened = noon,
          .length = hours(1),
          .keep = hours(24),
          .needs_approval = false,
          .approved_by = {},
          .approved = {},
          .closed = {},
          .closed_by = {},
          .changed = {},
          .follow_ups = {}};
}

TEST(BreakGlass, ItIsOpenUntilItsTimeIsUp) {
  const BreakGlass one = session();
  EXPECT_EQ(one.state(noon), "open");
  EXPECT_EQ(one.state(noon + hours(1) - Duration(1)), "open");
  EXPECT_EQ(one.state(noon + hours(1)), "expired");
  EXPECT_TRUE(one.is_over(noon + hours(1)));
}

TEST(BreakGlass, TheClockStartsWithTheApproval) {
  BreakGlass one = session();
  one.needs_approval = true;
  EXPECT_EQ(one.state(noon + minutes(59)), "awaiting-approval");
  EXPECT_EQ(one.state(noon + minutes(60)), "expired");
  one.approved = noon + minutes(30);
  EXPECT_EQ(one.state(noon + minutes(89)), "open");
  EXPECT_EQ(one.state(noon + minutes(90)), "expired");
}

TEST(BreakGlass, ItIsDoneWhenNothingIsLeftToDo) {
  BreakGlass one = session();
  EXPECT_FALSE(one.is_done());
  one.closed = noon;
  EXPECT_TRUE(one.is_done());
  one.follow_ups = {{.name = "notes", .link = {}, .by = {}, .done = {}}};
  EXPECT_FALSE(one.is_done());
  one.follow_ups[0].done = noon;
  EXPECT_TRUE(one.is_done());
  EXPECT_EQ(one.state(noon), "closed");
}

TEST(BreakGlass, WhatIsKeptReadsBack) {
  BreakGlass one = session();
  one.needs_approval = true;
  one.approved_by = Person{.name = "eva", .user = 1001, .from_kernel = true};
  one.approved = noon + minutes(1);
  one.closed = noon + minutes(20);
  one.closed_by = "ken";
  one.changed = true;
  one.follow_ups = {{.name = "review", .link = "https://x", .by = "eva", .done = noon}};
  const std::string text = pretty_json(break_glass_json(one));
  const auto back = parse_break_glass(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(pretty_json(break_glass_json(*back)), text);
  EXPECT_EQ(back->approved_by->user, 1001U);
  EXPECT_EQ(back->until(), noon + minutes(61));
}

TEST(BreakGlass, ARecordingReadsBack) {
  const Recording one{.number = 7,
                      .place = "web",
                      .container = "0123",
                      .argv = {"sh", "-c", "a b"},
                      .by = {.name = "ken", .user = 1000, .from_kernel = true},
                      .began = noon,
                      .ended = noon,
                      .status = 143,
                      .ending = "time-up",
                      .sha256 = "ab",
                      .process = 12,
                      .boot = "boot"};
  const std::string text = pretty_json(recording_json(one));
  const auto back = parse_recording(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(pretty_json(recording_json(*back)), text);
  EXPECT_THAT(back->argv, ElementsAre("sh", "-c", "a b"));
  EXPECT_EQ(back->status, 143);
  EXPECT_EQ(recording_file(back->number, "cast"), "007.cast");
}

TEST(BreakGlass, WhatIsNoneIsNotRead) {
  for (const char* text : {"", "{}", "[]", "not json", R"({"schema": "ballast.session/2"})",
                           R"({"schema": "ballast.session/1"})"}) {
    EXPECT_FALSE(parse_break_glass(text)) << text;
    EXPECT_FALSE(parse_recording(text)) << text;
  }
}

}  // namespace
}  // namespace ballast
