#include "upgrade/rehearsal_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "upgrade/test_work.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

RehearsedDatabase good() {
  return {.outcome = {.database = "ten_a",
                      .trouble = {},
                      .findings = {{"shop_theme", "WARNING", "old"}, {"", "WARNING", "older"}},
                      .left = {},
                      .last_lines = {},
                      .elapsed = 3s},
          .upgraded = true,
          .changes = {"public.res_users: column colour gone, theme new"},
          .checks = {"web-login ten_a: 200 in 12 ms"}};
}

RehearsedDatabase bad() {
  return {.outcome = {.database = "ten_b",
                      .trouble = "it ended with exit status 255",
                      .findings = {{"sale", "ERROR", "no"}, {"sale", "WARNING", "old"}},
                      .left = {"sale (to upgrade)"},
                      .last_lines = {"Traceback"},
                      .elapsed = 1s},
          .upgraded = true,
          .changes = {},
          .checks = {}};
}

RehearsalReport report_with(std::vector<RehearsedDatabase> databases, bool passed) {
  RehearsalReport report{.id = "20261127T200000Z-ab12",
                         .stack = "shop",
                         .tag = "sha-a2",
                         .set = "20261127T195900Z-ab11",
                         .operator_name = "ann",
                         .at = parse_time("2026-11-27T20:00:00Z").value(),
                         .passed = passed,
                         .trouble = passed ? "" : "ten_b: it ended with exit status 255",
                         .databases = std::move(databases),
                         .upgrade = 4s,
                         .expected_outage = {},
                         .outage = {}};
  if (!passed) return report;
  report.outage = {
      .stop = 500ms, .copy = 1s, .upgrade = 3s, .candidate = 4s, .release = 2s, .compose = 1500ms};
  report.expected_outage = report.outage.total();
  return report;
}

TEST(RehearsalReport, SaysOfWhatTheOutageIsMade) {
  EXPECT_THAT(rehearsal_lines(report_with({good()}, true)),
              ElementsAre("ten_a: passed, upgraded in 3 s", "ten_a: no module: 1 warning",
                          "ten_a: shop_theme: 1 warning",
                          "ten_a: public.res_users: column colour gone, theme new",
                          "expected outage 12 s: stop 500 ms + copies 1 s + upgrade 3 s + "
                          "candidate 4 s + release 2 s + Compose 1.5 s"));
}

TEST(RehearsalReport, OneThatFailedShowsItsLastLines) {
  EXPECT_THAT(rehearsal_lines(report_with({bad()}, false)),
              ElementsAre("ten_b: failed: it ended with exit status 255",
                          "ten_b: sale: 1 warning, 1 error", "ten_b: Traceback"));
}

TEST(RehearsalReport, WhereNothingWasDueItOnlyRan) {
  RehearsedDatabase idle;
  idle.outcome.database = "ten_c";
  EXPECT_EQ(rehearsal_lines(report_with({idle}, true)).front(),
            "ten_c: passed, nothing was to be upgraded");
}

TEST(RehearsalReport, JsonHasTheOutageOnlyWhenItPassed) {
  const Json passed = report_json(report_with({good()}, true));
  EXPECT_EQ(text_at(passed, "schema"), "ballast.rehearsal/1");
  EXPECT_EQ(number_at(passed, "expected_outage_ms"), 12000);
  EXPECT_EQ(number_at(member(passed, "outage"), "candidate_ms"), 4000);
  const Json failed = report_json(report_with({good(), bad()}, false));
  EXPECT_TRUE(member(failed, "expected_outage_ms").is_null());
  EXPECT_FALSE(flag_at(failed.at("databases").at(1), "passed"));
}

TEST(RehearsalReport, IsReadBackFromJson) {
  for (const bool passed : {true, false}) {
    const Json json = report_json(report_with({good(), bad()}, passed));
    EXPECT_EQ(report_json(rehearsal_from_json(json)), json);
  }
}

TEST(RehearsalReport, ThePageTellsEachDatabase) {
  const std::string page = rehearsal_page(report_with({good(), bad()}, false));
  EXPECT_THAT(page, ::testing::StartsWith("# Rehearsal of sha-a2 on shop\n\n- result: failed: "
                                          "ten_b: it ended with exit status 255\n"));
  EXPECT_THAT(page, ::testing::HasSubstr("\n## ten_a\n\npassed, upgraded in 3 s\n"));
  EXPECT_THAT(page, ::testing::HasSubstr("\nLeft to upgrade:\n\n- sale (to upgrade)\n"));
}

TEST(KeepRehearsal, TheNewestTwentyStay) {
  test::TestWork world;
  for (int number = 10; number < 35; ++number) {
    RehearsalReport report = report_with({good()}, true);
    report.id = "202611" + std::to_string(number) + "T200000Z-ab12";
    keep_rehearsal(world.server, report);
  }
  const auto kept = rehearsal_reports(world.server, "shop");
  ASSERT_EQ(kept.size(), 20U);
  EXPECT_EQ(kept.front().id, "20261134T200000Z-ab12");
  EXPECT_EQ(kept.back().id, "20261115T200000Z-ab12");
  EXPECT_EQ(world.host.disk.list(world.path("srv/backups/shop/rehearsals")).size(), 40U);
}

}  // namespace
}  // namespace ballast
