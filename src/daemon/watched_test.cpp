#include "daemon/watched.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

AlertLine line(std::string_view alert, const std::string& subject, Verdict verdict,
               const std::string& measured = "") {
  const AlertKind& kind = *find_alert(alert);
  AlertLine line{.kind = &kind, .settings = default_settings(kind), .finding = {}};
  line.finding = {.subject = subject, .verdict = verdict, .measured = measured};
  line.hint = verdict == Verdict::pass ? "" : "do something";
  return line;
}

std::vector<std::string> told(const std::vector<Watched>& watched) {
  std::vector<std::string> texts;
  for (const Watched& one : watched)
    texts.push_back(one.alert.key() + " " + std::string(verdict_text(*one.verdict)) + " " +
                    one.alert.text);
  return texts;
}

std::vector<Watched> of_two(const std::vector<AlertLine>& shop, const std::vector<AlertLine>& erp) {
  std::vector<Watched> all = watched_of("shop", shop);
  for (Watched& one : watched_of("erp", erp)) all.push_back(std::move(one));
  return server_wide_once(std::move(all));
}

TEST(WatchedTest, ALineIsAnAlertWithItsRule) {
  const auto all = watched_of(
      "shop", std::vector{line("health-check-fail", "ten_a", Verdict::fail, "answers 500")});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].alert.name(), "Health Check Fail: shop ten_a");
  EXPECT_EQ(all[0].alert.text, "answers 500");
  EXPECT_EQ(all[0].alert.hint, "do something");
  EXPECT_EQ(all[0].alert.severity, Severity::page);
  EXPECT_EQ(all[0].rule.failing_for, 3min);
  EXPECT_EQ(all[0].verdict, Verdict::fail);
}

TEST(WatchedTest, OneDiskOfManyStacksIsOneAlertOfTheServer) {
  EXPECT_THAT(
      told(of_two({line("disk-full", "/srv/stacks", Verdict::pass, "84 % used")},
                  {line("disk-full", "/srv/stacks", Verdict::fail, "84 % used; limit 80 %")})),
      ElementsAre("/disk-full//srv/stacks fail 84 % used; limit 80 %"));
  EXPECT_THAT(told(of_two({line("disk-filling", "/srv/stacks", Verdict::fail, "full in 9 h")},
                          {line("disk-filling", "/srv/stacks", Verdict::pass, "full in 9 h")})),
              ElementsAre("/disk-filling//srv/stacks fail full in 9 h"));
}

TEST(WatchedTest, ThatItFailsIsMoreThanThatNobodyKnows) {
  EXPECT_THAT(told(of_two({line("disk-full", "/srv/stacks", Verdict::fail, "90 % used")},
                          {line("disk-full", "/srv/stacks", Verdict::unknown, "no answer")})),
              ElementsAre("/disk-full//srv/stacks fail 90 % used"));
}

TEST(WatchedTest, TheShortestPatienceAndTheHighestSeverityHold) {
  AlertLine patient = line("disk-full", "/srv/stacks", Verdict::fail);
  patient.settings.hold = 10min;
  patient.settings.severity = Severity::info;
  AlertLine hasty = line("disk-full", "/srv/stacks", Verdict::pass);
  hasty.settings.hold = 1min;
  const auto all = of_two({patient}, {hasty});
  EXPECT_EQ(all.at(0).rule.failing_for, 1min);
  EXPECT_EQ(all.at(0).alert.severity, Severity::page);
}

TEST(WatchedTest, WhatIsOfAStackStaysItsOwn) {
  EXPECT_THAT(told(of_two({line("clock-wrong", "database", Verdict::pass),
                           line("clock-wrong", "engine", Verdict::pass)},
                          {line("clock-wrong", "database", Verdict::pass),
                           line("clock-wrong", "engine", Verdict::pass)})),
              ElementsAre("shop/clock-wrong/database pass ", "/clock-wrong/engine pass ",
                          "erp/clock-wrong/database pass "));
}

TEST(WatchedTest, TheEngineAndTheFilesOfAStack) {
  EXPECT_THAT(told({engine_watched(""), engine_watched("it does not answer")}),
              ElementsAre("/engine-down pass ", "/engine-down fail it does not answer"));
  EXPECT_THAT(told({files_watched("shop", "ballast.yaml:3: no")}),
              ElementsAre("shop/stack-unreadable fail ballast.yaml:3: no"));
  EXPECT_EQ(files_watched("shop", "").alert.severity, Severity::warn);
}

TEST(WatchedTest, NothingOfNothing) { EXPECT_THAT(server_wide_once({}), IsEmpty()); }

}  // namespace
}  // namespace ballast
