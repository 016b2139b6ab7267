#include "upgrade/run_upgrade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tools/test_postgres.h"
#include "upgrade/test_work.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const UpgradeWork theme{.database = "ten_a", .modules = {"shop_theme", "sale"}};

TEST(UpgradeProgram, OdooWithTheWordsOfTheService) {
  Policy policy;
  policy.preset = Preset::odoo;
  EXPECT_EQ(upgrade_program(policy, {"odoo", "--addons-path=/a"}, theme),
            (UpgradeProgram{"",
                            {"odoo", "--addons-path=/a", "-d", "ten_a", "-u", "shop_theme,sale",
                             "--stop-after-init", "--no-http", "--max-cron-threads=0"}}));
  EXPECT_EQ(upgrade_program(policy, {"--dev=all"}, theme).words.front(), "--dev=all");
  EXPECT_EQ(upgrade_program(policy, {"/usr/bin/odoo-bin"}, theme).words.front(),
            "/usr/bin/odoo-bin");
}

TEST(UpgradeProgram, WordsThatStartSomethingElseAreLeftOut) {
  Policy policy;
  policy.preset = Preset::odoo;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {"bash", "-c", "odoo && true"}})
    EXPECT_EQ(upgrade_program(policy, words, theme).words,
              (std::vector<std::string>{"odoo", "-d", "ten_a", "-u", "shop_theme,sale",
                                        "--stop-after-init", "--no-http", "--max-cron-threads=0"}));
}

TEST(UpgradeProgram, AGenericStacksOwnCommandInAShell) {
  Policy policy;
  policy.migrate.run = "python manage.py migrate";
  EXPECT_EQ(upgrade_program(policy, {"gunicorn"}, {}),
            (UpgradeProgram{"sh", {"-c", "python manage.py migrate"}}));
}

TEST(ModulesLeft, AreNotInstalledOrNotOfTheImagesVersion) {
  const std::vector<InstalledModule> modules{{"base", "18.0.1.3", "installed"},
                                             {"sale", "18.0.1.0", "installed"},
                                             {"shop_other", "18.0.1.0", "installed"},
                                             {"shop_theme", "18.0.1.0", "to upgrade"}};
  const std::vector<Addon> image{
      {.name = "sale", .version = "1.1", .trouble = {}, .hash = {}},
      {.name = "shop_other", .version = "1.1", .trouble = {}, .hash = {}},
      {.name = "shop_theme", .version = "1.1", .trouble = {}, .hash = {}}};
  EXPECT_THAT(modules_left(modules, image, theme),
              ElementsAre("sale (18.0.1.0 instead of 18.0.1.1)", "shop_theme (to upgrade)"));
  EXPECT_THAT(modules_left(modules, std::nullopt, theme), ElementsAre("shop_theme (to upgrade)"));
  EXPECT_THAT(modules_left(modules, image, {.database = "ten_a", .modules = {"all"}}),
              ElementsAre("sale (18.0.1.0 instead of 18.0.1.1)",
                          "shop_other (18.0.1.0 instead of 18.0.1.1)", "shop_theme (to upgrade)"));
}

constexpr const char* odoo_policy =
    "preset: odoo\nservice: web\nupgrade-timeout: 2m\nupgrade: auto\n";

class RunUpgrade : public ::testing::Test {
 protected:
  // How its container ended: ExitCode and what else its state says.
  UpgradeOutcome ended(const std::string& state, const std::string& log) {
    world_.engine.answer("GET /containers/c1/logs?follow=1", 200, test::frame(log));
    world_.engine.answer("GET /containers/c1/json", 200,
                         R"({"Id":"c1","State":{"Status":"exited",)" + state + "}}");
    return run();
  }
  UpgradeOutcome run() {
    world_.engine.answer("DELETE /containers/c1", 204);
    world_.engine.answer("POST /containers/c1/stop", 204);
    return run_upgrade(world_.work, theme,
                       {.service_words = {},
                        .addons = std::nullopt,
                        .start =
                            [&](const UpgradeProgram& program) {
                              program_ = program;
                              return std::string("c1");
                            }},
                       world_.progress);
  }
  std::string trouble_of(const std::string& state, const std::string& log) {
    return ended(state, log).trouble;
  }
  test::TestWork world_{odoo_policy};
  UpgradeProgram program_;
};

