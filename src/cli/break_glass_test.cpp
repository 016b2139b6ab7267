#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {

namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::Ran;

const Time now{1'795'573'627s};  // 2026-11-25T02:27:07Z
using Words = std::vector<std::string>;

BreakGlass session() {
  return {.id = "20261125T022707Z-3f9a",
          .stack = "shop",
          .project = "shop",
          .reason = "cannot pay",
          .ticket = {},
          .opened_by = {.name = "ken", .user = 1000, .from_kernel = true},
          .opened = now,
          .length = 1h,
          .keep = 24h,
          .needs_approval = false,
          .approved_by = {},
          .approved = {},
          .closed = {},
          .closed_by = {},
          .changed = {},
          .follow_ups = {}};
}

class BreakGlassCommand : public ::testing::Test {
 protected:
  BreakGlassCommand() { bench_.script.session.session = session(); }
  Ran run(Words words) {
    words.insert(words.begin(), "break-glass");
    return bench_.run(words);
  }
  std::string usage_error(Words words) {
    const Ran ran = run(std::move(words));
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.output, "");
    return ran.errors;
  }
  void ended(const std::string& ending, std::optional<int> status) {
    bench_.script.run.session = session();
    bench_.script.run.recording.place = "web";
    bench_.script.run.recording.argv = {"sleep", "9"};
    bench_.script.run.recording.ending = ending;
    bench_.script.run.recording.status = status;
  }

  Bench bench_;
};

