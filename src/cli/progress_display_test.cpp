#include "cli/progress_display.h"

#include <gtest/gtest.h>

#include <optional>

#include "cli/test_support.h"

namespace ballast {

namespace {

using namespace std::chrono_literals;

const Step pull{.name = "pull", .title = "pull shop:a2", .undo = ""};
const Step tag{.name = "tag", .title = "write the tag", .undo = "put the tag a1 back"};

class Display : public ::testing::Test {
 protected:
  ProgressDisplay& start(ProgressStyle style) {
    terminal.is_terminal = style.live;
    return display.emplace(terminal, clock, style);
  }
  std::string take() { return std::exchange(terminal.errors, {}); }

  testing::FakeTerminal terminal;
  testing::FakeClock clock;
  std::optional<ProgressDisplay> display;
};

TEST_F(Display, PlainLinesAppearAsStepsEnd) {
  auto& progress = start({});
  progress.plan({.kind = "deploy", .stack = "shop", .steps = {pull, tag}}, "20261125T022707Z-3f9a");
  progress.step_begins(pull);
  progress.note("layer 1");
  progress.bytes("pulled", 10, 20);
  progress.detail("the image that is here is used");
  progress.step_ends(pull, StepEnd::done, "shop:a2", 4200ms);
  progress.step_begins(tag);
  progress.step_ends(tag, StepEnd::failed, "disk full", 850ms);
  progress.undo_begins(tag);
  progress.step_ends(tag, StepEnd::undone, "", 20ms);
  progress.undo_begins(pull);
  progress.step_ends(pull, StepEnd::undo_failed, "gone", 20ms);
  progress.step_ends(pull, StepEnd::skipped, "", 0ms);
  progress.detail("after all");
  EXPECT_EQ(take(),
            "deploy shop, 2 steps (operation 20261125T022707Z-3f9a)\n"
            "[ok] pull shop:a2: shop:a2 (4.2 s)\n"
            "    the image that is here is used\n"
            "[failed] write the tag: disk full (850 ms)\n"
            "[undone] put the tag a1 back (20 ms)\n"
            "[undo failed] undo: pull shop:a2: gone (20 ms)\n"
            "[skipped] pull shop:a2 (0 ms)\n"
            "    after all\n");
}

TEST_F(Display, AStepThatHadNothingToDoHasALineOnlyForWhatItTold) {
  for (const bool live : {false, true}) {
    auto& progress = start({.live = live});
    progress.step_begins(pull);
    progress.step_ends(pull, StepEnd::skipped, "it is here", 3ms);
    EXPECT_EQ(take(), live ? "\r\x1b[K⠋ pull shop:a2\r\x1b[K" : "");
    clock.sleep(1s);
    progress.step_begins(pull);
    progress.detail("the tag has moved");
    progress.step_ends(pull, StepEnd::skipped, "it is here", 3ms);
    EXPECT_EQ(take(), live ? "\r\x1b[K⠙ pull shop:a2\r\x1b[K- pull shop:a2  it is here  3 ms\n"
                             "    the tag has moved\n"
                           : "[skipped] pull shop:a2: it is here (3 ms)\n"
                             "    the tag has moved\n");
  }
}

TEST_F(Display, PlainTextHoldsNoControlCharacters) {
  auto& progress = start({});
  progress.step_begins({.name = "x", .title = "a\x1b[2Jb", .undo = ""});
  progress.detail("c\rd");
  progress.step_ends({.name = "x", .title = "a\x1b[2Jb", .undo = ""}, StepEnd::done, "e\x07", 1ms);
  for (const char byte : take()) EXPECT_TRUE(byte == '\n' || byte >= ' ') << int(byte);
}

TEST_F(Display, AWaitBeforeTheFirstStepIsToldOnce) {
  auto& progress = start({});
  progress.note("waiting for the deploy by ken");
  progress.note("waiting for the deploy by ken");
  EXPECT_EQ(take(), "waiting for the deploy by ken\n");
}

TEST_F(Display, QuietPrintsNothing) {
  auto& progress = start({.live = true, .quiet = true});
  progress.plan({.kind = "deploy", .stack = "shop", .steps = {pull}}, "id");
  progress.step_begins(pull);
  progress.note("layer");
  progress.detail("x");
  progress.step_ends(pull, StepEnd::failed, "y", 1ms);
  EXPECT_EQ(take(), "");
}

TEST_F(Display, TheRunningLineMovesAtMostTenTimesASecond) {
  auto& progress = start({.live = true});
  progress.step_begins(pull);
  EXPECT_EQ(take(), "\r\x1b[K⠋ pull shop:a2");
  clock.sleep(99ms);
  progress.note("layer 1");
  EXPECT_EQ(take(), "");
  clock.sleep(1ms);
  progress.note("layer 2");
  EXPECT_EQ(take(), "\r\x1b[K⠙ pull shop:a2  layer 2");
}

TEST_F(Display, TheTimeIsShownFromTwoSecondsOn) {
  auto& progress = start({.live = true});
  progress.step_begins(pull);
  take();
  clock.sleep(1999ms);
  progress.note("x");
  EXPECT_EQ(take(), "\r\x1b[K⠙ pull shop:a2  x");
  clock.sleep(1100ms);
  progress.note("x");
  EXPECT_EQ(take(), "\r\x1b[K⠹ pull shop:a2  x  " + human_duration(3000ms));
}

TEST_F(Display, BytesComeWithTheirRateAndTheTimeLeft) {
  auto& progress = start({.live = true});
  progress.step_begins(pull);
  progress.bytes("pulled", 1'000'000, 9'000'000);
  take();
  clock.sleep(2000ms);
  progress.bytes("pulled", 5'000'000, 9'000'000);
  EXPECT_EQ(take(), "\r\x1b[K⠙ pull shop:a2  pulled 5.0 MB of 9.0 MB, 2.0 MB/s, 2 s left  " +
                        human_duration(2000ms));
  clock.sleep(2000ms);
  progress.bytes("pulled", 9'000'000, 9'000'000);
  EXPECT_EQ(take(),
            "\r\x1b[K⠹ pull shop:a2  pulled 9.0 MB of 9.0 MB, 2.0 MB/s  " + human_duration(4000ms));
}

TEST_F(Display, OfBytesWithoutATotalNoTimeIsLeft) {
  auto& progress = start({.live = true});
  progress.step_begins(pull);
  progress.bytes("dumped", 0, 0);
  take();
  clock.sleep(1000ms);
  progress.bytes("dumped", 3'000'000, 0);
  EXPECT_EQ(take(), "\r\x1b[K⠙ pull shop:a2  dumped 3.0 MB, 3.0 MB/s");
}

TEST_F(Display, AStepThatEndsReplacesItsLine) {
  auto& progress = start({.live = true});
  progress.step_begins(pull);
  progress.detail("a line that stays");
  take();
  progress.step_ends(pull, StepEnd::done, "shop:a2", 4200ms);
  EXPECT_EQ(take(),
            "\r\x1b[K✓ pull shop:a2  shop:a2  4.2 s\n"
            "    a line that stays\n");
  progress.undo_begins(tag);
  take();
  progress.step_ends(tag, StepEnd::undone, "", 300ms);
  EXPECT_EQ(take(), "\r\x1b[K↺ put the tag a1 back  300 ms\n");
}

TEST_F(Display, ALongLineIsCutToTheTerminal) {
  terminal.width = 20;
  auto& progress = start({.live = true});
  progress.step_begins({.name = "x", .title = "a title that is much too long", .undo = ""});
  EXPECT_EQ(take(), "\r\x1b[K⠋ a title that is …");
}

TEST_F(Display, AnEndInMidStepLeavesNoHalfLineAndLosesNoDetail) {
  auto& progress = start({.live = true});
  progress.step_begins(pull);
  progress.detail("kept");
  take();
  display.reset();
  EXPECT_EQ(take(), "\r\x1b[K    kept\n");
}

TEST_F(Display, TheTickerEndsWithTheDisplay) {
  auto& progress = start({.live = true, .ticks = true});
  progress.step_begins(pull);
  display.reset();
  EXPECT_TRUE(take().ends_with("\r\x1b[K"));
}

}  // namespace

}  // namespace ballast
