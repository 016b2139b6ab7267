#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {

namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::Ran;

const Time now{1'795'573'627s};  // 2026-11-25T02:27:07Z

class SilenceCommand : public ::testing::Test {
 protected:
  SilenceCommand() { bench_.script.stacks = {"blog", "shop"}; }
  Ran run(std::vector<std::string> words) {
    words.insert(words.begin(), "silence");
    return bench_.run(words);
  }
  std::string errors_of(std::vector<std::string> words) {
    const Ran ran = run(std::move(words));
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.output, "");
    return ran.errors;
  }
  const AlertSilence& made() const { return bench_.script.silence; }

  Bench bench_;
};

AlertSilence silence() {
  return {.stack = "shop",
          .rule = "disk-full",
          .from = now,
          .until = now + 1h,
          .reason = "the new disk comes today",
          .operator_name = "ken",
          .id = "3f9a0c1e"};
}

TEST_F(SilenceCommand, SilencesOneAlertOfAStack) {
  bench_.script.daemon.emplace();
  const Ran ran = run({"shop", "disk-full", "--for", "1h", "--reason", "the new disk comes today",
                       "--operator", "ken"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "Disk Full of shop is silenced until " + iso_local(now + 1h) +
                            "\n"
                            "to end it early: ballast silence --end 3f9a0c1e\n");
  EXPECT_EQ(ran.errors, "");
  EXPECT_EQ(made().stack, "shop");
  EXPECT_EQ(made().rule, "disk-full");
  EXPECT_EQ(made().from, now);
  EXPECT_EQ(made().until, now + 1h);
  EXPECT_EQ(made().reason, "the new disk comes today");
  EXPECT_EQ(made().operator_name, "ken");
  EXPECT_EQ(bench_.script.pokes, 1);
}

TEST_F(SilenceCommand, SaysThatNobodyWatches) {
  const Ran ran = run({"shop", "--for", "90", "--reason", "x"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "every alert of shop is silenced until " + iso_local(now + 90s) +
                            "\n"
                            "to end it early: ballast silence --end 3f9a0c1e\n"
                            "nobody watches now: systemctl start ballast\n");
  EXPECT_EQ(made().rule, "");
  EXPECT_EQ(made().operator_name, "root");
}

TEST_F(SilenceCommand, ADaemonThatDoesNotAnswerIsOnlyNoted) {
  bench_.script.daemon_error = Error(Kind::failed, "no answer within 5 s");
  const Ran ran = run({"shop", "--for", "1h", "--reason", "x"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.errors, "no answer within 5 s\n");
  EXPECT_EQ(ran.output, "every alert of shop is silenced until " + iso_local(now + 1h) +
                            "\nto end it early: ballast silence --end 3f9a0c1e\n");
}

TEST_F(SilenceCommand, AnAlertGoesByItsTitleToo) {
  for (const char* word : {"Off-site Behind", "off-site behind", "offsite-behind"}) {
    EXPECT_EQ(run({"shop", word, "--for", "1h", "--reason", "x"}).status, 0) << word;
    EXPECT_EQ(made().rule, "offsite-behind") << word;
  }
}

TEST_F(SilenceCommand, AllIsEveryStackAndTheServer) {
  EXPECT_EQ(run({"--all", "Disk Full", "--for", "1h", "--reason", "x"}).output.substr(0, 57),
            "Disk Full of every stack and the server is silenced until");
  EXPECT_EQ(made().stack, "");
  EXPECT_EQ(made().rule, "disk-full");
  run({"--all", "--for", "1h", "--reason", "x"});
  EXPECT_EQ(made().stack, "");
  EXPECT_EQ(made().rule, "");
}

TEST_F(SilenceCommand, InJsonTheOneThatWasMade) {
  const Ran ran = run({"shop", "disk-full", "--for", "1h", "--reason", "the new disk comes today",
                       "--operator", "ken", "--json"});
  EXPECT_EQ(ran.output,
            R"({"schema":"ballast.silence/1","silences":[{"id":"3f9a0c1e","stack":"shop",)"
            R"("alert":"disk-full","from":"2026-11-25T02:27:07Z","until":"2026-11-25T03:27:07Z",)"
            R"("reason":"the new disk comes today","operator":"ken"}],"watched":false,"exit":0})"
            "\n");
}

TEST_F(SilenceCommand, WhatIsMissingIsNamed) {
  EXPECT_EQ(errors_of({"shop", "--reason", "x"}),
            "error: no length of time was given\nhint: such as --for 1h; from 1m to 30d\n");
  EXPECT_EQ(errors_of({"shop", "--for", "1h"}),
            "error: no reason was given\n"
            "hint: such as --reason \"the new disk comes today\": whoever is on call reads it\n");
  EXPECT_EQ(errors_of({"--for", "1h", "--reason", "x"}),
            "error: no stack was given\nhint: for every stack, and the server: --all\n");
  EXPECT_EQ(errors_of({"--all", "shop", "disk-full", "--for", "1h", "--reason", "x"}),
            "error: --all goes without a stack\n"
            "hint: usage: ballast silence --all [alert] --for DURATION --reason TEXT\n");
}

TEST_F(SilenceCommand, ALengthHasItsLimits) {
  for (const char* length : {"1m", "60", "30d"})
    EXPECT_EQ(run({"shop", "--for", length, "--reason", "x"}).status, 0) << length;
  const std::string hint =
      "hint: from 1m to 30d; what shall never be told is `off` in the policy, under `alerts:`\n";
  EXPECT_EQ(errors_of({"shop", "--for", "59s", "--reason", "x"}),
            "error: --for `59s` is too short\n" + hint);
  EXPECT_EQ(errors_of({"shop", "--for", "30d1s", "--reason", "x"}),
            "error: --for `30d1s` is too long\n" + hint);
  EXPECT_EQ(errors_of({"shop", "--for", "tomorrow", "--reason", "x"}),
            "error: --for `tomorrow` is not a length of time\n"
            "hint: such as 30m, 2h or 7d; a bare number is seconds\n");
}

TEST_F(SilenceCommand, AReasonIsOneLine) {
  for (const char* reason : {"a|b", "a\nb", "a\x1b[2J", "\xff"})
    EXPECT_EQ(run({"shop", "--for", "1h", "--reason", reason}).status, 2) << reason;
  EXPECT_EQ(run({"shop", "--for", "1h", "--reason", std::string(256, 'x')}).status, 0);
  EXPECT_EQ(run({"shop", "--for", "1h", "--reason", std::string(257, 'x')}).status, 2);
  EXPECT_EQ(run({"shop", "--for", "1h", "--reason", "x", "--operator", "a|b"}).status, 2);
}

TEST_F(SilenceCommand, WhatThereIsNotIsRefused) {
  EXPECT_EQ(errors_of({"shp", "--for", "1h", "--reason", "x"}),
            "error: no stack `shp` in /srv/stacks\nhint: did you mean `shop`?\n");
  EXPECT_EQ(errors_of({"nothing-like-it", "--for", "1h", "--reason", "x"}),
            "error: no stack `nothing-like-it` in /srv/stacks\n"
            "hint: for every stack: ballast silence --all\n");
  EXPECT_EQ(errors_of({"shop", "disc full", "--for", "1h", "--reason", "x"}),
            "error: no alert `disc full`\nhint: did you mean `disk-full`?\n");
  EXPECT_TRUE(
      errors_of({"shop", "xyz", "--for", "1h", "--reason", "x"})
          .starts_with("error: no alert `xyz`\nhint: alerts: backup-failed, backup-overdue,"));
  EXPECT_EQ(bench_.script.pokes, 0);
}

TEST_F(SilenceCommand, WithoutWordsItListsWhatIsInForce) {
  EXPECT_EQ(run({}).output, "nothing is silenced\n");
  AlertSilence all = silence();
  all.stack.clear();
  all.rule.clear();
  all.id = "00000001";
  bench_.script.silences = {silence(), all};
  const std::string until = iso_local(now + 1h);
  EXPECT_EQ(run({}).output,
            "ID        STACK  ALERT      UNTIL                      BY   REASON\n"
            "3f9a0c1e  shop   disk-full  " +
                until +
                "  ken  the new disk comes today\n"
                "00000001  (all)  (every)    " +
                until + "  ken  the new disk comes today\n");
  EXPECT_EQ(run({"--json"}).output,
            R"({"schema":"ballast.silence/1","silences":[{"id":"3f9a0c1e","stack":"shop",)"
            R"("alert":"disk-full","from":"2026-11-25T02:27:07Z","until":"2026-11-25T03:27:07Z",)"
            R"("reason":"the new disk comes today","operator":"ken"},{"id":"00000001",)"
            R"("stack":null,"alert":null,"from":"2026-11-25T02:27:07Z",)"
            R"("until":"2026-11-25T03:27:07Z","reason":"the new disk comes today",)"
            R"("operator":"ken"}],"exit":0})"
            "\n");
  EXPECT_EQ(bench_.script.pokes, 0);
}

TEST_F(SilenceCommand, OneIsEndedEarly) {
  bench_.script.silences = {silence()};
  const Ran ran = run({"--end", "3f9a0c1e"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "Disk Full of shop is no longer silenced\n");
  EXPECT_EQ(bench_.script.ended, "3f9a0c1e");
  EXPECT_EQ(bench_.script.pokes, 1);
}

TEST_F(SilenceCommand, OneThatThereIsNotCannotBeEnded) {
  EXPECT_EQ(errors_of({"--end", "3f9a0c1e"}),
            "error: no silence `3f9a0c1e` is in force\nhint: list them: ballast silence\n");
  EXPECT_EQ(errors_of({"--end", "3f9a0c1e", "--for", "1h"}),
            "error: --for does not go with --end\nhint: usage: ballast silence --end ID\n");
  EXPECT_EQ(bench_.script.pokes, 0);
}

}  // namespace

}  // namespace ballast