TEST_F(RunUpgrade, AGoodOneLeavesNothing) {
  const UpgradeOutcome outcome = ended(
      R"("ExitCode":0)", "2026-11-27 20:00:00,123 7 WARNING ten_a odoo.addons.sale.models: old\n");
  EXPECT_TRUE(outcome.passed());
  EXPECT_EQ(outcome.database, "ten_a");
  EXPECT_THAT(outcome.findings, ElementsAre(LogFinding{"sale", "WARNING", "old"}));
  EXPECT_EQ(program_.words.front(), "odoo");
  EXPECT_TRUE(world_.engine.was_asked("DELETE /containers/c1?force=1&v=1"));
}

TEST_F(RunUpgrade, ZeroWithAnErrorInTheLogIsNotGood) {
  const UpgradeOutcome outcome = ended(
      R"("ExitCode":0)",
      "2026-11-27 20:00:00,123 7 ERROR ten_a odoo.addons.sale.models: no correct-horse-battery\n");
  EXPECT_EQ(outcome.trouble, "it ended with 0, but logged 1 error: sale: no ***");
  EXPECT_THAT(outcome.last_lines,
              ElementsAre("2026-11-27 20:00:00,123 7 ERROR ten_a odoo.addons.sale.models: no ***"));
}

TEST_F(RunUpgrade, SaysHowItEnded) {
  EXPECT_EQ(trouble_of(R"("ExitCode":255)", "no log line\n"), "it ended with exit status 255");
}

TEST_F(RunUpgrade, KilledForMemory) {
  EXPECT_EQ(trouble_of(R"("ExitCode":137,"OOMKilled":true)", ""),
            "it was killed: it ran out of memory");
}

TEST_F(RunUpgrade, KilledBySomebody) {
  EXPECT_EQ(trouble_of(R"("ExitCode":137)", ""),
            "it was killed (SIGKILL): by the kernel for want of memory, or by hand");
}

TEST_F(RunUpgrade, OutOfDisk) {
  EXPECT_EQ(
      trouble_of(R"("ExitCode":255)",
                 "2026-11-27 20:00:00,123 7 ERROR ten_a odoo.sql_db: bad query\n"
                 "psycopg2.errors.DiskFull: could not extend file: No space left on device\n"),
      "it ran out of disk: no space left on device: bad query (psycopg2.errors.DiskFull: "
      "could not extend file: No space left on device)");
}

TEST_F(RunUpgrade, OneThatHangsIsEndedAsAProcessAndRemoved) {
  HttpResponse late;
  late.failure = HttpFailure::timed_out;
  world_.engine.rules.push_back({"GET /containers/c1/logs?follow=1", late});
  EXPECT_EQ(run().trouble, "it did not end within 2 min (upgrade-timeout) and was ended");
  EXPECT_TRUE(world_.engine.was_asked("POST /containers/c1/stop?t=10"));
  EXPECT_TRUE(world_.engine.was_asked("DELETE /containers/c1?force=1&v=1"));
}

TEST_F(RunUpgrade, ALogThatCannotBeReadIsNotTakenForAnEmptyOne) {
  world_.engine.answer("GET /containers/c1/logs?follow=1", 501,
                       R"({"message":"configured logging driver does not support reading"})");
  EXPECT_EQ(run().trouble,
            "the Docker Engine refuses to show the log of the container c1: configured logging "
            "driver does not support reading");
}

TEST_F(RunUpgrade, OneThatDoesNotStartIsAnOutcomeToo) {
  const UpgradeOutcome outcome = run_upgrade(
      world_.work, theme,
      {.service_words = {},
       .addons = std::nullopt,
       .start = [](const UpgradeProgram&) -> std::string {
         throw Error(Kind::failed, "starting the upgrade failed").add_context("no such file");
       }},
      world_.progress);
  EXPECT_EQ(outcome.trouble, "starting the upgrade failed");
  EXPECT_THAT(outcome.last_lines, ElementsAre("no such file"));
}

