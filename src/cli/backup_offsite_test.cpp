#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {
namespace {

using testing::Bench;

class OffsiteCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    bench.script.made.set.id = "20261125T022707Z-3f9a";
    bench.script.made.set.stack = "shop";
    bench.script.sent.remote = "offsite:backups";
    bench.script.sets = {{.id = "20261125T022707Z-3f9a", .folder = "/f", .set = {}, .trouble = {}}};
  }
  void fails(Kind kind, const std::string& set, std::string hint = {}) {
    bench.script.sent.trouble = Error(kind, "no route", std::move(hint));
    bench.script.sent.trouble_with = set;
    bench.script.made.sent = bench.script.sent;
  }
  Bench bench;
};

TEST_F(OffsiteCommand, ABackupThatDidNotReachItEndsWithSeven) {
  fails(Kind::failed, "");
  const auto ran = bench.run({"backup", "shop", "--quiet"});
  EXPECT_EQ(ran.status, 7);
  EXPECT_TRUE(ran.output.starts_with("shop 20261125T022707Z-3f9a: complete, "));
  EXPECT_EQ(ran.errors,
            "error: the set 20261125T022707Z-3f9a of shop is complete here, but did not reach "
            "offsite:backups: no route\n"
            "hint: the next backup tries again, and so does: ballast backup send shop\n");
}

TEST_F(OffsiteCommand, ThatAnOlderSetDidNotReachItIsSaidOfThatOne) {
  bench.script.sent.sets = {{.id = "20261125T022707Z-3f9a", .files = 7}};
  fails(Kind::verification, "20261124T0", "look");
  const auto ran = bench.run({"backup", "shop", "--quiet"});
  EXPECT_EQ(ran.status, 7);
  EXPECT_EQ(
      ran.errors,
      "error: the set 20261124T0 of shop did not reach offsite:backups: no route\nhint: look\n");
}

TEST_F(OffsiteCommand, WithJsonTheBackupSaysItInItsOneObject) {
  fails(Kind::refused, "");
  const auto ran = bench.run({"backup", "shop", "--json"});
  EXPECT_EQ(ran.status, 7);
  const auto json = parse_json(ran.output);
  ASSERT_TRUE(json);
  EXPECT_EQ(text_at(member(*json, "offsite"), "trouble"), "no route");
  EXPECT_EQ(number_at(*json, "exit"), 7);
}

TEST_F(OffsiteCommand, AnInterruptIsNoFailure) {
  fails(Kind::interrupted, "");
  EXPECT_EQ(bench.run({"backup", "shop"}).status, 130);
  EXPECT_EQ(bench.run({"backup", "send", "shop"}).status, 130);
}

TEST_F(OffsiteCommand, Send) {
  auto ran = bench.run({"backup", "send", "shop", "--wait", "5m", "--operator", "ken"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "offsite:backups has every set of shop already\n");
  EXPECT_EQ(bench.script.send.operator_name, "ken");
  EXPECT_EQ(bench.script.send.wait, std::chrono::minutes(5));
  bench.script.sent.sets = {{.id = "20261125T022707Z-3f9a", .files = 7}};
  ran = bench.run({"backup", "send", "shop"});
  EXPECT_EQ(ran.output, "shop 20261125T022707Z-3f9a: 7 files to offsite:backups\n");
  ran = bench.run({"backup", "send", "shop", "--json"});
  EXPECT_EQ(
      ran.output,
      "{\"remote\":\"offsite:backups\",\"sets\":[{\"id\":\"20261125T022707Z-3f9a\","
      "\"files\":7}],\"trouble\":null,\"schema\":\"ballast.backup-send/1\",\"stack\":\"shop\","
      "\"exit\":0}\n");
}

TEST_F(OffsiteCommand, SendKeepsTheKindOfARefusal) {
  fails(Kind::refused, "", "do this");
  const auto ran = bench.run({"backup", "send", "shop"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.errors,
            "error: the sets of shop did not reach offsite:backups: no route\nhint: do this\n");
  fails(Kind::failed, "20261124T0");
  EXPECT_EQ(bench.run({"backup", "send", "shop"}).status, 7);
}

TEST_F(OffsiteCommand, TheListHasAColumnWhenThereIsARemote) {
  EXPECT_EQ(bench.run({"backup", "list", "shop"}).output.find("off-site"), std::string::npos);
  bench.script.offsite.emplace();
  EXPECT_NE(bench.run({"backup", "list", "shop"}).output.find("  never  no\n"), std::string::npos);
  bench.script.offsite->push_back({.set = "20261125T022707Z-3f9a",
                                   .remote = "offsite:backups",
                                   .at = bench.clock.now() - std::chrono::hours(2)});
  EXPECT_NE(bench.run({"backup", "list", "shop"}).output.find("  2 h ago\n"), std::string::npos);
  EXPECT_EQ(bench.run({"backup", "list", "shop", "--remote"}).output.find("off-site"),
            std::string::npos);
}

}  // namespace
}  // namespace ballast
