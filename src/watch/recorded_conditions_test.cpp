// Conditions about what was written down: operations, backups, drills, the way back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "watch/test_observed.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using test::asked;
using test::in_milliseconds;
using test::noon;
using test::not_had;
using test::operation_of;
using test::set_of;
using test::well;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Observed without_backups() {
  Observed observed = well();
  observed.backups = not_had<BackupsSeen>("permission denied", "run ballast as root (sudo)");
  return observed;
}

Observed without_journal() {
  Observed observed = well();
  observed.records = not_had<RecordsSeen>("the journal is damaged", "");
  return observed;
}

TEST(BackupFailed, LooksAtTheNewestScheduledSet) {
  Observed observed = well();
  EXPECT_THAT(asked("backup-failed", observed), IsEmpty());
  observed.backups.value->sets = {set_of("a", noon - 26h), set_of("b", noon - 2h)};
  EXPECT_THAT(asked("backup-failed", observed), ElementsAre("pass: b is complete"));
  observed.backups.value->sets[1].complete = false;
  observed.backups.value->sets[1].trouble = "the database does not answer";
  EXPECT_THAT(asked("backup-failed", observed),
              ElementsAre("fail: b is not complete: the database does not answer since "
                          "2026-11-25T10:00:00Z"));
}

TEST(BackupFailed, WhatAPersonMadeIsNotScheduled) {
  Observed observed = well();
  observed.backups.value->sets = {set_of("a", noon - 2h, BackupKind::manual)};
  observed.backups.value->sets[0].complete = false;
  EXPECT_THAT(asked("backup-failed", observed), IsEmpty());
}

TEST(BackupFailed, ARunThatLeftNoSet) {
  Observed observed = well();
  observed.backups.value->sets = {set_of("a", noon - 26h)};
  observed.records.value->backup = operation_of("backup", 1, noon - 2h);
  observed.records.value->backup->message = "no backup of shop was made: the disk is full";
  EXPECT_THAT(asked("backup-failed", observed),
              ElementsAre("fail: no backup of shop was made: the disk is full since "
                          "2026-11-25T10:00:00Z"));
  observed.backups.value->sets.push_back(set_of("b", noon - 1h));
  EXPECT_THAT(asked("backup-failed", observed), ElementsAre("pass: b is complete"));
}

TEST(BackupFailed, IsUnknownWhereNobodyMayLook) {
  EXPECT_THAT(asked("backup-failed", without_backups()),
              ElementsAre("unknown: permission denied -> run ballast as root (sudo)"));
  EXPECT_THAT(asked("backup-failed", without_journal()),
              ElementsAre("unknown: the journal is damaged"));
}

TEST(BackupOverdue, IsAskedWhereThePolicyNamesATime) {
  const double daily = in_milliseconds(26h);
  Observed observed = well();
  EXPECT_THAT(asked("backup-overdue", observed), IsEmpty());
  EXPECT_THAT(asked("backup-overdue", observed, daily),
              ElementsAre("fail: there is no complete set; one is due every 26 h"));
  observed.backups.value->sets = {set_of("a", noon - 26h)};
  EXPECT_THAT(asked("backup-overdue", observed, daily), ElementsAre("pass: a, 26 h ago"));
  observed.backups.value->sets = {set_of("a", noon - 27h), set_of("b", noon - 1h)};
  observed.backups.value->sets[1].complete = false;
  EXPECT_THAT(asked("backup-overdue", observed, daily),
              ElementsAre("fail: the newest complete set is a, 27 h ago; one is due every 26 "
                          "h since 2026-11-25T11:00:00Z"));
  EXPECT_THAT(asked("backup-overdue", without_backups(), daily),
              ElementsAre("unknown: permission denied -> run ballast as root (sudo)"));
}

TEST(BackupOverdue, FollowsFromTheSchedule) {
  Observed observed = well();
  observed.policy.backup.schedule.daily = ScheduleTime{.at = 3h};
  EXPECT_THAT(asked("backup-overdue", observed),
              ElementsAre("fail: there is no complete set; one is due every 26 h"));
  EXPECT_THAT(asked("backup-overdue", observed, in_milliseconds(50h)),
              ElementsAre("fail: there is no complete set; one is due every 2 days"));
  EXPECT_THAT(asked("drill-overdue", observed), IsEmpty());
  observed.policy.backup.schedule.drill_weekly = true;
  EXPECT_THAT(asked("drill-overdue", observed),
              ElementsAre("fail: none has passed; one is due every 7 days"));
}

