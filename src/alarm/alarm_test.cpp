#include "alarm/alarm.h"

#include <gtest/gtest.h>

namespace ballast {

namespace {

using namespace std::chrono_literals;

std::string text_of(const std::optional<Page>& page) {
  if (!page) return "";
  return std::string(news_text(page->news)) + (page->unknown ? " unknown" : "");
}

class AlarmTest : public testing::Test {
 protected:
  std::string see(Verdict verdict, Duration at, Mute mute = Mute::none) {
    return text_of(alarm.observe(rule, verdict, mute, at));
  }
  std::string fail(Duration at, Mute mute = Mute::none) { return see(Verdict::fail, at, mute); }
  std::string pass(Duration at, Mute mute = Mute::none) { return see(Verdict::pass, at, mute); }
  std::string unknown(Duration at, Mute mute = Mute::none) {
    return see(Verdict::unknown, at, mute);
  }
  std::string wait(Duration at, Mute mute = Mute::none) {
    return text_of(alarm.wait(rule, mute, at));
  }
  void restart() { alarm = Alarm::parse(*parse_json(json_text(alarm.json()))); }

  AlarmRule rule{.failing_for = 3min, .unknown_for = 5min, .remind_every = 4h, .flap_hold = 15min};
  Alarm alarm;
};

TEST_F(AlarmTest, FiresWhenItHasFailedForItsTimeAndIsResolved) {
  EXPECT_EQ(fail(0s), "");
  EXPECT_EQ(alarm.state(), AlarmState::pending);
  EXPECT_EQ(fail(179s), "");
  EXPECT_EQ(fail(180s), "firing");
  EXPECT_EQ(alarm.state(), AlarmState::firing);
  EXPECT_EQ(fail(181s), "");
  EXPECT_EQ(pass(200s), "resolved");
  EXPECT_EQ(alarm.state(), AlarmState::ok);
  EXPECT_EQ(pass(201s), "");
}

TEST_F(AlarmTest, FiresAtOnceWithoutATime) {
  rule.failing_for = 0s;
  EXPECT_EQ(fail(5s), "firing");
}

TEST_F(AlarmTest, OnePassBeginsAnew) {
  EXPECT_EQ(fail(0s), "");
  EXPECT_EQ(pass(170s), "");
  EXPECT_EQ(fail(180s), "");
  EXPECT_EQ(fail(359s), "");
  EXPECT_EQ(fail(360s), "firing");
}

TEST_F(AlarmTest, WhatCannotBeAskedIsNoPass) {
  EXPECT_EQ(fail(0s), "");
  EXPECT_EQ(unknown(100s), "");
  EXPECT_EQ(fail(180s), "firing");
  EXPECT_EQ(unknown(200s), "");
  EXPECT_EQ(unknown(2000s), "");
  EXPECT_EQ(alarm.state(), AlarmState::firing);
  EXPECT_EQ(pass(2001s), "resolved");
}

TEST_F(AlarmTest, NotKnowingPagesAfterItsOwnTime) {
  EXPECT_EQ(unknown(0s), "");
  EXPECT_EQ(unknown(299s), "");
  EXPECT_EQ(unknown(300s), "firing unknown");
  EXPECT_EQ(alarm.state(), AlarmState::unknown);
  EXPECT_EQ(unknown(400s), "");
  EXPECT_EQ(pass(500s), "resolved unknown");
}

TEST_F(AlarmTest, AFailureIsAnAnswer) {
  rule.failing_for = 1h;
  EXPECT_EQ(unknown(0s), "");
  EXPECT_EQ(fail(299s), "");
  EXPECT_EQ(unknown(300s), "");
  EXPECT_EQ(unknown(599s), "");
  EXPECT_EQ(unknown(600s), "firing unknown");
}

TEST_F(AlarmTest, ThatItFailsIsMoreThanThatNobodyKnows) {
  EXPECT_EQ(unknown(0s), "");
  EXPECT_EQ(unknown(300s), "firing unknown");
  EXPECT_EQ(fail(301s), "");
  EXPECT_EQ(fail(481s), "firing");
  EXPECT_EQ(pass(500s), "resolved");
}

TEST_F(AlarmTest, RemindsWhileItFires) {
  rule.failing_for = 0s;
  EXPECT_EQ(fail(0s), "firing");
  EXPECT_EQ(wait(4h - 1ms), "");
  EXPECT_EQ(wait(4h), "reminder");
  EXPECT_EQ(wait(4h), "");
  EXPECT_EQ(fail(8h), "reminder");
  rule.remind_every = 0s;
  EXPECT_EQ(fail(100h), "");
}

TEST_F(AlarmTest, HoweverItFlapsOnePageAPeriod) {
  rule.failing_for = 0s;
  EXPECT_EQ(fail(0s), "firing");
  EXPECT_EQ(pass(1min), "resolved");
  for (Duration at = 2min; at < 15min; at += 1min) {
    EXPECT_EQ(fail(at), "");
    EXPECT_EQ(pass(at + 30s), "");
  }
  EXPECT_EQ(fail(15min - 1s), "");
  EXPECT_EQ(wait(15min), "firing");
  EXPECT_EQ(pass(16min), "resolved");
}

TEST_F(AlarmTest, ASilenceHoldsThePageBackAndNoLonger) {
  rule.failing_for = 0s;
  EXPECT_EQ(fail(0s, Mute::silenced), "");
  EXPECT_EQ(wait(59min, Mute::silenced), "");
  EXPECT_EQ(wait(60min), "firing");
}

TEST_F(AlarmTest, WhatIsOverInASilenceIsNotToldUnlessItsBeginningWas) {
  rule.failing_for = 0s;
  EXPECT_EQ(fail(0s, Mute::silenced), "");
  EXPECT_EQ(pass(1s, Mute::silenced), "");
  EXPECT_EQ(fail(2s), "firing");
  EXPECT_EQ(pass(3s, Mute::silenced), "resolved");
}

TEST_F(AlarmTest, NoRemindersInASilence) {
  rule.failing_for = 0s;
  EXPECT_EQ(fail(0s), "firing");
  EXPECT_EQ(wait(5h, Mute::silenced), "");
  EXPECT_EQ(wait(6h), "reminder");
}

TEST_F(AlarmTest, WhatAnOperationCausesIsNotHeldAgainstIt) {
  EXPECT_EQ(fail(0s), "");
  EXPECT_EQ(fail(170s, Mute::suppressed), "");
  EXPECT_EQ(fail(400s, Mute::suppressed), "");
  EXPECT_EQ(fail(401s), "");
  EXPECT_EQ(fail(580s), "");
  EXPECT_EQ(fail(581s), "firing");
}

TEST_F(AlarmTest, AfterAnOperationItMustBeSeenToFailAgain) {
  rule.failing_for = 0s;
  EXPECT_EQ(fail(0s, Mute::suppressed), "");
  EXPECT_EQ(wait(10s), "");
  EXPECT_EQ(fail(11s), "firing");
}

TEST_F(AlarmTest, AnOperationDoesNotTakeBackWhatWasTold) {
  rule.failing_for = 0s;
  EXPECT_EQ(fail(0s), "firing");
  EXPECT_EQ(fail(1s, Mute::suppressed), "");
  EXPECT_EQ(fail(5h, Mute::suppressed), "");
  EXPECT_EQ(fail(5h + 1s), "reminder");
  EXPECT_EQ(pass(6h, Mute::suppressed), "resolved");
}

TEST_F(AlarmTest, ARestartForgetsNothing) {
  EXPECT_EQ(fail(0s), "");
  restart();
  EXPECT_EQ(fail(180s), "firing");
  restart();
  EXPECT_EQ(fail(181s), "");
  restart();
  EXPECT_EQ(pass(182s), "resolved");
  restart();
  EXPECT_EQ(fail(183s), "");
  EXPECT_EQ(fail(363s), "");
  restart();
  EXPECT_EQ(wait(180s + 15min), "firing");
}

TEST_F(AlarmTest, WhatIsDamagedBeginsAnew) {
  for (const char* text :
       {"{}", "[]", "7", R"({"state": "firing"})", R"({"state": "ok", "told": "failing"})",
        R"({"state": "firing", "told": "failing", "bad_since": 1})",
        R"({"state": "nonsense", "bad_since": 5})"}) {
    Alarm read = Alarm::parse(*parse_json(text));
    EXPECT_EQ(read.state(), AlarmState::ok) << text;
    EXPECT_EQ(text_of(read.observe(rule, Verdict::pass, Mute::none, 0s)), "") << text;
  }
}

TEST_F(AlarmTest, TellsWhenItWouldWake) {
  EXPECT_EQ(alarm.wakes(rule), std::nullopt);
  fail(10s);
  EXPECT_EQ(alarm.wakes(rule), 190s);
  fail(190s);
  EXPECT_EQ(alarm.wakes(rule), 190s + 4h);
  pass(200s);
  EXPECT_EQ(alarm.wakes(rule), std::nullopt);
  rule.failing_for = 0s;
  fail(201s);
  EXPECT_EQ(alarm.wakes(rule), 190s + 15min);
}

}  // namespace
}  // namespace ballast
