#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {
namespace {

using testing::Bench;

class RehearseCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    RehearsedDatabase good;
    good.outcome.database = "ten_a";
    good.outcome.elapsed = std::chrono::seconds(3);
    good.outcome.findings = {{"sale", "WARNING", "old"}};
    good.upgraded = true;
    good.changes = {"public.res_users: column theme new"};
    good.checks = {"web-login ten_a: 200"};
    RehearsedDatabase bad;
    bad.outcome.database = "ten_b";
    bad.outcome.trouble = "it ended with exit status 255";
    bad.upgraded = true;
    bench.script.rehearsed = {.id = "20261127T200000Z-ab12",
                              .stack = "shop",
                              .tag = "sha-a2",
                              .set = "20261127T195900Z-ab11",
                              .operator_name = "ann",
                              .at = {},
                              .passed = false,
                              .trouble = "ten_b: it ended with exit status 255",
                              .databases = {good, bad},
                              .upgrade = std::chrono::seconds(3),
                              .expected_outage = {},
                              .outage = {}};
  }
  Bench bench;
};

TEST_F(RehearseCommand, AFailedOneEndsWith8AndTellsEachDatabase) {
  EXPECT_EQ(bench.run({"rehearse", "shop", "sha-a2", "--set", "2026", "--upgrade", "all"}).status,
            8);
  EXPECT_EQ(bench.script.rehearse.set, "2026");
  EXPECT_EQ(bench.script.rehearse.upgrade, "all");
  EXPECT_EQ(bench.terminal.output,
            "shop sha-a2 on copies of 20261127T195900Z-ab11: failed\n"
            "database  result  upgrade  warnings  errors  left  changes  checks\n"
            "ten_a     passed  3 s      1         0       0     1        1\n"
            "ten_b     failed  0 ms     0         0       0     0        0\n"
            "  ten_a: passed, upgraded in 3 s\n"
            "  ten_a: sale: 1 warning\n"
            "  ten_a: public.res_users: column theme new\n"
            "  ten_b: failed: it ended with exit status 255\n");
}

TEST_F(RehearseCommand, OneThatPassedEndsWith0) {
  bench.script.rehearsed.passed = true;
  bench.script.rehearsed.trouble = "";
  bench.script.rehearsed.databases.pop_back();
  const auto ran = bench.run({"rehearse", "shop", "sha-a2", "--json"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(bench.terminal.output.starts_with(
      "{\"schema\":\"ballast.rehearsal/1\",\"id\":\"20261127T200000Z-ab12\","));
  EXPECT_TRUE(bench.terminal.output.ends_with(",\"exit\":0}\n"));
}

TEST_F(RehearseCommand, ATagIsNeverOptional) {
  EXPECT_EQ(bench.run({"rehearse", "shop"}).status, 2);
  EXPECT_EQ(bench.run({"rehearse", "shop", "a b"}).status, 2);
}

}  // namespace
}  // namespace ballast
