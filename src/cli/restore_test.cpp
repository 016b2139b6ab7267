#include "restore/restore.h"

#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {
namespace {

using testing::Bench;

class RestoreCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    bench.script.replaced.set.id = "20261125T022707Z-3f9a";
    bench.script.replaced.set.stack = "shop";
    bench.script.replaced.age = std::chrono::minutes(90);
    bench.script.replaced.tag_now = "sha-a2";
    bench.script.replaced.tag_then = "sha-a1";
    bench.script.replaced.databases = {
        {.database = "shop", .is_live = true, .live_size = 2'000'000, .set_size = 1'000'000}};
    bench.script.restored = {.operation = "20261125T030000Z-0000",
                             .set = "20261125T022707Z-3f9a",
                             .tag = "sha-a1",
                             .databases = {"shop"},
                             .elapsed = std::chrono::seconds(4)};
  }
  Bench bench;
};

TEST_F(RestoreCommand, SaysWhatItReplacesAndAsks) {
  bench.terminal.answer = "n";
  EXPECT_EQ(bench.run({"restore", "shop"}).status, 3);
  EXPECT_EQ(bench.terminal.output,
            "restore shop from 20261125T022707Z-3f9a, taken 1 h ago\n"
            "  database  live now  in the set\n"
            "  shop      2.0 MB    1.0 MB      is replaced\n"
            "  the release goes from sha-a2 to sha-a1\n"
            "  what was written in the last 1 h 30 min is no longer live; it is kept aside\n");
  EXPECT_EQ(bench.terminal.errors, "error: not confirmed; nothing was changed\n");
  EXPECT_TRUE(bench.script.restore.operator_name == "disaster-recovery");
}

TEST_F(RestoreCommand, WithoutATerminalItWantsAYes) {
  EXPECT_EQ(bench.run({"restore", "shop"}).status, 2);
  EXPECT_EQ(bench.terminal.errors,
            "error: a restore replaces live data, and nobody can be asked\n"
            "hint: say so: --yes; nothing was changed\n");
}

TEST_F(RestoreCommand, EndsWithTheWayBack) {
  EXPECT_EQ(bench.run({"restore", "shop", "2026", "--yes", "--quiet"}).status, 0);
  EXPECT_EQ(bench.script.restore.set, "2026");
  EXPECT_TRUE(bench.terminal.output.ends_with(
      "shop restored from 20261125T022707Z-3f9a: 1 database (4 s)\n"));
}

TEST_F(RestoreCommand, FromAFolderOrARemote) {
  EXPECT_EQ(bench.run({"restore", "shop", "--from", "/media/disk:1/", "--yes"}).status, 0);
  EXPECT_EQ(bench.script.restore.from, "/media/disk:1");
  EXPECT_FALSE(bench.script.restore.remote);
  EXPECT_EQ(bench.run({"restore", "shop", "--from", "offsite:backups/", "--yes"}).status, 0);
  EXPECT_EQ(bench.script.restore.from, "");
  EXPECT_EQ(bench.script.restore.remote->text(), "offsite:backups");
  for (const char* wrong : {"backups", "./a:b", "offsite,x=y:backups"})
    EXPECT_EQ(bench.run({"restore", "shop", "--from", wrong, "--yes"}).status, 2) << wrong;
}

TEST_F(RestoreCommand, JsonIsOneObject) {
  EXPECT_EQ(bench.run({"restore", "shop", "--yes", "--json"}).status, 0);
  EXPECT_EQ(
      bench.terminal.output,
      "{\"schema\":\"ballast.restore/1\",\"operation\":\"20261125T030000Z-0000\",\"stack\":"
      "\"shop\",\"set\":\"20261125T022707Z-3f9a\",\"tag\":\"sha-a1\",\"databases\":[\"shop\"],"
      "\"seconds\":4.0,\"exit\":0}\n");
}

TEST_F(RestoreCommand, RefusesWordsThatExcludeEachOther) {
  EXPECT_EQ(bench.run({"restore", "shop", "--undo", "--confirm"}).status, 2);
  EXPECT_EQ(bench.terminal.errors, "error: --undo and --confirm exclude each other\n");
}

TEST(DrillCommand, AFailedDrillEndsWith8) {
  Bench bench;
  bench.script.drilled = {.id = "20261125T030000Z-0000",
                          .stack = "shop",
                          .set = "20261125T022707Z-3f9a",
                          .passed = false,
                          .trouble = "the release does not verify on the copy: not good",
                          .checks = {"web-login shop: 500"},
                          .restored = std::chrono::seconds(9),
                          .age = std::chrono::hours(2)};
  EXPECT_EQ(bench.run({"drill", "shop"}).status, 8);
  EXPECT_EQ(bench.terminal.output,
            "shop 20261125T022707Z-3f9a: failed, restored in 9 s, the data 2 h old\n"
            "  the release does not verify on the copy: not good\n"
            "  web-login shop: 500\n");
}

TEST(PruneCommand, SaysWhatWouldGoAndWhy) {
  Bench bench;
  bench.script.pruned = {
      .stacks = {{.stack = "shop",
                  .parts = {{"set 20261101T000000Z-0000", "daily: beyond the newest 7", 3'000'000}},
                  .trouble = {}}},
      .logs = {{.container = "shop-web-1", .stack = "shop", .bytes = 2'000'000'000}}};
  EXPECT_EQ(bench.run({"prune", "--dry-run"}).status, 0);
  EXPECT_TRUE(bench.script.prune.dry_run);
  EXPECT_EQ(bench.terminal.output,
            "stack  would go                   size    because\n"
            "shop   set 20261101T000000Z-0000  3.0 MB  daily: beyond the newest 7\n"
            "at most 3.0 MB would be freed\n"
            "the log of shop-web-1 (shop) is 2.0 GB: give the service a `logging:` with "
            "`max-size`\n");
}

}  // namespace
}  // namespace ballast
