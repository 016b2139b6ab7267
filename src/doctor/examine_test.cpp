#include "doctor/examine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/test_seen.h"

namespace ballast::doctor {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> ids(const std::vector<Line>& lines) {
  std::vector<std::string> found;
  for (const Line& line : lines)
    found.push_back(std::string(state_text(line.state)) + " " + std::string(line.kind->id));
  return found;
}

StackSeen weak_stack() {
  StackSeen stack = good_stack();
  set_compose(stack,
              "services:\n  web:\n    image: a/b:${ODOO_TAG}\n    privileged: true\n"
              "    volumes: ['data:/var/lib/odoo']\n    logging: {driver: local}\n");
  stack.postgres = {.value = {}, .trouble = "the container of web does not run"};
  return stack;
}

TEST(Examine, TheWorstStandFirst) {
  EXPECT_THAT(ids(judge_stack(weak_stack())),
              ElementsAre("weak privileged-container", "weak restart-missing",
                          "weak memory-limit-missing", "unknown postgres-client-older"));
}

TEST(Examine, WhatIsAcceptedStandsLastWithItsReason) {
  StackSeen stack = weak_stack();
  stack.accepted = {{"privileged-container", "needs the sound card, ken"},
                    {"postgres-client-older", "nobody dumps there, ken"},
                    {"mutable-tag", "not found any more"}};
  const auto lines = judge_stack(stack);
  EXPECT_THAT(ids(lines),
              ElementsAre("weak restart-missing", "weak memory-limit-missing",
                          "accepted privileged-container", "accepted postgres-client-older"));
  EXPECT_EQ(lines[2].reason, "needs the sound card, ken");
  EXPECT_FALSE(Report{.lines = lines}.all_good());
  EXPECT_TRUE((Report{.lines = {lines[2], lines[3]}}.all_good()));
}

TEST(Examine, WhatIsUnknownIsNotGood) {
  StackSeen stack = good_stack();
  EXPECT_TRUE(Report{.lines = judge_stack(stack)}.all_good());
  stack.backups = {};
  const Report report{.lines = judge_stack(stack)};
  EXPECT_EQ(report.count(State::unknown), 2u);
  EXPECT_FALSE(report.all_good());
}

TEST(Examine, ARepositoryIsNotAskedForWhatOnlyAServerHas) {
  StackSeen stack = good_folder();
  stack.backups = {};
  stack.postgres = {};
  stack.files = {};
  stack.secrets = {};
  EXPECT_THAT(judge_stack(stack), IsEmpty());
}

TEST(Examine, TheServerHasItsOwnList) {
  ServerSeen server = good_server();
  server.docker_groups.value->front().members = {"ken"};
  server.clock = {};
  EXPECT_THAT(ids(judge_server(server, {})),
              ElementsAre("weak docker-group-members", "unknown clock-not-synchronised"));
  EXPECT_THAT(ids(judge_server(
                  server, {{"docker-group-members", "ken"}, {"clock-not-synchronised", "ken"}})),
              ElementsAre("accepted docker-group-members", "accepted clock-not-synchronised"));
}

}  // namespace
}  // namespace ballast::doctor
