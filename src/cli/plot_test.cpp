#include "cli/plot.h"

#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;

const Time noon = *parse_time("2026-11-25T12:00:00Z");

SeriesPast series(Duration step, std::initializer_list<std::pair<Duration, double>> points) {
  SeriesPast made{.name = {}, .step = step, .points = {}};
  for (const auto& [after, value] : points)
    made.points.push_back({.at = noon + after, .mean = 0, .most = value});
  return made;
}

PlotFrame frame(std::size_t width, bool blocks = true) {
  return {.since = noon,
          .until = noon + 10min,
          .lowest = 0,
          .highest = 8,
          .width = width,
          .blocks = blocks};
}

TEST(Plot, EachPartOfTheTimeIsALetter) {
  const auto rising = series(1min, {{0min, 0},
                                    {1min, 1},
                                    {2min, 2},
                                    {3min, 3},
                                    {4min, 4},
                                    {5min, 5},
                                    {6min, 6},
                                    {7min, 7},
                                    {8min, 8},
                                    {9min, 9}});
  EXPECT_EQ(plot_of(rising, frame(10)), "▁▂▃▄▅▆▇███");
  EXPECT_EQ(plot_of(rising, frame(10, false)), ".:-=+*#@@@");
  EXPECT_EQ(plot_of(rising, frame(0)), "");
}

TEST(Plot, OfManyInOnePartTheHighestIsDrawn) {
  const auto peak = series(5s, {{0s, 1}, {5s, 7}, {10s, 2}, {9min, 0}});
  EXPECT_EQ(plot_of(peak, frame(1)), "█");
  EXPECT_EQ(plot_of(peak, frame(10, false)), "@        .");
}

TEST(Plot, HolesAreBlank) {
  const auto holes = series(1min, {{2min, 0}, {7min, 0}});
  EXPECT_EQ(plot_of(holes, frame(10)), "  ▁    ▁  ");
  EXPECT_EQ(plot_of(series(1min, {}), frame(3)), "   ");
}

TEST(Plot, AStepIsAsWideAsItIsLong) {
  const auto wide = series(1min, {{2min, 8}, {9min, 0}});
  EXPECT_EQ(plot_of(wide, frame(20, false)), "    @@            ..");
  EXPECT_EQ(plot_of(series(5min, {{8min, 0}}), frame(10, false)), "        ..");
}

TEST(Plot, WhatStaysTheSameIsDrawnLow) {
  PlotFrame flat = frame(2);
  flat.lowest = 63;
  flat.highest = 63;
  EXPECT_EQ(plot_of(series(10min, {{0min, 63}}), flat), "▁▁");
}

TEST(Plot, AsciiWhereTheLocaleHasNoBlocks) {
  testing::FakeMachine machine;
  EXPECT_TRUE(draws_blocks(machine));
  machine.variables = {{"LANG", "en_US.UTF-8"}};
  EXPECT_TRUE(draws_blocks(machine));
  machine.variables = {{"LANG", "C.utf8"}};
  EXPECT_TRUE(draws_blocks(machine));
  machine.variables = {{"LC_ALL", ""}, {"LC_CTYPE", "ja_JP.eucJP"}, {"LANG", "C.UTF-8"}};
  EXPECT_FALSE(draws_blocks(machine));
  machine.variables = {{"LC_ALL", "POSIX"}, {"LANG", "C.UTF-8"}};
  EXPECT_FALSE(draws_blocks(machine));
}

}  // namespace
}  // namespace ballast