DrillReport drill(bool passed, Time when) {
  DrillReport report;
  report.set = "a";
  report.at = when;
  report.passed = passed;
  report.trouble = passed ? "" : "web-login shop: 500 in 12 ms";
  return report;
}

TEST(DrillFailed, LooksAtTheNewest) {
  Observed observed = well();
  EXPECT_THAT(asked("drill-failed", observed), IsEmpty());
  observed.backups.value->drill = drill(true, noon - 2h);
  EXPECT_THAT(asked("drill-failed", observed), ElementsAre("pass: of a, 2 h ago"));
  observed.backups.value->drill = drill(false, noon - 1h);
  EXPECT_THAT(asked("drill-failed", observed),
              ElementsAre("fail: of a: web-login shop: 500 in 12 ms since 2026-11-25T11:00:00Z"));
  EXPECT_THAT(asked("drill-failed", without_backups()),
              ElementsAre("unknown: permission denied -> run ballast as root (sudo)"));
}

TEST(DrillOverdue, CountsFromTheNewestThatPassed) {
  const double daily = in_milliseconds(24h);
  Observed observed = well();
  EXPECT_THAT(asked("drill-overdue", observed), IsEmpty());
  EXPECT_THAT(asked("drill-overdue", observed, daily),
              ElementsAre("fail: none has passed; one is due every 24 h"));
  observed.backups.value->passed_drill = drill(true, noon - 24h);
  EXPECT_THAT(asked("drill-overdue", observed, daily), ElementsAre("pass: passed 24 h ago"));
  observed.backups.value->passed_drill = drill(true, noon - 25h);
  EXPECT_THAT(asked("drill-overdue", observed, daily),
              ElementsAre("fail: the last that passed was 25 h ago; one is due every 24 h since "
                          "2026-11-25T11:00:00Z"));
  EXPECT_THAT(asked("drill-overdue", without_backups(), daily),
              ElementsAre("unknown: permission denied -> run ballast as root (sudo)"));
}

TEST(OffsiteBehind, WaitsForWhatMayBeOnItsWay) {
  Observed observed = well();
  EXPECT_THAT(asked("offsite-behind", observed), IsEmpty());
  observed.policy.offsite.remote = "nas:backups";
  EXPECT_THAT(asked("offsite-behind", observed),
              ElementsAre("pass [nas:backups]: nothing is late"));
  observed.backups.value->sets = {set_of("a", noon - 50h), set_of("b", noon - 25h)};
  observed.backups.value->sets[0].is_offsite = true;
  EXPECT_THAT(asked("offsite-behind", observed), ElementsAre("pass [nas:backups]: a is there"));
  observed.backups.value->sets[1].started = noon - 27h;
  EXPECT_THAT(asked("offsite-behind", observed),
              ElementsAre("fail [nas:backups]: b, made 27 h ago, is not there, nor is a newer one "
                          "since 2026-11-25T11:00:00Z"));
  observed.backups = not_had<BackupsSeen>("permission denied", "");
  EXPECT_THAT(asked("offsite-behind", observed),
              ElementsAre("unknown [nas:backups]: permission denied"));
}

TEST(DeployFailed, IsToldForADay) {
  Observed observed = well();
  EXPECT_THAT(asked("deploy-failed", observed), ElementsAre("pass: the last deploy was 1 h ago"));
  observed.records.value->change = operation_of("deploy", 4, noon - 2h);
  EXPECT_THAT(asked("deploy-failed", observed),
              ElementsAre("fail: the deploy of sha-a2 by ken: not good within 2 min; shop runs "
                          "sha-a1 again since 2026-11-25T10:00:00Z"));
  observed.records.value->change = operation_of("deploy", 4, noon - 25h);
  EXPECT_THAT(asked("deploy-failed", observed), ElementsAre("pass: the last deploy was 25 h ago"));
  observed.records.value->change.reset();
  EXPECT_THAT(asked("deploy-failed", observed), IsEmpty());
  EXPECT_THAT(asked("deploy-failed", without_journal()),
              ElementsAre("unknown: the journal is damaged"));
}

