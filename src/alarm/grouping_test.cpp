#include "alarm/grouping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Alert alert(const std::string& subject, News news = News::firing,
            const std::string& rule = "container-down", const std::string& stack = "shop") {
  Alert made;
  made.rule = rule;
  made.stack = stack;
  made.subject = subject;
  made.news = news;
  made.severity = Severity::page;
  return made;
}

// "shop/container-down/a: firing a, firing b" a message; "." behind it when it closes its group.
std::vector<std::string> texts(const std::vector<Message>& messages) {
  std::vector<std::string> texts;
  for (const Message& message : messages) {
    std::string text = message.group + ":";
    for (const Alert& one : message.alerts)
      text += " " + std::string(news_text(one.news)) + " " + one.subject;
    texts.push_back(text + (message.closes ? "." : ""));
  }
  return texts;
}

class GroupingTest : public testing::Test {
 protected:
  std::vector<std::string> add(const std::vector<Alert>& alerts, Duration at) {
    return texts(grouping.add(alerts, at));
  }
  std::vector<std::string> due(Duration at) { return texts(grouping.due(at)); }
  void restart() { grouping = Grouping::parse(*parse_json(json_text(grouping.json()))); }
  Grouping grouping;
};

TEST_F(GroupingTest, TenOfOneCauseAreOneMessage) {
  std::vector<Alert> ten;
  for (char letter = 'a'; letter < 'k'; ++letter) ten.push_back(alert(std::string(1, letter)));
  const auto messages = grouping.add(ten, 0s);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].alerts.size(), 10U);
  EXPECT_EQ(messages[0].group, "shop/container-down/a");
}

TEST_F(GroupingTest, TheFirstGoesAtOnceAndTheRestTogether) {
  EXPECT_THAT(add({alert("a")}, 0s), ElementsAre("shop/container-down/a: firing a"));
  EXPECT_THAT(add({alert("b")}, 1s), IsEmpty());
  EXPECT_EQ(grouping.wakes(), 10s);
  EXPECT_THAT(add({alert("c")}, 9s), IsEmpty());
  EXPECT_THAT(due(9s), IsEmpty());
  EXPECT_THAT(due(10s), ElementsAre("shop/container-down/a: firing b firing c"));
  EXPECT_EQ(grouping.wakes(), std::nullopt);
  EXPECT_THAT(due(11s), IsEmpty());
}

TEST_F(GroupingTest, LaterItIsAnIncidentOfItsOwn) {
  add({alert("a")}, 0s);
  EXPECT_THAT(add({alert("b")}, 10s), ElementsAre("shop/container-down/b: firing b"));
}

TEST_F(GroupingTest, AnotherRuleOrStackIsAnotherMessage) {
  EXPECT_THAT(add({alert("a"), alert("a", News::firing, "disk-full"),
                   alert("a", News::firing, "container-down", "erp")},
                  0s),
              ElementsAre("shop/container-down/a: firing a", "shop/disk-full/a: firing a",
                          "erp/container-down/a: firing a"));
}

TEST_F(GroupingTest, AnIncidentIsOverWithItsLastAlert) {
  add({alert("a"), alert("b")}, 0s);
  EXPECT_THAT(add({alert("a", News::resolved)}, 60s),
              ElementsAre("shop/container-down/a: resolved a"));
  EXPECT_THAT(add({alert("b", News::reminder)}, 61s),
              ElementsAre("shop/container-down/a: reminder b"));
  EXPECT_THAT(add({alert("b", News::resolved)}, 62s),
              ElementsAre("shop/container-down/a: resolved b."));
  EXPECT_THAT(add({alert("a")}, 63s), ElementsAre("shop/container-down/a: firing a"));
}

TEST_F(GroupingTest, OneThatIsOverBeforeItWasSentIsStillTold) {
  add({alert("a")}, 0s);
  add({alert("b")}, 1s);
  EXPECT_THAT(add({alert("b", News::resolved)}, 2s), IsEmpty());
  EXPECT_THAT(due(10s), ElementsAre("shop/container-down/a: resolved b"));
  EXPECT_THAT(add({alert("a", News::resolved)}, 11s),
              ElementsAre("shop/container-down/a: resolved a."));
}

TEST_F(GroupingTest, TheOthersKeepItOpenWhenTheFirstIsOver) {
  add({alert("a")}, 0s);
  add({alert("b")}, 1s);
  EXPECT_THAT(add({alert("a", News::resolved)}, 2s),
              ElementsAre("shop/container-down/a: resolved a"));
  EXPECT_THAT(due(10s), ElementsAre("shop/container-down/a: firing b"));
  EXPECT_THAT(add({alert("b", News::resolved)}, 11s),
              ElementsAre("shop/container-down/a: resolved b."));
}

TEST_F(GroupingTest, WhoWasToldThatItBeganHearsOfItsEnd) {
  Alert weak = alert("a");
  weak.severity = Severity::warn;
  add({weak, alert("b")}, 0s);
  add({alert("b", News::resolved)}, 1s);
  Alert end = weak;
  end.news = News::resolved;
  const auto messages = grouping.add(std::vector{end}, 2s);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].severity(), Severity::page);
}

TEST_F(GroupingTest, WhatWorsensWaitsForNothing) {
  add({alert("a")}, 0s);
  EXPECT_THAT(add({alert("a")}, 1s), ElementsAre("shop/container-down/a: firing a"));
}

TEST_F(GroupingTest, ARestartForgetsNothing) {
  add({alert("a")}, 0s);
  add({alert("b")}, 1s);
  restart();
  EXPECT_THAT(due(10s), ElementsAre("shop/container-down/a: firing b"));
  restart();
  EXPECT_THAT(add({alert("a", News::resolved)}, 20s),
              ElementsAre("shop/container-down/a: resolved a"));
  EXPECT_THAT(add({alert("b", News::resolved)}, 21s),
              ElementsAre("shop/container-down/a: resolved b."));
}

TEST_F(GroupingTest, AResolveOfNothingKnownIsStillSent) {
  EXPECT_THAT(add({alert("a", News::resolved)}, 0s),
              ElementsAre("shop/container-down/a: resolved a."));
}

TEST_F(GroupingTest, WhatIsDamagedBeginsAnew) {
  for (const char* text : {"{}", "7", "[7]", R"([{"gathered": [7, {"rule": 3}]}])"})
    EXPECT_THAT(Grouping::parse(*parse_json(text)).due(99h), IsEmpty()) << text;
}

}  // namespace
}  // namespace ballast
