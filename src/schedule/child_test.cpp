#include "schedule/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/check_test_support.h"
#include "schedule/test_jobs.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class EnvironmentOf : public test::FakeMachine {
 public:
  std::optional<std::string> variable(const std::string& name) override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  std::map<std::string, std::string> variables;
};

Outcome ended(int status, const std::string& output, const std::string& errors = {}) {
  Outcome outcome;
  outcome.status = status;
  outcome.output = output;
  outcome.errors = errors;
  return outcome;
}

TEST(ChildTest, IsTheCommandThatOneWouldType) {
  EnvironmentOf machine;
  const Job daily = daily_job("Asia/Tokyo", 3h);
  const Command command = child_of(daily, "/usr/bin/ballast", "/", machine, 7);
  EXPECT_THAT(command.argv, ElementsAre("/usr/bin/ballast", "--root", "/", "backup", "shop",
                                        "daily", "--operator", "schedule", "--json"));
  EXPECT_THAT(command.inherited, ElementsAre(7));
  EXPECT_EQ(command.deadline, 12h);
  Job drill = daily;
  drill.kind = JobKind::drill;
  EXPECT_THAT(words_of(drill, "/tmp/x"),
              ElementsAre("--root", "/tmp/x", "drill", "shop", "--operator", "schedule", "--json"));
}

TEST(ChildTest, IsGivenWhatItNeedsAndNoMore) {
  EnvironmentOf machine;
  machine.variables = {
      {"PATH", "/bin"},           {"HOME", "/root"},         {"DOCKER_HOST", "unix://x"},
      {"BALLAST_COMPOSE_V1", ""}, {"RCLONE_CONFIG", "/r"},   {"AWS_SECRET_ACCESS_KEY", "s3cret"},
      {"SUDO_USER", "ken"},       {"LD_PRELOAD", "/evil.so"}};
  const Command command = child_of(daily_job("Asia/Tokyo", 3h), "ballast", "/", machine, 7);
  EXPECT_THAT(command.environment,
              UnorderedElementsAre(Pair("PATH", "/bin"), Pair("HOME", "/root"),
                                   Pair("LC_ALL", "C.UTF-8"), Pair("DOCKER_HOST", "unix://x"),
                                   Pair("BALLAST_COMPOSE_V1", ""), Pair("RCLONE_CONFIG", "/r")));
}

TEST(ChildTest, ThatWentWell) {
  const ChildEnd end = end_of(ended(0, R"({"complete": true, "exit": 0})"));
  EXPECT_TRUE(end.went_well());
  EXPECT_TRUE(end.settled);
  EXPECT_EQ(end.message, "");
}

TEST(ChildTest, WhoseStackIsHeldHasNotBegun) {
  const ChildEnd end = end_of(ended(
      6, R"({"error": {"kind": "locked", "message": "stack shop is held", "hint": "wait"}})"));
  EXPECT_TRUE(end.held);
  EXPECT_FALSE(end.settled);
  EXPECT_EQ(end.message, "stack shop is held");
  EXPECT_EQ(end.hint, "wait");
}

// The set was made; only another send of sets was under way.
TEST(ChildTest, WhoseSetIsCompleteIsSettledHoweverItEnds) {
  const ChildEnd end = end_of(ended(
      6,
      R"({"complete": true, "reasons": [], "offsite": {"trouble": "another send is under way"}})"));
  EXPECT_FALSE(end.held);
  EXPECT_TRUE(end.settled);
  EXPECT_FALSE(end.went_well());
  EXPECT_EQ(end.message, "the set is here, but not off-site: another send is under way");
}

TEST(ChildTest, SaysWhyItDidNotGoWell) {
  EXPECT_EQ(end_of(ended(7, R"({"complete": false, "reasons": ["a dump failed", "b"]})")).message,
            "incomplete: a dump failed; b");
  EXPECT_FALSE(end_of(ended(7, R"({"complete": false, "reasons": ["a"]})")).settled);
  EXPECT_EQ(end_of(ended(8, R"({"passed": false, "trouble": "a row is lost"})")).message,
            "a row is lost");
  EXPECT_EQ(end_of(ended(8, R"({"complete": true, "reasons": [], "pool_damage": [{}]})")).message,
            "attachments in the pool are damaged");
}

TEST(ChildTest, ThatSaysNothingIsShownAsItEnded) {
  Outcome killed = ended(-1, "", "one\ntwo\n");
  killed.signal = 9;
  const ChildEnd end = end_of(killed);
  EXPECT_EQ(end.exit_status, 137);
  EXPECT_EQ(end.message, "killed by signal 9 (SIGKILL)");
  EXPECT_THAT(end.said, ElementsAre("one", "two"));
  Outcome late = ended(130, R"({"error": {}})");
  late.timed_out = true;
  late.elapsed = 12h;
  EXPECT_EQ(end_of(late).exit_status, 1);
  EXPECT_FALSE(end_of(late).settled);
}

}  // namespace
}  // namespace ballast
