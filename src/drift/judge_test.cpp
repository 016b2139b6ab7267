#include "drift/judge.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;

const Time noon = *parse_time("2026-11-25T12:00:00Z");

Deed deed(DeedKind kind, const std::string& detail = "", const std::string& service = "web") {
  return {.kind = kind,
          .container = "one",
          .name = "shop-web-1",
          .project = "shop",
          .service = service,
          .detail = detail,
          .exec = kind == DeedKind::executed ? "e1" : "",
          .from = noon,
          .until = noon + 1s};
}

Circumstances quiet() {
  Circumstances known;
  known.release_services = {"web", "worker"};
  return known;
}

TEST(JudgeDeed, SaysWhatSomebodyTyped) {
  const auto text = [](DeedKind kind, const std::string& detail = "") {
    return judge_deed(deed(kind, detail), quiet())->text;
  };
  EXPECT_EQ(text(DeedKind::executed, "sh -c ls\n"), "web: docker exec: sh -c ls\\n");
  EXPECT_EQ(text(DeedKind::copied_in), "web: docker cp into it");
  EXPECT_EQ(text(DeedKind::copied_out), "web: docker cp or export out of it");
  EXPECT_EQ(text(DeedKind::committed), "web: docker commit: an image was made of it");
  EXPECT_EQ(text(DeedKind::killed, "9"), "web: docker kill: signal 9");
  EXPECT_EQ(text(DeedKind::ran_once), "web: docker compose run");
  EXPECT_EQ(text(DeedKind::restarted), "web: restarted by hand");
}

TEST(JudgeDeed, OnlyAnotherContainerOfTheReleaseIsAnotherRelease) {
  for (const DeedKind kind : {DeedKind::recreated, DeedKind::removed, DeedKind::created}) {
    EXPECT_TRUE(judge_deed(deed(kind), quiet())->changes_release);
    EXPECT_FALSE(judge_deed(deed(kind, "", "db"), quiet())->changes_release);
  }
  for (const DeedKind kind : {DeedKind::restarted, DeedKind::stopped, DeedKind::committed})
    EXPECT_FALSE(judge_deed(deed(kind), quiet())->changes_release);
}

TEST(JudgeDeed, ACommandChangesNothingByItselfButItsFilesAreToBeLookedAt) {
  for (const DeedKind kind : {DeedKind::executed, DeedKind::copied_in}) {
    const auto finding = judge_deed(deed(kind, "bash"), quiet());
    EXPECT_FALSE(finding->changes_release);
    EXPECT_TRUE(finding->concerns_files);
    EXPECT_FALSE(judge_deed(deed(kind, "bash", "db"), quiet())->concerns_files);
  }
}

TEST(JudgeDeed, HealthChecksAndRoutineAreExplained) {
  Circumstances known = quiet();
  known.health_command = "/bin/sh -c pg_isready";
  known.routine = {"pg_isready*", "*/cron.sh"};
  EXPECT_FALSE(judge_deed(deed(DeedKind::executed, "/bin/sh -c pg_isready"), known));
  EXPECT_FALSE(judge_deed(deed(DeedKind::executed, "pg_isready -U odoo"), known));
  EXPECT_FALSE(judge_deed(deed(DeedKind::executed, "sh /opt/cron.sh"), known));
  EXPECT_TRUE(judge_deed(deed(DeedKind::executed, "/bin/sh -c pg_isready; sh"), known));
  EXPECT_TRUE(judge_deed(deed(DeedKind::restarted, "pg_isready"), known));
}

TEST(JudgeDeed, AContainerWithoutAHealthCheckExplainsNoEmptyCommand) {
  EXPECT_TRUE(judge_deed(deed(DeedKind::executed, ""), quiet()));
}

TEST(JudgeDeed, WhatBallastStartedIsExplained) {
  Circumstances known = quiet();
  known.is_own_exec = [](const std::string& exec) { return exec == "e1"; };
  EXPECT_FALSE(judge_deed(deed(DeedKind::executed, "psql"), known));
  known.is_own_exec = [](const std::string&) { return false; };
  EXPECT_TRUE(judge_deed(deed(DeedKind::executed, "psql"), known));
}

TEST(JudgeDeed, AnOperationExplainsWhatIsDoneWhileItRuns) {
  Circumstances known = quiet();
  known.operations = {{.from = noon - 10min, .until = noon - 1min}};
  EXPECT_TRUE(judge_deed(deed(DeedKind::recreated), known));
  known.operations.push_back({.from = noon - 1min});
  EXPECT_FALSE(judge_deed(deed(DeedKind::recreated), known));
  known.operations = {{.from = noon - 1min, .until = noon - 1s}};  // clocks are read apart
  EXPECT_FALSE(judge_deed(deed(DeedKind::recreated), known));
  known.operations = {{.from = noon + 1min}};
  EXPECT_TRUE(judge_deed(deed(DeedKind::recreated), known));
}

TEST(JudgeDeed, ASessionKeepsARecordOfItsOwn) {
  Circumstances known = quiet();
  known.session = Period{.from = noon - 1min, .until = Time::max()};
  EXPECT_FALSE(judge_deed(deed(DeedKind::executed, "bash"), known));
  known.session = Period{.from = noon - 10min, .until = noon - 1min};
  EXPECT_TRUE(judge_deed(deed(DeedKind::executed, "bash"), known));
}

TEST(AuthorText, WhoIsLoggedIn) {
  EXPECT_EQ(author_text({}), "nobody is logged in");
  EXPECT_EQ(author_text({{"ken", "pts/0", "192.0.2.7", noon}, {"mia", "tty1", "", noon}}),
            "logged in: ken (pts/0 from 192.0.2.7), mia (tty1)");
}

}  // namespace
}  // namespace ballast
