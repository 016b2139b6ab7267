#include "upgrade/upgrade_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view good =
    "2026-11-27 20:00:00,123 7 INFO ten_a odoo.modules.loading: Loading module shop_theme (3/57)\n"
    "2026-11-27 20:00:01,123 7 INFO ten_a odoo.modules.loading: Module shop_theme loaded in 0.12s\n"
    "2026-11-27 20:00:02,001 7 INFO ten_a odoo.modules.loading: Modules loaded.\n";

TEST(LogFindings, AGoodLogHasNone) { EXPECT_THAT(log_findings(good), IsEmpty()); }

TEST(LogFindings, TheModuleThatIsBeingLoadedIsNamed) {
  EXPECT_THAT(
      log_findings(
          "2026-11-27 20:00:00,123 7 INFO ten_a odoo.modules.loading: Loading module "
          "shop_theme (3/57)\n"
          "2026-11-27 20:00:00,200 7 WARNING ten_a odoo.addons.base.models.ir_model: two "
          "fields have the same label\n"
          "2026-11-27 20:00:00,300 7 INFO ten_a odoo.modules.loading: Module shop_theme "
          "loaded in 0.18s\n"
          "2026-11-27 20:00:00,400 7 ERROR ten_a odoo.modules.registry: model not loaded\n"),
      ElementsAre(LogFinding{"shop_theme", "WARNING", "two fields have the same label"},
                  LogFinding{"", "ERROR", "model not loaded"}));
}

TEST(LogFindings, OutsideOfLoadingTheLoggerNamesIt) {
  EXPECT_THAT(log_findings("2026-11-27 20:00:00,123 7 ERROR ? odoo.addons.shop_theme.hooks: no\n"),
              ElementsAre(LogFinding{"shop_theme", "ERROR", "no"}));
}

TEST(LogFindings, OfATracebackTheLastLineIsTheCause) {
  EXPECT_THAT(
      log_findings("2026-11-27 20:00:00,123 7 CRITICAL ten_b odoo.service.server: Failed to "
                   "initialize database `ten_b`.\n"
                   "Traceback (most recent call last):\n"
                   "  File \"/usr/bin/odoo\", line 5, in <module>\n"
                   "psycopg2.errors.UndefinedColumn: column \"theme\" does not exist\n"
                   "2026-11-27 20:00:00,124 7 INFO ten_b odoo.service.server: Stopping\n"
                   "psycopg2.not: of any finding\n"),
      ElementsAre(LogFinding{"", "CRITICAL", "Failed to initialize database `ten_b`.",
                             "psycopg2.errors.UndefinedColumn: column \"theme\" does not exist"}));
}

TEST(LogFindings, SecretsAndControlCharactersAreNotShown) {
  Secrets secrets;
  secrets.add("correct-horse");
  EXPECT_THAT(log_findings("2026-11-27 20:00:00,123 7 ERROR a odoo.x: with correct-horse \x1b[1m\n",
                           secrets),
              ElementsAre(LogFinding{"", "ERROR", "with *** \\x1b[1m"}));
}

TEST(LogFindings, WhatOnlyLooksLikeALineIsNone) {
  for (const char* line : {"ERROR", "2026-11-27 ERROR ten_a odoo.x: text",
                           "2026-11-27 20:00:00 7 ERROR ten_a odoo.x: text",
                           "2026-11-27 20:00:00,123 seven ERROR ten_a odoo.x: text",
                           "2026-11-27 20:00:00,123 7 ERROR ten_a odoo.x", ""})
    EXPECT_THAT(log_findings(line), IsEmpty()) << line;
}

TEST(UpgradeLog, KnowsWhatIsBeingLoadedAndItsLastLines) {
  const Secrets none;
  UpgradeLog log(none);
  for (int number = 0; number < 30; ++number) log.take("line " + std::to_string(number));
  log.take("2026-11-27 20:00:00,123 7 INFO a odoo.modules.loading: Loading module sale (1/2)");
  EXPECT_EQ(log.loading(), "sale (1/2)");
  EXPECT_EQ(log.last_lines().size(), 20U);
  EXPECT_EQ(log.last_lines().front(), "line 11");
  EXPECT_FALSE(log.ran_out_of_disk());
  log.take("psycopg2.errors.DiskFull: could not extend file: No space left on device");
  EXPECT_TRUE(log.ran_out_of_disk());
}

TEST(UpgradeLog, OfALogThatNeverEndsTheErrorsAreKept) {
  const Secrets none;
  UpgradeLog log(none);
  for (int number = 0; number < 5000; ++number)
    log.take("2026-11-27 20:00:00,123 7 WARNING a odoo.x: again");
  log.take("2026-11-27 20:00:00,123 7 ERROR a odoo.x: at last");
  EXPECT_EQ(log.findings().size(), 501U);
  EXPECT_EQ(log.findings().back().text, "at last");
}

TEST(LogFindings, AreReadBackFromJson) {
  const std::vector<LogFinding> findings{{"a", "ERROR", "text", "cause"}, {"", "WARNING", "w"}};
  EXPECT_EQ(findings_from_json(findings_json(findings)), findings);
  EXPECT_THAT(findings_from_json(Json()), IsEmpty());
}

}  // namespace
}  // namespace ballast
