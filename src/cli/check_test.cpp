#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {

namespace {

using testing::Bench;

const Time now = Time(std::chrono::seconds(1795573627));  // 2026-11-25T02:27:07Z

AlertLine line(std::string_view alert, AlertState state, Finding finding) {
  const AlertKind* kind = find_alert(alert);
  return {.kind = kind,
          .settings = default_settings(*kind),
          .finding = std::move(finding),
          .state = state,
          .because = {},
          .hint = {}};
}

Finding found(const std::string& subject, const std::string& measured) {
  return {.subject = subject, .verdict = Verdict::pass, .measured = measured, .hint = {}};
}

RoundReport well() {
  RoundReport report{.stack = "shop", .at = now, .operation = {}, .lines = {}};
  Finding memory = found("web", "1.2 GB");
  memory.measure = {.name = "memory_web", .value = 1.2e9, .unit = "B", .limit = 3.5e9};
  report.lines = {line("container-down", AlertState::ok, found("web", "running, 0 restarts")),
                  line("high-memory", AlertState::ok, memory)};
  return report;
}

RoundReport ill() {
  RoundReport report = well();
  AlertLine& web = report.lines[0];
  web.state = AlertState::failing;
  web.finding.measured = "exited (137), 0 restarts";
  web.finding.since = now - std::chrono::minutes(4);
  web.hint = "look at `docker logs web`";
  Finding disk = found("/srv", "91 % used | 2 GB free");
  disk.measure = {.name = "disk__srv", .value = 91.25, .unit = "%", .limit = 85};
  report.lines.insert(report.lines.begin() + 1, line("disk-full", AlertState::failing, disk));
  report.lines.push_back(
      line("clock-wrong", AlertState::unknown, found("", "there is no other clock to ask")));
  return report;
}

TEST(Check, AllIsWell) {
  Bench bench;
  bench.script.round = well();
  const auto ran = bench.run({"check", "shop"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(bench.script.stack, "shop");
  EXPECT_EQ(ran.output,
            "shop: all is well\n"
            "  ALERT           STATE  OF   VALUE                SINCE\n"
            "  Container Down  ok     web  running, 0 restarts\n"
            "  High Memory     ok     web  1.2 GB\n");
}

TEST(Check, TellsWhatIsWrongAndWhatToDo) {
  Bench bench;
  bench.script.round = ill();
  const auto ran = bench.run({"check", "shop"});
  EXPECT_EQ(ran.status, 9);
  EXPECT_EQ(ran.output,
            "shop: 2 failing, 1 unknown\n"
            "  ALERT           STATE    OF    VALUE                           SINCE\n"
            "  Container Down  failing  web   exited (137), 0 restarts        4 min ago\n"
            "  Disk Full       failing  /srv  91 % used | 2 GB free\n"
            "  High Memory     ok       web   1.2 GB\n"
            "  Clock Wrong     unknown        there is no other clock to ask\n"
            "\n"
            "Container Down web: look at `docker logs web`\n");
}

TEST(Check, WhatAnOperationCausesIsNamedAndNotWrong) {
  Bench bench;
  bench.script.round = well();
  bench.script.round.operation = "deploy by ken for 2 min";
  bench.script.round.lines[0].state = AlertState::suppressed;
  bench.script.round.lines[0].because = "deploy by ken for 2 min";
  bench.script.round.lines[0].finding.measured = "exited (0)";
  const auto ran = bench.run({"check", "shop"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output,
            "shop: 1 suppressed\n"
            "  at work: deploy by ken for 2 min\n"
            "  ALERT           STATE       OF   VALUE       SINCE\n"
            "  Container Down  suppressed  web  exited (0)\n"
            "  High Memory     ok          web  1.2 GB\n"
            "\n"
            "Container Down web: caused by the deploy by ken for 2 min\n");
}

TEST(Check, JsonIsOneObject) {
  Bench bench;
  bench.script.round = ill();
  const auto ran = bench.run({"check", "shop", "--json"});
  EXPECT_EQ(ran.status, 9);
  const Json json = Json::parse(ran.output);
  EXPECT_EQ(json.at("schema"), "ballast.check/1");
  EXPECT_EQ(json.at("stack"), "shop");
  EXPECT_EQ(json.at("operation"), nullptr);
  EXPECT_EQ(json.at("good"), false);
  EXPECT_EQ(json.at("exit"), 9);
  EXPECT_EQ(json.at("alerts").size(), 4U);
  Json disk = json.at("alerts").at(1);
  EXPECT_EQ(disk, Json::parse(R"({"alert":"disk-full","title":"Disk Full","subject":"/srv",
      "state":"failing","severity":"page","for":0.0,"value":"91 % used | 2 GB free",
      "measure":{"name":"disk__srv","value":91.25,"unit":"%","limit":85.0},
      "since":null,"hint":null,"because":null})"));
  EXPECT_EQ(json.at("alerts").at(0).at("hint"), "look at `docker logs web`");
  EXPECT_NE(json.at("alerts").at(0).at("since"), nullptr);
}

std::string plugin(const RoundReport& report, int status) {
  Bench bench;
  bench.script.round = report;
  const auto ran = bench.run({"check", "shop", "--nagios"});
  EXPECT_EQ(ran.status, status);
  return ran.output;
}

TEST(Check, AsAPluginItIsOneLineWithFigures) {
  EXPECT_EQ(plugin(well(), 0),
            "BALLAST OK - shop: all is well | 'memory_web'=1200000000B;3500000000;\n");
  EXPECT_EQ(
      plugin(ill(), 2),
      "BALLAST CRITICAL - shop: Container Down web: exited (137), 0 restarts; Disk Full /srv: "
      "91 % used / 2 GB free; Clock Wrong unknown: there is no other clock to ask | "
      "'disk__srv'=91.25%;;85 'memory_web'=1200000000B;3500000000;\n");
}

TEST(Check, AsAPluginTheSeverityIsTheStatus) {
  RoundReport report = well();
  report.lines[1].state = AlertState::failing;
  EXPECT_EQ(plugin(report, 1).substr(0, 40), "BALLAST WARNING - shop: High Memory web:");
  report.lines[1].settings.severity = Severity::info;
  EXPECT_EQ(plugin(report, 0).substr(0, 35), "BALLAST OK - shop: High Memory web:");
  report.lines[0].state = AlertState::unknown;
  EXPECT_EQ(plugin(report, 3).substr(0, 25), "BALLAST UNKNOWN - shop: H");
  report.lines[1].settings.severity = Severity::page;
  EXPECT_EQ(plugin(report, 2).substr(0, 19), "BALLAST CRITICAL - ");
}

TEST(Check, AsAPluginALimitBelowIsARange) {
  RoundReport report = well();
  report.lines[1].finding.measure = {
      .name = "certificate_days_a", .value = 30.5, .limit = 14, .wrong_below = true};
  EXPECT_EQ(plugin(report, 0), "BALLAST OK - shop: all is well | 'certificate_days_a'=30.5;14:;\n");
}

TEST(Check, AsAPluginAnErrorIsUnknown) {
  Bench bench;
  bench.script.error = Error(Kind::usage, "no stack `shp` in /srv/stacks", "did you mean `shop`?");
  const auto ran = bench.run({"check", "shp", "--nagios"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.output, "BALLAST UNKNOWN - shp: no stack `shp` in /srv/stacks\n");
  EXPECT_EQ(ran.errors, "");
  EXPECT_EQ(bench.run({"check", "shp"}).status, 2);
}

TEST(Check, TwoFormsAtOnceAreRefused) {
  Bench bench;
  const auto ran = bench.run({"check", "shop", "--json", "--nagios"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.errors,
            "error: --json and --nagios are two forms of one answer\nhint: choose one\n");
}

}  // namespace

}  // namespace ballast
