#include "notify/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "notify/test_notify.h"

namespace ballast {
namespace {

using namespace ballast::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string slack_url = "https://hooks.slack.com/services/T0/B0/geheimnis";
const std::string hook_url = "https://hooks.example.com/ballast";

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryTest() : host(bench.host()) {
    bench.settings(
        "notify:\n  slack: {url-file: /etc/ballast/slack-url}\n"
        "  webhook: {url: " +
        hook_url + ", severity: page}\n");
    bench.secret("slack-url", slack_url + "\n");
  }
  Notifier& notifier() {
    if (!notifier_) notifier_.emplace(host, bench.paths());
    return *notifier_;
  }
  Message put(const std::string& subject, Severity severity = Severity::page,
              News news = News::firing) {
    Alert alert = disk_full(news);
    alert.subject = subject;
    alert.severity = severity;
    Message message;
    message.alerts.push_back(alert);
    return notifier().put(message);
  }
  // "slack: 1 sent, 0 wait" and what is wrong.
  std::vector<std::string> deliver(bool at_once = false, Duration budget = 60s) {
    std::vector<std::string> texts;
    for (const ChannelReport& report : notifier().deliver({.budget = budget, .at_once = at_once})) {
      std::string text = report.channel + ": " + std::to_string(report.delivered) + " sent, " +
                         std::to_string(report.waiting) + " wait";
      if (report.dead > 0) text += ", " + std::to_string(report.dead) + " dead";
      if (!report.trouble.empty()) text += ": " + report.trouble;
      texts.push_back(text);
    }
    return texts;
  }
  // What arrived at Slack, by subject of the alert.
  std::vector<std::string> at_slack() {
    std::vector<std::string> texts;
    for (const HttpRequest& request : bench.http.requests)
      if (request.url == slack_url) texts.push_back(text_at(*parse_json(request.body), "text"));
    return texts;
  }