TEST_F(BreakGlassCommand, Opens) {
  bench_.script.session_notes = {"slack refused the notification: 404"};
  const Ran ran =
      run({"open", "shop", "--reason", "cannot pay", "--for", "30m", "--ticket", "T-1"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output,
            "20261125T022707Z-3f9a: shop is open to ken until " + iso_local(now + 1h) +
                "\n"
                "what is run so is recorded: ballast break-glass shell shop; ballast break-glass "
                "exec shop -- COMMAND\n"
                "end it: ballast break-glass close shop\n");
  EXPECT_EQ(ran.errors, "slack refused the notification: 404\n");
  EXPECT_EQ(bench_.script.opening.stack, "shop");
  EXPECT_EQ(bench_.script.opening.reason, "cannot pay");
  EXPECT_EQ(bench_.script.opening.ticket, "T-1");
  EXPECT_EQ(bench_.script.opening.length, 30min);
  EXPECT_EQ(bench_.script.pokes, 1);
}

TEST_F(BreakGlassCommand, SaysThatItAwaitsApproval) {
  bench_.script.session.session.needs_approval = true;
  EXPECT_EQ(run({"open", "shop", "--reason", "x"}).output,
            "20261125T022707Z-3f9a awaits the approval of a second person\n"
            "they type: ballast break-glass approve 20261125T022707Z-3f9a\n");
}

TEST_F(BreakGlassCommand, WhatStandsBehindTheDashesIsTheCommands) {
  ended("itself", 4);
  const Ran ran = run({"exec", "shop", "--service", "db", "--", "psql", "--json", "-c", "", "--"});
  EXPECT_EQ(ran.status, 4);
  EXPECT_EQ(ran.output, "");
  EXPECT_EQ(bench_.script.running.argv, (Words{"psql", "--json", "-c", "", "--"}));
  EXPECT_EQ(bench_.script.running.service, "db");
  EXPECT_EQ(bench_.script.running.word, "shop");
}

TEST_F(BreakGlassCommand, ToldWhenItWasEnded) {
  ended("time-up", 143);
  Ran ran = run({"exec", "shop", "--", "sleep", "9"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.errors,
            "error: the time of 20261125T022707Z-3f9a is up: `sleep 9` in web was ended\n"
            "hint: what it changed: ballast break-glass close 20261125T022707Z-3f9a\n");
  ended("interrupted", 143);
  EXPECT_EQ(run({"shell", "shop"}).status, 130);
  ended("hung-up", 143);
  EXPECT_EQ(run({"shell", "shop", "--host"}).status, 1);
  EXPECT_TRUE(bench_.script.running.on_host);
  EXPECT_TRUE(bench_.script.running.argv.empty());
}

TEST_F(BreakGlassCommand, Closes) {
  BreakGlass& closed = bench_.script.session.session;
  closed.closed = now;
  closed.changed = true;
  closed.follow_ups = {{.name = "pull-request", .link = "https://pr/1", .by = "ken", .done = now},
                       {.name = "notes", .link = {}, .by = {}, .done = {}}};
  bench_.script.session.changes = {
      {"files",
       {{{"service", "web"}, {"path", "/a.py"}, {"change", "changed"}, {"patch", "changes.patch"}},
        {{"service", "web"}, {"path", "/b"}, {"change", "added"}, {"content", "binary"}}}},
      {"variables", {{{"name", "X"}, {"change", "added"}}}},
      {"stack_files", {"docker-compose.yml"}},
      {"containers", {"web was restarted"}},
      {"troubles", {"y"}}};
  const Ran ran = run({"close", "shop", "--pull-request", "https://pr/1"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output,
            "20261125T022707Z-3f9a on shop is closed\n"
            "  /a.py in web: changed, see changes.patch\n"
            "  /b in web: added, binary\n"
            "  X in .env: added\n"
            "  docker-compose.yml: changed\n"
            "  web was restarted\n"
            "  not compared: y\n"
            "shop is modified by hand until a deploy replaces it\n"
            "incident page: /sessions/incident.md\n"
            "to do:\n"
            "  [x] pull request with the change: https://pr/1\n"
            "  [ ] incident notes\n");
  EXPECT_EQ(bench_.script.closing.word, "shop");
  EXPECT_EQ(bench_.script.closing.pull_request, "https://pr/1");
  EXPECT_EQ(bench_.script.closing.review, std::nullopt);
}

TEST_F(BreakGlassCommand, ListsAndShows) {
  EXPECT_EQ(run({}).output, run({"list"}).output);
  EXPECT_NE(run({"list", "shop"}).output.find("20261125T022707Z-3f9a"), std::string::npos);
  EXPECT_EQ(bench_.script.stack, "shop");
  const auto json = parse_json(run({"list", "--json"}).output);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("schema"), "ballast.break-glass/1");
  EXPECT_EQ(json->at("sessions").at(0).at("state"), "open");
  EXPECT_EQ(json->at("exit"), 0);
  const auto one = parse_json(run({"show", "shop", "--json"}).output);
  EXPECT_EQ(one->at("session").at("opened_by").at("user"), 1000);
  EXPECT_NE(
      run({"show", "shop"}).output.find("  opened: " + iso_local(now) + " by ken (uid 1000)\n"),
      std::string::npos);
}

TEST_F(BreakGlassCommand, RefusesWordsThatDoNotFit) {
  EXPECT_EQ(usage_error({"open", "shop"}),
            "error: no reason was given\n"
            "hint: such as --reason \"customers cannot pay\": everybody who is told reads it\n");
  EXPECT_EQ(usage_error({"opne", "shop"}),
            "error: unknown action `opne`\nhint: did you mean open?\n");
  EXPECT_EQ(usage_error({"shell", "shop", "--reason", "x"}),
            "error: --reason does not go with shell\nhint: see: ballast help break-glass\n");
  EXPECT_EQ(usage_error({"shell", "shop", "--", "ls"}),
            "error: a command does not go with shell\n"
            "hint: to run one: ballast break-glass exec STACK -- COMMAND\n");
  EXPECT_EQ(usage_error({"exec", "shop"}),
            "error: no command was given\n"
            "hint: usage: ballast break-glass exec shop -- COMMAND\n");
  EXPECT_EQ(usage_error({"exec", "shop", "--host", "--user", "root", "--", "ls"}),
            "error: --user does not go with --host\nhint: --host is the server itself, as root\n");
  EXPECT_EQ(usage_error({"open", "shop", "--reason", "x", "--for", "soon"}),
            "error: --for `soon` is not a length of time\n"
            "hint: such as 30m or 2h; a bare number is seconds\n");
  EXPECT_EQ(usage_error({"close"}),
            "error: no stack was given\n"
            "hint: usage: ballast break-glass close STACK; sessions: ballast break-glass list\n");
}

}  // namespace

}  // namespace ballast
