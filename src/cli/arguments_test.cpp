#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {

namespace {

using testing::Bench;

struct Wrong {
  std::vector<std::string> words;
  std::string text;
};

class WrongWords : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongWords, AreNamedExactly) {
  Bench bench;
  const auto ran = bench.run(GetParam().words);
  EXPECT_EQ(ran.errors, GetParam().text);
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.output, "");
  EXPECT_FALSE(bench.script.deployed);
}

const std::string tag_hint =
    "hint: a tag is never optional: what runs must be named. Give the tag that the build pushed, "
    "such as sha-a1b2c3d\n";
const std::string deploy_usage =
    "hint: usage: ballast deploy <stack> <tag> [--env ENV] [--operator NAME] [--wait DURATION] "
    "[--override GATE]... [--reason TEXT] [--via-key KEY] [--refuse-older] "
    "[--accept KIND[=VALUE]]... [--upgrade MODULES] [--dry-run] [--json]\n";

INSTANTIATE_TEST_SUITE_P(
    CommandLine, WrongWords,
    ::testing::Values(
        Wrong{{}, "error: no command was given\nhint: `ballast --help` lists the commands\n"},
        Wrong{{"deply", "shop"},
              "error: unknown command `deply`\nhint: did you mean `ballast deploy`?\n"},
        Wrong{{"xyzzy"},
              "error: unknown command `xyzzy`\nhint: `ballast --help` lists the commands\n"},
        Wrong{{""}, "error: unknown command ``\nhint: `ballast --help` lists the commands\n"},
        Wrong{{"--rot", "/x"},
              "error: unknown option --rot\n"
              "hint: did you mean --root? `ballast --help` lists the options\n"},
        Wrong{{"deploy", "shop", "a", "--ovrride", "disk-space"},
              "error: unknown option --ovrride\n"
              "hint: did you mean --override? `ballast deploy --help` lists the options\n"},
        Wrong{{"deploy", "shop", "a", "-x"},
              "error: unknown option -x\nhint: `ballast deploy --help` lists the options\n"},
        Wrong{{"deploy", "shop", "a", "--forceful=yes"},
              "error: unknown option --forceful\n"
              "hint: `ballast deploy --help` lists the options\n"},
        Wrong{{"deploy", "shop"}, "error: no tag was given\n" + tag_hint},
        Wrong{{"deploy", "shop", ""}, "error: no tag was given\n" + tag_hint},
        Wrong{{"deploy"}, "error: no stack was given\n" + deploy_usage},
        Wrong{{"deploy", "shop", "a", "b"}, "error: one word too many: `b`\n" + deploy_usage},
        Wrong{{"status", ""},
              "error: the stack is empty\nhint: usage: ballast status [stack] [--since "
              "DURATION] [--json]\n"},
        Wrong{{"deploy", "shop", "a", "--env"}, "error: --env needs a value (ENV)\n"},
        Wrong{{"deploy", "shop", "a", "--env="}, "error: --env needs a value (ENV)\n"},
        Wrong{{"deploy", "shop", "--env=", "a"}, "error: --env needs a value (ENV)\n"},
        Wrong{{"deploy", "shop", "a", "--env", ""}, "error: --env needs a value (ENV)\n"},
        Wrong{{"deploy", "shop", "a", "--env", "--dry-run"},
              "error: --env needs a value (ENV), but --dry-run follows\n"
              "hint: a value that begins with `-` is written --env=--dry-run\n"},
        Wrong{{"deploy", "shop", "a", "--env", "--", "b"},
              "error: --env needs a value (ENV), but -- follows\n"
              "hint: a value that begins with `-` is written --env=--\n"},
        Wrong{{"deploy", "shop", "a", "--dry-run=no"}, "error: --dry-run takes no value\n"},
        Wrong{{"deploy", "shop", "a", "--env", "x", "--env", "y"},
              "error: --env is given 2 times\nhint: give it once\n"},
        Wrong{{"deploy", "shop", "a", "--wait", "soon"},
              "error: --wait `soon` is not a length of time\n"
              "hint: such as 90s, 5m or 1h30m; a bare number is seconds\n"},
        Wrong{{"history", "--since", "yore"},
              "error: --since `yore` is not a time\n"
              "hint: such as 2026-11-25, 2026-11-25T11:27:07+09:00, or an age such as 7d-ago\n"},
        Wrong{{"history", "--limit", "0"}, "error: --limit `0` is not a positive number\n"},
        Wrong{{"history", "--limit", "3x"}, "error: --limit `3x` is not a positive number\n"},
        Wrong{{"config", "shw"}, "error: unknown action `shw`\nhint: did you mean show?\n"},
        Wrong{{"config", "erase"},
              "error: unknown action `erase`\nhint: it is one of: show, validate\n"},
        Wrong{{"config", "show"},
              "error: no stack was given\nhint: usage: ballast config show <stack> [--json]\n"},
        Wrong{{"completion", "tcsh"},
              "error: unknown shell `tcsh`\nhint: it is one of: bash, fish, zsh\n"},
        Wrong{{"help", "deply"},
              "error: unknown command `deply`\nhint: did you mean `ballast deploy`?\n"},
        Wrong{{"status", "--root", "tmp"},
              "error: the root `tmp` is not absolute\n"
              "hint: --root and BALLAST_ROOT take a path that begins with /\n"},
        Wrong{{"status", "--root", "/nowhere"},
              "error: the root /nowhere does not exist\n"
              "hint: --root and BALLAST_ROOT take a folder that exists, and no symlink\n"},
        Wrong{{"status", "--root", "/tmp/link/"},
              "error: the root /tmp/link is not a folder\n"
              "hint: --root and BALLAST_ROOT take a folder that exists, and no symlink\n"}));