// Of two databases that were upgraded; what each says of its modules, in one answer or alone.
class JudgeOutcomes : public ::testing::Test {
 protected:
  void judge() {
    Postgres postgres(std::make_unique<ScriptedServer>(
        told_, [this](const std::string& sql) { return answer(sql); }));
    judge_outcomes(world_.work, &postgres, place_, wanted_, outcomes_);
  }
  PostgresClients::Result answer(const std::string& sql) {
    if (refuses_) return {.status = 2, .output = {}, .errors = "it is starting up"};
    if (sql.starts_with("\\connect")) return {.status = 0, .output = {}, .errors = {}};
    return {.status = 0, .output = std::exchange(first_, second_), .errors = {}};
  }

  test::TestWork world_{odoo_policy};
  const UpgradePlace place_{.service_words = {}, .addons = std::nullopt, .start = {}};
  const std::vector<UpgradeWork> wanted_{{.database = "ten_a", .modules = {"sale"}},
                                         {.database = "ten_b", .modules = {"sale"}},
                                         {.database = "ten_c", .modules = {"sale"}}};
  std::vector<UpgradeOutcome> outcomes_{of("ten_a"), of("ten_b")};
  std::string first_ =
      "sale\x1f"
      "18.0.1.0\x1finstalled\n";
  std::string second_ = first_;
  bool refuses_ = false;
  std::vector<std::string> told_;

 private:
  static UpgradeOutcome of(const std::string& database) {
    UpgradeOutcome outcome;
    outcome.database = database;
    outcome.last_lines = {"the last line of " + database};
    return outcome;
  }
};

TEST_F(JudgeOutcomes, GoodOnesKeepNoLog) {
  judge();
  for (const UpgradeOutcome& outcome : outcomes_) {
    EXPECT_EQ(outcome.trouble, "");
    EXPECT_THAT(outcome.last_lines, IsEmpty());
  }
}

TEST_F(JudgeOutcomes, OneThatLeavesAModuleIsNotGood) {
  second_ =
      "sale\x1f"
      "18.0.1.0\x1fto upgrade\n";
  judge();
  EXPECT_EQ(outcomes_[0].trouble, "");
  EXPECT_EQ(outcomes_[1].trouble, "it ended with 0, but left modules behind: sale (to upgrade)");
  EXPECT_THAT(outcomes_[1].left, ElementsAre("sale (to upgrade)"));
  EXPECT_THAT(outcomes_[1].last_lines, ElementsAre("the last line of ten_b"));
}

TEST_F(JudgeOutcomes, WhatAFailedOneLeftIsToldBesideItsTrouble) {
  outcomes_[1].trouble = "it ended with exit status 255";
  second_ =
      "sale\x1f"
      "18.0.1.0\x1fto upgrade\n";
  judge();
  EXPECT_EQ(outcomes_[1].trouble, "it ended with exit status 255");
  EXPECT_THAT(outcomes_[1].left, ElementsAre("sale (to upgrade)"));
}

TEST_F(JudgeOutcomes, OneThatCannotBeAskedIsNotTakenForGood) {
  refuses_ = true;
  outcomes_[1].trouble = "it ended with exit status 255";
  judge();
  EXPECT_EQ(outcomes_[0].trouble,
            "its modules could not be asked for: PostgreSQL refuses a query in ten_a: it is "
            "starting up");
  EXPECT_EQ(outcomes_[1].trouble, "it ended with exit status 255");
}

TEST_F(JudgeOutcomes, AnotherStacksAreAsTheyEnded) {
  world_.work.stack.policy.preset = Preset::generic;
  judge();
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_THAT(outcomes_[0].last_lines, IsEmpty());
}

TEST(UpgradeOutcome, IsReadBackFromJson) {
  const UpgradeOutcome outcome{.database = "ten_a",
                               .trouble = "it ended with exit status 1",
                               .findings = {{"sale", "ERROR", "text", "cause"}},
                               .left = {"sale (to upgrade)"},
                               .last_lines = {"line"},
                               .elapsed = std::chrono::seconds(3)};
  const UpgradeOutcome read = outcome_from_json(outcome_json(outcome));
  EXPECT_EQ(outcome_json(read), outcome_json(outcome));
  EXPECT_FALSE(read.passed());
}

}  // namespace
}  // namespace ballast
