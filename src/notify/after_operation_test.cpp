#include "notify/after_operation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "notify/queue.h"
#include "notify/test_notify.h"

namespace ballast {
namespace {

using namespace ballast::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Ended ended(const std::string& command, int status, bool watched = false) {
  return {.command = command,
          .stack = "shop",
          .tag = "",
          .operator_name = "ken",
          .status = status,
          .message = "web-login is 500",
          .hint = "mend the release",
          .watched = watched};
}

std::string rule_of(const std::string& command, int status, bool watched = false) {
  const auto alert = alert_of(ended(command, status, watched));
  return alert ? std::string(severity_text(alert->severity)) + " " + alert->rule : "";
}

TEST(AfterOperationTest, WhatAPersonMustKnow) {
  EXPECT_EQ(rule_of("deploy", 4), "warn deploy-failed");
  EXPECT_EQ(rule_of("deploy", 5), "page rollback-failed");
  EXPECT_EQ(rule_of("rollback", 5), "page rollback-failed");
  EXPECT_EQ(rule_of("restore", 5), "page rollback-failed");
  EXPECT_EQ(rule_of("backup", 1), "warn backup-failed");
  EXPECT_EQ(rule_of("backup", 7), "warn backup-failed");
  EXPECT_EQ(rule_of("drill", 8), "warn drill-failed");
}

TEST(AfterOperationTest, WhatNobodyMustBeToldOf) {
  for (const char* command : {"deploy", "rollback", "backup", "drill", "restore"}) {
    EXPECT_EQ(rule_of(command, 0), "") << command;
    EXPECT_EQ(rule_of(command, 130), "") << command;
  }
  EXPECT_EQ(rule_of("deploy", 2), "");
  EXPECT_EQ(rule_of("deploy", 3), "");
  EXPECT_EQ(rule_of("deploy", 6), "");
}

TEST(AfterOperationTest, WhoTypesSeesIt) {
  EXPECT_EQ(rule_of("backup", 6, false), "warn backup-failed");
  EXPECT_EQ(rule_of("backup", 6, true), "");
  EXPECT_EQ(rule_of("backup", 7, true), "warn backup-failed");
}

TEST(AfterOperationTest, WhatASuccessPutsAnEndTo) {
  EXPECT_THAT(resolved_by(ended("deploy", 0)), ElementsAre("deploy-failed", "rollback-failed"));
  EXPECT_THAT(resolved_by(ended("backup", 0)), ElementsAre("backup-failed"));
  EXPECT_THAT(resolved_by(ended("backup", 7)), IsEmpty());
  EXPECT_THAT(resolved_by(ended("prune", 0)), IsEmpty());
}

class TellTest : public ::testing::Test {
 protected:
  TellTest() : host(bench.host()) { bench.settings("notify: {webhook: {url: http://hook}}\n"); }
  std::vector<std::string> tell(const std::string& command, int status) {
    return tell_after(host, bench.paths(), ended(command, status));
  }
  std::vector<std::string> arrived() {
    std::vector<std::string> texts;
    for (const HttpRequest& request : bench.http.requests) {
      const Json json = *parse_json(request.body);
      const Json& alert = json.at("alerts").at(0);
      texts.push_back(text_at(json, "status") + " " +
                      text_at(member(alert, "annotations"), "summary") + ": " +
                      text_at(member(alert, "annotations"), "description"));
    }
    return texts;
  }
  NotifyBench bench;
  Host host;
};

TEST_F(TellTest, AFailureAndItsEnd) {
  EXPECT_THAT(tell("deploy", 4), IsEmpty());
  EXPECT_THAT(arrived(), ElementsAre("firing Deploy Failed And Rolled Back: shop: deploy shop by "
                                     "ken: web-login is 500"));
  EXPECT_THAT(bench.files("open"), ElementsAre("shop.deploy-failed.json"));
  bench.clock.pass(1h);
  EXPECT_THAT(tell("deploy", 0), IsEmpty());
  EXPECT_EQ(arrived().size(), 2U);
  EXPECT_EQ(arrived().back(),
            "resolved Deploy Failed And Rolled Back: shop: deploy shop went well");
  EXPECT_THAT(bench.files("open"), IsEmpty());
  tell("deploy", 0);
  EXPECT_EQ(arrived().size(), 2U);
}

TEST_F(TellTest, AnotherFailureIsNewsOfTheSameAlert) {
  tell("backup", 7);
  bench.clock.pass(24h);
  tell("backup", 1);
  ASSERT_EQ(arrived().size(), 2U);
  const auto start = [&](std::size_t index) {
    return text_at(parse_json(bench.http.requests[index].body)->at("alerts").at(0), "startsAt");
  };
  EXPECT_EQ(start(0), start(1));
}

TEST_F(TellTest, WithoutSettingsNothingIsMade) {
  bench.settings("");
  EXPECT_THAT(tell("deploy", 5), IsEmpty());
  EXPECT_FALSE(bench.disk.info(bench.folder / "var"));
}

TEST_F(TellTest, WhatIsWrongIsSaidAndNoMore) {
  bench.settings("notify: {slak: {}}\n");
  EXPECT_THAT(tell("deploy", 5).at(0), HasSubstr("no notification was sent: "));
  EXPECT_THAT(tell("deploy", 5).at(0), HasSubstr("unknown key `notify.slak`"));
}

TEST_F(TellTest, WhatWaitsIsSaidAndSentByTheNextCommand) {
  bench.http.answer = ScriptedHttp::silence();
  EXPECT_THAT(tell("drill", 8),
              ElementsAre("the notification waits for webhook: no answer within 10 s"));
  bench.http.answer = ScriptedHttp::status(200);
  bench.clock.pass(1min);
  EXPECT_THAT(tell("prune", 0), IsEmpty());
  EXPECT_EQ(arrived().size(), 2U);
}

TEST_F(TellTest, ARefusalIsSaid) {
  bench.http.answer = ScriptedHttp::status(400, "bad");
  EXPECT_THAT(tell("drill", 8), ElementsAre("webhook refused the notification: 400: bad"));
}

TEST_F(TellTest, NoRequestIsGivenMoreThanTheTime) {
  tell("drill", 8);
  ASSERT_EQ(bench.http.requests.size(), 1U);
  EXPECT_LE(bench.http.requests[0].deadline, 2500ms);
}

TEST_F(TellTest, TheDaemonTellsWhileItWatches) {
  const Holder daemon{.operation = "watch", .operator_name = "root", .pid = 1};
  auto held = bench.locks.acquire(watch_lock(bench.paths()), daemon);
  EXPECT_THAT(tell("deploy", 5), IsEmpty());
  EXPECT_THAT(arrived(), IsEmpty());
}

}  // namespace
}  // namespace ballast
