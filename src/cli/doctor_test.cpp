#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "base/text.h"
#include "cli/manual.h"
#include "cli/test_support.h"

namespace ballast {
namespace {

using testing::Bench;
using ::testing::HasSubstr;

doctor::Line line(std::string_view id, const std::string& stack, const std::string& subject,
                  const std::string& what, const std::string& mend,
                  doctor::State state = doctor::State::weak) {
  return {.kind = find_weakness(id),
          .stack = stack,
          .state = state,
          .finding = {.subject = subject, .what = what, .mend = mend},
          .reason = {}};
}

doctor::Report report() {
  doctor::Report report;
  report.at = *parse_time("2026-11-25T12:00:00Z");
  report.stacks = {"shop"};
  report.lines = {
      line("docker-group-members", "", "/etc/group:44", "ken is root", "gpasswd -d ken docker"),
      line("mutable-tag", "shop", "c.yml:3", "`main` moves", "push it\nballast deploy shop x"),
      line("list-db-on", "shop", "odoo.conf", "not\x1bseen", "", doctor::State::unknown),
      line("password-in-config", "shop", "odoo.conf", "not\x1bseen", "", doctor::State::unknown),
      line("restart-missing", "shop", "c.yml:9", "stays down", "restart: always",
           doctor::State::accepted)};
  report.lines.back().reason = "by hand, ken";
  return report;
}

TEST(Doctor, ShowsTheWorstFirstWithItsMendAndCounts) {
  Bench bench;
  bench.script.examined = report();
  const auto ran = bench.run({"doctor"});
  EXPECT_EQ(ran.status, 9);
  EXPECT_EQ(ran.output,
            "the server\n"
            "  grave     docker-group-members  /etc/group:44\n"
            "    ken is root\n"
            "    mend: gpasswd -d ken docker\n"
            "\n"
            "stack shop\n"
            "  grave     mutable-tag           c.yml:3\n"
            "    `main` moves\n"
            "    mend: push it\n"
            "          ballast deploy shop x\n"
            "  unknown   list-db-on, password-in-config  odoo.conf\n"
            "    not\\x1bseen\n"
            "  accepted  restart-missing       c.yml:9\n"
            "    stays down\n"
            "    accepted: by hand, ken\n"
            "\n"
            "2 weaknesses (2 grave), 2 unknown, 1 accepted on the server and 1 stack\n");
}

TEST(Doctor, WhatIsAcceptedDoesNotCount) {
  Bench bench;
  bench.script.examined = report();
  bench.script.examined.lines.erase(bench.script.examined.lines.begin(),
                                    bench.script.examined.lines.end() - 1);
  const auto ran = bench.run({"doctor", "shop"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(bench.script.stack, "shop");
  EXPECT_THAT(ran.output, HasSubstr("no weakness, 1 accepted on the server and 1 stack\n"));
  bench.script.examined = {};
  EXPECT_EQ(bench.run({"doctor"}).output, "no weakness on the server\n");
}

TEST(Doctor, TellsProgramsTheSame) {
  Bench bench;
  bench.script.examined = report();
  const auto json = parse_json(bench.run({"doctor", "--json"}).output);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["schema"], "ballast.doctor/1");
  EXPECT_EQ((*json)["exit"], 9);
  EXPECT_EQ((*json)["weak"], 2);
  EXPECT_EQ((*json)["unknown"], 2);
  EXPECT_EQ((*json)["accepted"], 1);
  EXPECT_EQ(
      (*json)["findings"][1].dump(),
      R"({"id":"mutable-tag","title":"the tag of an image may mean another one tomorrow",)"
      R"("scope":"stack","stack":"shop","gravity":"grave","state":"weak","subject":"c.yml:3",)"
      R"("what":"`main` moves","mend":"push it\nballast deploy shop x","reason":null})");
  EXPECT_EQ((*json)["findings"][4]["reason"], "by hand, ken");
}

TEST(Doctor, AFolderGoesWithoutAStack) {
  Bench bench;
  const auto ran = bench.run({"doctor", "shop", "--folder", "/tmp/server"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.errors,
            "error: --folder goes without a stack\nhint: usage: ballast doctor --folder DIR\n");
  EXPECT_EQ(bench.run({"doctor", "--folder", "/nowhere"}).errors,
            "error: /nowhere is not a folder\n"
            "hint: name the folder of the repository that holds the compose file\n");
}

// "`id` (gravity): why. Mend: how."
TEST(Doctor, ManualHasEveryWeaknessUnderItsScope) {
  const std::string page(manual_of("doctor").value_or(""));
  const auto of_stack = page.find("# WEAKNESSES OF A STACK\n");
  const auto of_server = page.find("# WEAKNESSES OF A SERVER\n");
  const std::regex form(R"(\n- `([a-z-]+)` \((grave|serious|slight)\):)");
  std::vector<std::string> stacks;
  std::vector<std::string> servers;
  for (std::sregex_iterator at(page.begin(), page.end(), form), end; at != end; ++at) {
    const std::string id = (*at)[1];
    const WeaknessKind* kind = find_weakness(id);
    ASSERT_NE(kind, nullptr) << id;
    EXPECT_EQ((*at)[2].str(), gravity_text(kind->gravity)) << id;
    const auto place = static_cast<std::size_t>(at->position());
    EXPECT_GT(place, of_stack);
    (place > of_server ? servers : stacks).push_back(id);
    const std::string text = page.substr(place + 2, page.find("\n- ", place + 2) - place);
    EXPECT_THAT(replace_all(text, "\n ", ""), HasSubstr("Mend: ")) << id;
  }
  std::vector<std::string> wanted_stacks;
  std::vector<std::string> wanted_servers;
  for (const WeaknessKind& kind : weakness_table)
    (kind.scope == WeaknessScope::stack ? wanted_stacks : wanted_servers).emplace_back(kind.id);
  EXPECT_EQ(stacks, wanted_stacks);
  EXPECT_EQ(servers, wanted_servers);
}

}  // namespace
}  // namespace ballast
