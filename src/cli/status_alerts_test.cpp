#include "cli/status_alerts.h"

#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {

namespace {

using namespace std::chrono_literals;
using testing::Bench;

const Time now{1'795'573'627s};  // 2026-11-25T02:27:07Z

StackStatus stack(const std::string& name) {
  StackStatus status;
  status.name = name;
  status.tag = "a2";
  status.ready_to_roll_back = "yes";
  return status;
}

Alert alert(const std::string& stack, const std::string& title, const std::string& subject) {
  Alert alert;
  alert.rule = "high-memory";
  alert.stack = stack;
  alert.subject = subject;
  alert.title = title;
  alert.text = "3.6 GB";
  alert.hint = "docker restart shop-web-1";
  alert.since = now - 4min;
  return alert;
}

AlertSilence silence(const std::string& stack, const std::string& rule) {
  return {.stack = stack,
          .rule = rule,
          .from = now,
          .until = now + 1h,
          .reason = "the new disk comes today",
          .operator_name = "ken",
          .id = "3f9a0c1e"};
}

DaemonStatus daemon() {
  DaemonStatus status;
  status.pid = 4711;
  status.since = now - 1h;
  status.stacks = {{.name = "blog", .was_looked_at = false, .trouble = ""},
                   {.name = "shop", .was_looked_at = true, .trouble = ""}};
  return status;
}

// What is said of one stack below its sheet.
std::string alerts_of(Bench& bench, const std::string& name) {
  bench.script.statuses = {stack(name)};
  const std::string output = bench.run({"status", name}).output;
  return output.substr(std::min(output.size(), output.find("\n\n") + 2));
}

// Below the table of all.
std::string remarks(Bench& bench) {
  bench.script.statuses = {stack("blog"), stack("shop")};
  const std::string output = bench.run({"status"}).output;
  return output.substr(std::min(output.size(), output.find("\n\n") + 2));
}

Json json_of(Bench& bench) {
  bench.script.statuses = {stack("shop")};
  return Json::parse(bench.run({"status", "--json"}).output);
}

const std::string since_text = "watched since " + iso_local(now - 1h);

TEST(StatusAlerts, WhatIsWellIsSaidOnlyWhereSomebodyWatches) {
  Bench bench;
  EXPECT_EQ(alerts_of(bench, "shop"),
            "  alerts: unknown: nobody watches: systemctl start ballast\n");
  bench.script.daemon = daemon();
  EXPECT_EQ(alerts_of(bench, "shop"), "  alerts: none, " + since_text + "\n");
  EXPECT_EQ(alerts_of(bench, "blog"), "  alerts: unknown: it was not looked at yet\n");
  EXPECT_EQ(alerts_of(bench, "erp"), "  alerts: unknown: the daemon does not watch it\n");
  bench.script.daemon->stacks[0].trouble = "docker-compose.yml is missing";
  EXPECT_EQ(alerts_of(bench, "blog"), "  alerts: unknown: docker-compose.yml is missing\n");
}

TEST(StatusAlerts, ADaemonThatDoesNotAnswerIsNotNobody) {
  Bench bench;
  bench.script.daemon_error = Error(Kind::failed, "no answer within 5 s");
  EXPECT_EQ(alerts_of(bench, "shop"),
            "  alerts: unknown: not known whether anybody watches: no answer within 5 s\n");
  EXPECT_EQ(remarks(bench), "not known whether anybody watches: no answer within 5 s\n");
  const Json json = json_of(bench);
  EXPECT_EQ(json.at("watched"), nullptr);
  EXPECT_EQ(json.at("watched_trouble"), "no answer within 5 s");
}

TEST(StatusAlerts, ThoseOfAStackComeWithTheWayOut) {
  Bench bench;
  bench.script.daemon = daemon();
  bench.script.daemon->alerts = {alert("shop", "High Memory", "web"), alert("erp", "Other", ""),
                                 alert("shop", "Disk Full", "")};
  bench.script.daemon->alerts[2].unknown = true;
  bench.script.daemon->silences = {silence("shop", "disk-full"), silence("erp", ""),
                                   silence("", "")};
  const std::string since = " since " + iso_local(now - 4min);
  const std::string until = " silenced until " + iso_local(now + 1h);
  EXPECT_EQ(alerts_of(bench, "shop"), "  alerts: 2, " + since_text +
                                          "\n"
                                          "    High Memory web, firing" +
                                          since +
                                          ": 3.6 GB\n"
                                          "      docker restart shop-web-1\n"
                                          "    Disk Full, unknown" +
                                          since +
                                          ": 3.6 GB\n"
                                          "      docker restart shop-web-1\n"
                                          "    Disk Full of shop" +
                                          until +
                                          " by ken: the new disk comes today (3f9a0c1e)\n"
                                          "    every alert of every stack and the server" +
                                          until + " by ken: the new disk comes today (3f9a0c1e)\n");
}

TEST(StatusAlerts, ThoseOfAllComeBelowTheTable) {
  Bench bench;
  bench.script.daemon = daemon();
  bench.script.daemon->alerts = {alert("", "Disk Full", "/srv"),
                                 alert("shop", "High Memory", "web")};
  bench.script.daemon->silences = {silence("shop", "")};
  const std::string since = ", firing since " + iso_local(now - 4min) + ": 3.6 GB\n";
  EXPECT_EQ(remarks(bench), "the server: Disk Full /srv" + since + "shop: High Memory web" + since +
                                "blog: alerts unknown: it was not looked at yet\n"
                                "every alert of shop silenced until " +
                                iso_local(now + 1h) +
                                " by ken: the new disk comes today (3f9a0c1e)\n" + since_text +
                                "\n");
}

TEST(StatusAlerts, AnAlertDoesNotChangeTheExitStatus) {
  Bench bench;
  bench.script.daemon = daemon();
  bench.script.daemon->alerts = {alert("shop", "High Memory", "web")};
  bench.script.statuses = {stack("shop")};
  EXPECT_EQ(bench.run({"status"}).status, 0);
  EXPECT_EQ(bench.run({"status", "shop"}).status, 0);
}

TEST(StatusAlerts, WordsFromOutsideArePrintable) {
  Bench bench;
  bench.script.daemon = daemon();
  bench.script.daemon->alerts = {alert("shop", "High Memory", "web\x1b[2J")};
  EXPECT_NE(alerts_of(bench, "shop").find("High Memory web\\x1b[2J, firing"), std::string::npos);
}

TEST(StatusAlerts, InJsonWhatNobodyWatchesIsNull) {
  Bench bench;
  bench.script.silences = {silence("shop", "")};
  const Json json = json_of(bench);
  EXPECT_EQ(json.at("watched"), false);
  EXPECT_EQ(json.at("watched_since"), nullptr);
  EXPECT_EQ(json.at("alerts"), nullptr);
  const Json& shop = json.at("stacks").at(0);
  EXPECT_EQ(shop.at("alerts"), nullptr);
  EXPECT_EQ(shop.at("alerts_unknown"), "nobody watches: systemctl start ballast");
  EXPECT_EQ(shop.at("silences").at(0).at("id"), "3f9a0c1e");
}

TEST(StatusAlerts, InJsonEachAlertIsAnObject) {
  Bench bench;
  bench.script.daemon = daemon();
  bench.script.daemon->alerts = {alert("", "Disk Full", "/srv"),
                                 alert("shop", "High Memory", "web")};
  const Json json = json_of(bench);
  EXPECT_EQ(json.at("watched"), true);
  EXPECT_EQ(json.at("watched_since"), iso_local(now - 1h));
  EXPECT_EQ(json.at("alerts").at(0).at("subject"), "/srv");
  EXPECT_EQ(json_text(json.at("stacks").at(0).at("alerts")),
            R"([{"alert":"high-memory","title":"High Memory","stack":"shop","subject":"web",)"
            R"("state":"firing","severity":"warn","since":"2026-11-25T02:23:07Z","text":"3.6 GB",)"
            R"("hint":"docker restart shop-web-1"}])");
}

}  // namespace

}  // namespace ballast
