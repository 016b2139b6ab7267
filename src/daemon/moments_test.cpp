#include "daemon/moments.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace ballast {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration pace = seconds(5);

TEST(MomentsTest, EachLookIsOnePaceAfterTheOneBefore) {
  Monotonic moment = next_moment("shop", pace, Monotonic(seconds(1000)));
  EXPECT_GT(moment, Monotonic(seconds(1000)));
  EXPECT_LE(moment, Monotonic(seconds(1005)));
  for (int count = 0; count < 3; ++count) {
    const Monotonic next = next_moment("shop", pace, moment);
    EXPECT_EQ(next, moment + pace);
    moment = next;
  }
}

TEST(MomentsTest, WhatWasLookedAtInBetweenOrLateChangesNoMoment) {
  const Monotonic moment = next_moment("shop", pace, Monotonic(seconds(1000)));
  EXPECT_EQ(next_moment("shop", pace, moment - milliseconds(1)), moment);
  EXPECT_EQ(next_moment("shop", pace, moment + milliseconds(1)), moment + pace);
  EXPECT_EQ(next_moment("shop", pace, moment + pace - milliseconds(1)), moment + pace);
}

TEST(MomentsTest, SoonAfterTheMachineWasStartedToo) {
  for (const char* stack : {"a", "b", "c", "d"}) {
    const Monotonic moment = next_moment(stack, hours(1), Monotonic(seconds(1)));
    EXPECT_GT(moment, Monotonic(seconds(1)));
    EXPECT_LE(moment, Monotonic(seconds(1) + hours(1)));
  }
}

TEST(MomentsTest, StacksHaveMomentsOfTheirOwn) {
  std::set<Monotonic> moments;
  for (int number = 0; number < 50; ++number)
    moments.insert(next_moment(fmt::format("shop{}", number), pace, Monotonic(seconds(1000))));
  EXPECT_GT(moments.size(), 20U);
}

TEST(MomentsTest, WhatIsAskedSeldomIsAskedAtAMomentOfTheOthers) {
  const Monotonic often = next_moment("shop", pace, Monotonic(seconds(1000)));
  const Monotonic seldom = next_moment("shop", seconds(60), Monotonic(seconds(1000)));
  EXPECT_EQ((seldom - often) % pace, Duration(0));
}

}  // namespace
}  // namespace ballast
