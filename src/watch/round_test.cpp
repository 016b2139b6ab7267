#include "watch/round.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "watch/suppression.h"
#include "watch/test_observed.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using test::noon;
using test::well;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Observed with_web_down() {
  Observed observed = well();
  observed.services.value->front().container->state = "exited";
  return observed;
}

std::vector<std::string> not_ok(const RoundReport& report) {
  std::vector<std::string> lines;
  for (const AlertLine& line : report.lines)
    if (line.state != AlertState::ok)
      lines.push_back(fmt::format("{} {} {}", line.kind->id, state_text(line.state),
                                  line.because.empty() ? line.hint : line.because));
  return lines;
}

TEST(Round, AllIsGood) {
  const RoundReport report = judge_alerts(well());
  EXPECT_TRUE(report.all_good());
  EXPECT_THAT(not_ok(report), IsEmpty());
  EXPECT_EQ(report.operation, "");
  EXPECT_TRUE(std::ranges::is_sorted(report.lines, {},
                                     [](const AlertLine& line) { return line.kind->id; }));
}

TEST(Round, UnknownIsNotGood) {
  Observed observed = well();
  observed.memory = test::not_had<std::vector<MemorySeen>>("no answer", "");
  const RoundReport report = judge_alerts(observed);
  EXPECT_FALSE(report.all_good());
  EXPECT_THAT(not_ok(report), ElementsAre("high-memory unknown "));
}

TEST(Round, TheHintOfThePolicyGoesFirst) {
  Observed observed = well();
  observed.disks.value->uses[0].space.used_percent = 99;
  EXPECT_EQ(not_ok(judge_alerts(observed)).front().substr(0, 62),
            "disk-full failing see what would be freed: ballast prune --dry");
  AlertSettings settings = default_settings(*find_alert("disk-full"));
  settings.hint = "call mia";
  observed.policy.alerts["disk-full"] = settings;
  EXPECT_THAT(not_ok(judge_alerts(observed)), ElementsAre("disk-full failing call mia"));
}

TEST(Round, AHintNamesTheStack) {
  Observed observed = well();
  observed.records.value->good->tag = "sha-a1";
  EXPECT_THAT(not_ok(judge_alerts(observed)),
              ElementsAre("modified-by-hand failing record it when it is meant: ballast adopt "
                          "shop; else go back: ballast rollback shop"));
}

TEST(Round, WhatIsTurnedOffIsNotAsked) {
  Observed observed = with_web_down();
  AlertSettings settings = default_settings(*find_alert("container-down"));
  settings.enabled = false;
  observed.policy.alerts["container-down"] = settings;
  EXPECT_THAT(not_ok(judge_alerts(observed)), IsEmpty());
}

TEST(Round, AnOperationAtWorkExplainsWhatItCauses) {
  Observed observed = with_web_down();
  observed.disks.value->uses[0].space.used_percent = 99;
  observed.operation = Holder{"deploy", "ken", 42, noon - 2min, true};
  const RoundReport report = judge_alerts(observed);
  EXPECT_EQ(report.operation, "deploy by ken for 2 min");
  EXPECT_EQ(not_ok(report).front(), "container-down suppressed deploy by ken for 2 min");
  EXPECT_EQ(not_ok(report).back().substr(0, 17), "disk-full failing");
  EXPECT_FALSE(report.all_good());
  observed.disks.value->uses[0].space.used_percent = 1;
  EXPECT_TRUE(judge_alerts(observed).all_good());
}

TEST(Round, ItExplainsNothingForEver) {
  Observed observed = with_web_down();
  observed.operation = Holder{"rollback", "ken", 42, noon - 1h + 1s, true};
  EXPECT_TRUE(judge_alerts(observed).all_good());
  observed.operation->since = noon - 1h;
  EXPECT_FALSE(judge_alerts(observed).all_good());
}

TEST(Round, WhatCannotBeListedIsNotGone) {
  const AlertKind& kind = *find_alert("health-check-fail");
  const auto line = [&](const std::string& subject, Verdict verdict) {
    AlertLine one{.kind = &kind, .settings = default_settings(kind), .finding = {}};
    one.finding = {.subject = subject, .verdict = verdict, .measured = "as it is"};
    return one;
  };
  const auto told = [](const std::vector<AlertLine>& lines) {
    std::string text;
    for (const AlertLine& one : lines)
      text += one.finding.subject + "=" + std::string(verdict_text(one.finding.verdict)) + " ";
    return text;
  };
  const std::vector before{line("ten_a", Verdict::fail), line("ten_b", Verdict::pass)};
  EXPECT_EQ(told(with_unanswered({line("site", Verdict::unknown)}, before)),
            "site=unknown ten_a=unknown ten_b=unknown ");
  EXPECT_EQ(told(with_unanswered({line("ten_a", Verdict::unknown)}, before)),
            "ten_a=unknown ten_b=unknown ");
  EXPECT_EQ(told(with_unanswered({line("ten_a", Verdict::pass)}, before)), "ten_a=pass ");
  EXPECT_EQ(told(with_unanswered({}, before)), "");
}

TEST(Suppression, OnlyOfOneThatLivesAndCausesIt) {
  const auto explains = [](const std::string& operation, std::string_view alert,
                           bool alive = true) {
    const AlertName name{.rule = std::string(alert), .stack = "shop", .subject = {}};
    return explanation(Holder{operation, "ken", 42, noon - 90s, alive}, name, noon).value_or("no");
  };
  EXPECT_EQ(explains("restore", "db-connection"), "restore by ken for 1 min 30 s");
  EXPECT_EQ(explains("deploy", "db-connection"), "no");
  EXPECT_EQ(explains("backup", "container-down"), "no");
  EXPECT_EQ(explains("deploy", "container-down", false), "no");
  EXPECT_EQ(explains("prune", "container-down"), "no");
  EXPECT_EQ(explanation(std::nullopt, {.rule = "container-down", .stack = "shop"}, noon),
            std::nullopt);
}

TEST(Suppression, ADeployThatUpgradesDatabasesMayLastThatMuchLonger) {
  Observed observed;
  observed.policy.upgrade.timeout = 1h;
  EXPECT_EQ(longest_upgrade(observed), 2h);
  observed.database.value.emplace().names = {"ten_a", "ten_b", "ten_c"};
  EXPECT_EQ(longest_upgrade(observed), 6h);
  const auto explains = [](const std::string& operation) {
    const AlertName name{.rule = "container-down", .stack = "shop", .subject = {}};
    return explanation(Holder{operation, "ken", 42, noon - 7h, true}, name, noon, 6h).has_value();
  };
  EXPECT_TRUE(explains("deploy"));
  EXPECT_FALSE(explains("rollback"));
}

TEST(Suppression, NamesAlertsThatThereAre) {
  for (const std::string_view kind : {"adopt", "backup", "deploy", "drill", "recover", "restore"})
    for (const std::string_view alert : caused_by(kind))
      EXPECT_NE(find_alert(alert), nullptr) << kind << " " << alert;
}

}  // namespace
}  // namespace ballast
