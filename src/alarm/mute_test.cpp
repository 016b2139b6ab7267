#include "alarm/mute.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;

const AlertName health{.rule = "health-check-fail", .stack = "shop", .subject = "ten_a"};
const Time noon{1'795'573'627s};

Mute mute(const AlertName& alert, const std::vector<AlertSilence>& silences,
          const std::vector<OwnWork>& works = {}, const std::vector<AlertName>& causes = {},
          Time now = noon) {
  return mute_of(alert, silences, works, causes, now);
}

TEST(MuteTest, NothingHidesNothing) { EXPECT_EQ(mute(health, {}), Mute::none); }

TEST(MuteTest, ASilenceCoversItsAlertsWhileItLasts) {
  const AlertSilence silence{.stack = "shop", .rule = "", .from = noon, .until = noon + 1h};
  EXPECT_EQ(mute(health, {silence}), Mute::silenced);
  EXPECT_EQ(mute(health, {silence}, {}, {}, noon + 1h - 1ms), Mute::silenced);
  EXPECT_EQ(mute(health, {silence}, {}, {}, noon + 1h), Mute::none);
  EXPECT_EQ(mute(health, {silence}, {}, {}, noon - 1ms), Mute::none);
  EXPECT_EQ(mute({.rule = "health-check-fail", .stack = "erp"}, {silence}), Mute::none);
}

TEST(MuteTest, ASilenceOfOneAlertLeavesTheOthers) {
  const AlertSilence silence{
      .stack = "shop", .rule = "disk-full", .from = noon, .until = noon + 1h};
  EXPECT_EQ(mute(health, {silence}), Mute::none);
  EXPECT_EQ(mute({.rule = "disk-full", .stack = "shop"}, {silence}), Mute::silenced);
}

TEST(MuteTest, WhatIsOfTheServerIsSilencedThroughAnyStackByItsName) {
  const AlertSilence disk{.stack = "shop", .rule = "disk-full", .from = noon, .until = noon + 1h};
  EXPECT_EQ(mute({.rule = "disk-full"}, {disk}), Mute::silenced);
  EXPECT_EQ(mute({.rule = "engine-down"}, {disk}), Mute::none);
  const AlertSilence all{.stack = "shop", .rule = "", .from = noon, .until = noon + 1h};
  EXPECT_EQ(mute({.rule = "disk-full"}, {all}), Mute::none);
}

TEST(MuteTest, ASilenceOfEverything) {
  const AlertSilence silence{.from = noon, .until = noon + 1h};
  EXPECT_EQ(mute({.rule = "disk-full"}, {silence}), Mute::silenced);
  EXPECT_EQ(mute(health, {silence}), Mute::silenced);
}

TEST(MuteTest, AnOperationHidesWhatItCausesInItsStackAsLongAsItMayLast) {
  const OwnWork deploy{.kind = "deploy", .stack = "shop", .running = 1min, .may_last = 10min};
  EXPECT_EQ(mute(health, {}, {deploy}), Mute::suppressed);
  EXPECT_EQ(mute({.rule = "health-check-fail", .stack = "erp"}, {}, {deploy}), Mute::none);
  EXPECT_EQ(mute({.rule = "disk-full", .stack = "shop"}, {}, {deploy}), Mute::none);
  const OwnWork overdue{.kind = "deploy", .stack = "shop", .running = 10min, .may_last = 10min};
  EXPECT_EQ(mute(health, {}, {overdue}), Mute::none);
}

TEST(MuteTest, ABackupHidesOnlyWhatIsSaidOfBackups) {
  const OwnWork backup{.kind = "backup", .stack = "shop", .running = 1min, .may_last = 1h};
  EXPECT_EQ(mute(health, {}, {backup}), Mute::none);
  EXPECT_EQ(mute({.rule = "backup-overdue", .stack = "shop"}, {}, {backup}), Mute::suppressed);
}

TEST(MuteTest, WhatIsNotKnownHidesNothing) {
  EXPECT_TRUE(caused_by("nonsense").empty());
  EXPECT_EQ(longest_of("nonsense"), 0ms);
  EXPECT_EQ(longest_of("rollback"), 1h);
}

TEST(MuteTest, ACauseExplainsItsConsequences) {
  EXPECT_EQ(mute(health, {}, {}, {{.rule = "db-connection", .stack = "shop"}}), Mute::suppressed);
  EXPECT_EQ(mute(health, {}, {}, {{.rule = "db-connection", .stack = "erp"}}), Mute::none);
  EXPECT_EQ(mute(health, {}, {}, {{.rule = "engine-down"}}), Mute::suppressed);
  EXPECT_EQ(mute({.rule = "db-connection", .stack = "shop"}, {}, {}, {health}), Mute::none);
}

TEST(MuteTest, AFullDiskExplainsThatItFillsAndNoOtherOne) {
  const AlertName filling{.rule = "disk-filling", .stack = "", .subject = "/srv/stacks"};
  EXPECT_EQ(mute(filling, {}, {}, {{.rule = "disk-full", .stack = "", .subject = "/srv/stacks"}}),
            Mute::suppressed);
  EXPECT_EQ(
      mute(filling, {}, {}, {{.rule = "disk-full", .stack = "", .subject = "/var/lib/docker"}}),
      Mute::none);
}

TEST(MuteTest, NothingExplainsItself) {
  for (const char* rule : {"container-down", "db-connection", "disk-full", "engine-down"})
    EXPECT_FALSE(explains({.rule = rule, .stack = "shop"}, {.rule = rule, .stack = "shop"}));
}

TEST(MuteTest, SilencesAreReadBack) {
  const AlertSilence silence{.stack = "shop",
                             .rule = "disk-full",
                             .from = noon,
                             .until = noon + 1h,
                             .reason = "the new disk comes today",
                             .operator_name = "ken",
                             .id = "3f9a0c1e"};
  const AlertSilence read = parse_silence(*parse_json(json_text(silence_json(silence))));
  EXPECT_EQ(json_text(silence_json(read)), json_text(silence_json(silence)));
  EXPECT_EQ(read.until, noon + 1h);
}

}  // namespace
}  // namespace ballast