TEST(RollbackFailed, IsToldUntilSomethingIsGoodAgain) {
  Observed observed = well();
  EXPECT_THAT(asked("rollback-failed", observed),
              ElementsAre("pass: the last deploy needs nobody"));
  observed.records.value->change = operation_of("rollback", 5, noon - 200h);
  EXPECT_THAT(asked("rollback-failed", observed),
              ElementsAre("fail: the last rollback, by ken, needs a person: not good within 2 min; "
                          "shop runs sha-a1 again since 2026-11-17T04:00:00Z"));
  EXPECT_THAT(asked("rollback-failed", without_journal()),
              ElementsAre("unknown: the journal is damaged"));
}

TEST(OperationInterrupted, OneThatIsAtWorkIsNot) {
  Observed observed = well();
  EXPECT_THAT(asked("operation-interrupted", observed), ElementsAre("pass: none"));
  observed.records.value->unfinished = {operation_of("deploy", 0, noon - 1h)};
  EXPECT_EQ(asked("operation-interrupted", observed).front().substr(0, 29),
            "fail: the deploy by ken of 20");
  observed.operation = Holder{"deploy", "ken", 42, noon - 1min, true};
  EXPECT_THAT(asked("operation-interrupted", observed),
              ElementsAre("pass: a deploy by ken is at work"));
  observed.operation->alive = false;
  EXPECT_EQ(asked("operation-interrupted", observed).front().substr(0, 5), "fail:");
  EXPECT_THAT(asked("operation-interrupted", without_journal()),
              ElementsAre("unknown: the journal is damaged"));
}

TEST(ModifiedByHand, ComparesWhatRunsWithWhatWasProved) {
  Observed observed = well();
  EXPECT_THAT(asked("modified-by-hand", observed),
              ElementsAre("pass [web]: sha-a2 runs, as released"));
  observed.tag = "sha-a3";
  EXPECT_THAT(asked("modified-by-hand", observed),
              ElementsAre("fail [web]: .env says SHOP_TAG=sha-a3, but sha-a2 runs"));
  observed.tag = "sha-a2";
  observed.records.value->good->tag = "sha-a1";
  EXPECT_THAT(asked("modified-by-hand", observed),
              ElementsAre("fail [web]: sha-a2 runs, but last good is sha-a1"));
  observed.records.value->good->tag = "sha-a2";
  observed.records.value->good->image_id = "sha256:one";
  EXPECT_THAT(asked("modified-by-hand", observed),
              ElementsAre("fail [web]: sha-a2 runs, but from another image than the one that was "
                          "proved"));
  observed.records.value->good.reset();
  EXPECT_THAT(asked("modified-by-hand", observed), IsEmpty());
  EXPECT_THAT(asked("modified-by-hand", without_journal()),
              ElementsAre("unknown: the journal is damaged"));
}

TEST(ModifiedByHand, WhatWasNotedIsToldUntilARelease) {
  Observed observed = well();
  observed.records.value->modified =
      ModifiedByHand{noon - 2h, "", "files of web were changed", "one"};
  EXPECT_THAT(
      asked("modified-by-hand", observed),
      ElementsAre("fail [web]: modified by hand since " + iso_local(noon - 2h) +
                  ": files of web were changed -> look at it: ballast drift shop; bring it into an "
                  "image and deploy that since 2026-11-25T10:00:00Z"));
  observed.services.value->front().container.reset();
  EXPECT_EQ(asked("modified-by-hand", observed).size(), 1);
}

TEST(NotReadyToRollBack, AFirstReleaseHasNothingToMiss) {
  Observed observed = well();
  EXPECT_THAT(asked("not-ready-to-roll-back", observed),
              ElementsAre("pass: to sha-a1, whose image is here"));
  observed.way_back.value = WayBack{.ready = "no", .because = "the image is gone", .known_at = {}};
  EXPECT_THAT(asked("not-ready-to-roll-back", observed), ElementsAre("fail: the image is gone"));
  observed.way_back.value->none_yet = true;
  EXPECT_THAT(asked("not-ready-to-roll-back", observed), ElementsAre("pass: the image is gone"));
  observed.way_back.value =
      WayBack{.ready = "unknown", .because = "must be pulled", .known_at = {}};
  EXPECT_THAT(asked("not-ready-to-roll-back", observed), ElementsAre("unknown: must be pulled"));
}

}  // namespace
}  // namespace ballast
