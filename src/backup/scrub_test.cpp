#include "backup/scrub.h"

#include <gtest/gtest.h>

namespace ballast {

namespace {

using std::chrono::hours;

constexpr Duration four_weeks = hours(28 * 24);

TEST(ScrubTest, EveryFolderComesWithinThePeriod) {
  unsigned next = 0;
  unsigned read = 0;
  for (int day = 0; day < 28; ++day) {
    const ScrubPart part = next_scrub(next, hours(24), four_weeks);
    EXPECT_EQ(part.first, next);
    read += part.count;
    next = (next + part.count) % attachment_folders;
  }
  EXPECT_GE(read, attachment_folders);
  EXPECT_LT(read, attachment_folders + 28);
}

TEST(ScrubTest, ALongPauseIsMadeUpForAndAShortOneCostsLittle) {
  EXPECT_EQ(next_scrub(7, hours(24 * 365), four_weeks), (ScrubPart{7, 256}));
  EXPECT_EQ(next_scrub(7, four_weeks / 2, four_weeks), (ScrubPart{7, 128}));
  EXPECT_EQ(next_scrub(7, Duration{1}, four_weeks), (ScrubPart{7, 1}));
}

TEST(ScrubTest, TheFirstTimeIsADaysPart) {
  EXPECT_EQ(next_scrub(0, std::nullopt, four_weeks), (ScrubPart{0, 10}));
  EXPECT_EQ(next_scrub(0, std::nullopt, hours(1)), (ScrubPart{0, 256}));
}

TEST(ScrubTest, AClockThatWasSetBackReadsOneFolder) {
  EXPECT_EQ(next_scrub(255, Duration{-5}, four_weeks), (ScrubPart{255, 1}));
}

TEST(ScrubTest, WithoutAPeriodNothingIsRead) {
  EXPECT_EQ(next_scrub(9, hours(24), Duration{}), (ScrubPart{9, 0}));
}

}  // namespace

}  // namespace ballast