  NotifyBench bench;
  Host host;
  std::optional<Notifier> notifier_;
};

TEST_F(DeliveryTest, GoesWhereItsSeverityIsTaken) {
  put("/a");
  put("/b", Severity::warn);
  put("/c", Severity::info);
  EXPECT_THAT(deliver(), ElementsAre("slack: 2 sent, 0 wait", "webhook: 1 sent, 0 wait"));
  EXPECT_THAT(at_slack(),
              ElementsAre("FIRING Disk Full: shop /a (host)", "FIRING Disk Full: shop /b (host)"));
  EXPECT_THAT(deliver(), ElementsAre("slack: 0 sent, 0 wait", "webhook: 0 sent, 0 wait"));
  EXPECT_EQ(bench.http.requests.size(), 3U);
}

TEST_F(DeliveryTest, NothingIsMadeWhereNothingIsSetUp) {
  bench.settings("");
  EXPECT_FALSE(notifier().is_set_up());
  put("/a");
  EXPECT_THAT(deliver(), IsEmpty());
  EXPECT_THAT(bench.files(""), IsEmpty());
}

TEST_F(DeliveryTest, AMessageIsQueuedOnce) {
  const Message message = put("/a");
  notifier().put(message);
  deliver();
  notifier().put(message);
  EXPECT_THAT(deliver(), ElementsAre("slack: 0 sent, 0 wait", "webhook: 0 sent, 0 wait"));
  EXPECT_EQ(at_slack().size(), 1U);
}

TEST_F(DeliveryTest, TheQueueIsPrivate) {
  put("/a");
  const std::string folder = bench.folder / "var/lib/ballast/notify/slack/waiting";
  EXPECT_EQ(bench.disk.info(folder)->mode, 0700U);
  EXPECT_EQ(bench.disk.info(folder + "/" + bench.files("slack/waiting").at(0))->mode, 0600U);
  EXPECT_THAT(bench.files("slack/waiting"),
              ElementsAre("0000000001-20261125T022707Z-00000001.json"));
}

TEST_F(DeliveryTest, WhatFailsWaitsEverLonger) {
  bench.http.answers[slack_url] = ScriptedHttp::status(503);
  put("/a");
  EXPECT_THAT(deliver(), ElementsAre("slack: 0 sent, 1 wait: 503", "webhook: 1 sent, 0 wait"));
  EXPECT_THAT(deliver(), ElementsAre("slack: 0 sent, 1 wait: 503", "webhook: 0 sent, 0 wait"));
  EXPECT_EQ(at_slack().size(), 1U);
  for (const Duration pause : {5s, 10s, 20s, 40s}) {
    bench.clock.pass(pause - 1ms);
    deliver();
    const std::size_t before = at_slack().size();
    bench.clock.pass(1ms);
    deliver();
    EXPECT_EQ(at_slack().size(), before + 1);
  }
  bench.http.answers.clear();
  EXPECT_THAT(deliver(true), ElementsAre("slack: 1 sent, 0 wait", "webhook: 0 sent, 0 wait"));
}

TEST_F(DeliveryTest, ANewMessageIsTriedOnceAlthoughTheChannelFailed) {
  bench.http.answers[slack_url] = ScriptedHttp::status(500);
  put("/a");
  deliver();
  put("/b");
  deliver();
  EXPECT_EQ(at_slack().size(), 2U);
  EXPECT_THAT(at_slack().back(), HasSubstr("/b"));
  deliver();
  EXPECT_EQ(at_slack().size(), 2U);
}

TEST_F(DeliveryTest, WhoAsksToWaitIsHeeded) {
  HttpResponse busy = ScriptedHttp::status(429);
  busy.headers["retry-after"] = "120";
  bench.http.answers[slack_url] = busy;
  put("/a");
  deliver();
  put("/b");
  bench.clock.pass(119s);
  deliver();
  EXPECT_EQ(at_slack().size(), 1U);
  bench.http.answers.clear();
  bench.clock.pass(1s);
  EXPECT_THAT(deliver(), ElementsAre("slack: 2 sent, 0 wait", "webhook: 0 sent, 0 wait"));
}

TEST_F(DeliveryTest, AClockThatWasSetBackStopsNothing) {
  bench.http.answers[slack_url] = ScriptedHttp::status(500);
  put("/a");
  deliver();
  bench.http.answers.clear();
  bench.clock.time -= 48h;
  EXPECT_THAT(deliver(), ElementsAre("slack: 1 sent, 0 wait", "webhook: 0 sent, 0 wait"));
}

TEST_F(DeliveryTest, WhatIsRefusedForGoodIsKeptAndReportedOnTheOthers) {
  bench.http.answers[slack_url] =
      ScriptedHttp::status(404, "no_service for services/T0/B0/geheimnis");
  put("/a", Severity::warn);
  EXPECT_THAT(deliver(), ElementsAre("slack: 0 sent, 0 wait, 1 dead: 404: no_service for ***",
                                     "webhook: 1 sent, 0 wait"));
  const Json report = *parse_json(bench.http.requests.back().body);
  EXPECT_EQ(text_at(member(report.at("alerts").at(0), "annotations"), "summary"),
            "Notifications Failing: slack");
  EXPECT_THAT(json_text(report), Not(HasSubstr("geheimnis")));
  deliver();
  EXPECT_EQ(bench.http.requests.size(), 2U);
}

TEST_F(DeliveryTest, WhatWasRefusedIsSentWhenItIsMended) {
  bench.http.answers[slack_url] = ScriptedHttp::status(403);
  put("/a", Severity::warn);
  deliver();
  bench.http.answers.clear();
  EXPECT_EQ(notifier().revive("slack"), 1U);
  EXPECT_THAT(deliver(), ElementsAre("slack: 1 sent, 0 wait", "webhook: 1 sent, 0 wait"));
  const Json report = *parse_json(bench.http.requests.back().body);
  EXPECT_EQ(text_at(report, "status"), "resolved");
}

TEST_F(DeliveryTest, AChannelThatKeepsFailingIsReportedOnTheOthersAndItsEndToo) {
  bench.http.answers[slack_url] = ScriptedHttp::silence();
  put("/a", Severity::warn);
  for (int minute = 0; minute < 30; ++minute) {
    deliver();
    bench.clock.pass(1min);
  }
  const auto reports = [&] {
    std::vector<std::string> texts;
    for (const HttpRequest& request : bench.http.requests)
      if (request.url == hook_url)
        texts.push_back(text_at(*parse_json(request.body), "status") + " " +
                        text_at(member(parse_json(request.body)->at("alerts").at(0), "annotations"),
                                "description"));
    return texts;
  };
  EXPECT_THAT(reports(), ElementsAre("firing no answer within 10 s"));
  bench.http.answers.clear();
  deliver(true);
  EXPECT_EQ(reports().size(), 2U);
  EXPECT_THAT(reports().back(), HasSubstr("resolved "));
}

TEST_F(DeliveryTest, EveryChannelDownForAnHourLosesAndDoublesNothing) {
  bench.http.answer = ScriptedHttp::silence();
  std::vector<std::string> wanted;
  for (int minute = 0; minute < 60; ++minute) {
    const std::string subject = "/" + std::to_string(minute);
    put(subject, Severity::warn, News::firing);
    put(subject, Severity::warn, News::resolved);
    wanted.push_back("FIRING Disk Full: shop " + subject + " (host)");
    wanted.push_back("RESOLVED Disk Full: shop " + subject + " (host)");
    deliver();
    bench.clock.pass(1min);
  }
  bench.http.answer = ScriptedHttp::status(200);
  bench.http.requests.clear();
  for (int minute = 0; minute < 6; ++minute) {
    deliver();
    bench.clock.pass(1min);
  }
  std::vector<std::string> got;
  for (const std::string& text : at_slack())
    if (text.find("Disk Full") != std::string::npos) got.push_back(text);
  std::map<std::string, std::size_t> place;
  for (std::size_t index = 0; index < got.size(); ++index) place[got[index]] = index;
  EXPECT_EQ(got.size(), wanted.size()) << "doubled or lost";
  for (std::size_t index = 0; index < wanted.size(); index += 2) {
    ASSERT_TRUE(place.contains(wanted[index])) << wanted[index];
    ASSERT_TRUE(place.contains(wanted[index + 1])) << wanted[index + 1];
    EXPECT_LT(place[wanted[index]], place[wanted[index + 1]]) << "the end before the beginning";
  }
}

TEST_F(DeliveryTest, OneThatIsNeverTakenDelaysNoOtherAlert) {
  put("/poison");
  bench.http.answers[slack_url] = ScriptedHttp::status(500);
  deliver();
  put("/good");
  put("/poison", Severity::page, News::resolved);
  bench.http.answers.clear();
  deliver(true);
  EXPECT_THAT(at_slack(), ElementsAre("FIRING Disk Full: shop /poison (host)",
                                      "FIRING Disk Full: shop /good (host)",
                                      "FIRING Disk Full: shop /poison (host)",
                                      "RESOLVED Disk Full: shop /poison (host)"));
}

TEST_F(DeliveryTest, WhatIsTooOldIsGivenUp) {
  bench.http.answers[slack_url] = ScriptedHttp::status(500);
  put("/a", Severity::warn);
  deliver();
  bench.clock.pass(7 * 24h + 1s);
  EXPECT_THAT(deliver().at(0), "slack: 0 sent, 0 wait, 1 dead: given up after 7 days: 500");
}

TEST_F(DeliveryTest, ADamagedFileDoesNotKeepTheOthers) {
  put("/a");
  bench.folder.write("var/lib/ballast/notify/slack/waiting/0000000000-x.json", "{half");
  EXPECT_THAT(deliver(), ElementsAre("slack: 1 sent, 0 wait, 1 dead", "webhook: 1 sent, 0 wait"));
}

TEST_F(DeliveryTest, ASecretThatIsOpenToOthersIsNotUsed) {
  std::filesystem::permissions(bench.folder / "etc/ballast/slack-url",
                               static_cast<std::filesystem::perms>(0644));
  put("/a", Severity::warn);
  EXPECT_THAT(deliver().at(0), HasSubstr("slack: 0 sent, 1 wait: "));
  EXPECT_THAT(deliver().at(0), HasSubstr("is open to others (mode 0644)"));
  EXPECT_THAT(at_slack(), IsEmpty());
}

TEST_F(DeliveryTest, WithoutItsCredentialItIsLeftToTheDaemonAndNotBlamed) {
  bench.settings("notify: {slack: {url-file: slack-url}}\n");
  put("/a");
  EXPECT_THAT(deliver(),
              ElementsAre("slack: 0 sent, 1 wait: waits for the daemon, which has its credential"));
  EXPECT_THAT(bench.files("slack"), ElementsAre("dead", "sent", "waiting"));
  bench.machine.variables["CREDENTIALS_DIRECTORY"] = bench.folder / "etc/ballast";
  EXPECT_THAT(deliver(), ElementsAre("slack: 1 sent, 0 wait"));
}

TEST_F(DeliveryTest, WhoHoldsTheLockSends) {
  put("/a");
  const Holder other{.operation = "notify", .operator_name = "ann", .pid = 1};
  {
    auto held = bench.locks.acquire(channel_lock(bench.paths(), "slack"), other);
    EXPECT_THAT(deliver(false, 500ms),
                ElementsAre("slack: 0 sent, 1 wait: another ballast is sending",
                            "webhook: 1 sent, 0 wait"));
  }
  EXPECT_THAT(deliver(), ElementsAre("slack: 1 sent, 0 wait", "webhook: 0 sent, 0 wait"));
}

TEST_F(DeliveryTest, ATryPassesTheQueue) {
  const Message message = message_of({disk_full()});
  EXPECT_EQ(notifier().try_once("slack", message, 5s).fate, Fate::delivered);
  EXPECT_THAT(bench.files(""), IsEmpty());
  EXPECT_THROW(notifier().try_once("email", message, 5s), Error);
}

TEST(PauseTest, DoublesUpToItsLimitAndHeedsWhatIsAsked) {
  const RetryPlan retry;
  EXPECT_EQ(pause_after(1, {}, retry), 5s);
  EXPECT_EQ(pause_after(4, {}, retry), 40s);
  EXPECT_EQ(pause_after(7, {}, retry), 5min);
  EXPECT_EQ(pause_after(1'000'000, {}, retry), 5min);
  EXPECT_EQ(pause_after(1, 90s, retry), 90s);
  EXPECT_EQ(pause_after(7, 1s, retry), 5min);
  EXPECT_EQ(pause_after(1, 100h, retry), 1h);
}

}  // namespace
}  // namespace ballast