TEST(Arguments, EveryFormOfAnOptionIsRead) {
  Bench bench;
  bench.run({"deploy", "--env=stage", "shop", "--operator", "ken", "sha-1", "--wait", "5m",
             "--override", "disk-space", "--override=memory", "--reason=-5 degrees"});
  const auto& request = bench.script.deploy;
  EXPECT_EQ(request.stack, "shop");
  EXPECT_EQ(request.tag, "sha-1");
  EXPECT_EQ(request.environment, "stage");
  EXPECT_EQ(request.operator_name, "ken");
  EXPECT_EQ(request.wait, std::chrono::minutes(5));
  EXPECT_EQ(request.overrides, (std::vector<std::string>{"disk-space", "memory"}));
  EXPECT_EQ(request.reason, "-5 degrees");
}

TEST(Arguments, ValuesStayAsTheyAreWritten) {
  Bench bench;
  bench.run({"deploy", "shop", "a", "--override", "x", "--reason", "[a, b] = \"c\" 'd' %e"});
  EXPECT_EQ(bench.script.deploy.reason, "[a, b] = \"c\" 'd' %e");
  bench.run({"deploy", "shop", "a", "--override", "x", "--reason=a=b"});
  EXPECT_EQ(bench.script.deploy.reason, "a=b");
}

TEST(Arguments, TwoDashesEndTheOptions) {
  Bench bench;
  const auto ran = bench.run({"deploy", "shop", "--", "--dry-run"});
  EXPECT_EQ(bench.script.deploy.tag, bench.script.deployed ? "--dry-run" : "");
  EXPECT_EQ(ran.output.find("the plan"), std::string::npos);
}

TEST(Arguments, GlobalOptionsStandBeforeOrBehindTheCommand) {
  Bench bench;
  bench.run({"--quiet", "--root", "/tmp/server", "status"});
  EXPECT_EQ(bench.script.root, "/tmp/server");
  bench.script.root.clear();
  bench.run({"status", "--root=/tmp/server/"});
  EXPECT_EQ(bench.script.root, "/tmp/server");
}

TEST(Arguments, RootComesFromTheEnvironmentWhenItIsNotGiven) {
  Bench bench;
  bench.run({"status"});
  EXPECT_EQ(bench.script.root, "/");
  bench.machine.variables["BALLAST_ROOT"] = "/tmp/server";
  bench.run({"status"});
  EXPECT_EQ(bench.script.root, "/tmp/server");
}

TEST(Arguments, TheOperatorIsWhoStandsBehindSudo) {
  Bench bench;
  bench.run({"deploy", "shop", "a"});
  EXPECT_EQ(bench.script.deploy.operator_name, "root");
  bench.machine.variables["SUDO_USER"] = "ken";
  bench.run({"deploy", "shop", "a"});
  EXPECT_EQ(bench.script.deploy.operator_name, "ken");
}

TEST(Arguments, AnAgeOrATimeLimitsHistory) {
  Bench bench;
  bench.run({"history", "--since", "7d-ago", "--limit", "3"});
  EXPECT_EQ(bench.script.query.since, bench.clock.time - std::chrono::hours(24 * 7));
  EXPECT_EQ(bench.script.query.limit, 3u);
  bench.run({"history", "--since", "2026-11-25"});
  EXPECT_EQ(bench.script.query.since, parse_time("2026-11-25"));
}

}  // namespace

}  // namespace ballast
