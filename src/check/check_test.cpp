#include "check/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "check/check_test_support.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> names_for(Moment moment, const Policy& policy) {
  std::vector<std::string> names;
  for (const Check* check : checks_for(moment, policy)) names.emplace_back(check->name);
  return names;
}

TEST(ChecksForTest, GatesOfEveryStack) {
  const Policy policy;
  EXPECT_THAT(names_for(Moment::host_gate, policy),
              ElementsAre("compose-valid", "disk-space", "engine", "memory", "project-folder",
                          "stack-files", "tag-pattern", "variables"));
  EXPECT_THAT(names_for(Moment::image_gate, policy),
              ElementsAre("data-volumes", "moved-tag", "revision-label"));
}

TEST(ChecksForTest, WhatIsAskedOfARunningRelease) {
  Policy policy;
  for (const Moment moment : {Moment::candidate, Moment::live})
    EXPECT_THAT(names_for(moment, policy),
                ElementsAre("container-health", "container-running", "port-open", "urls"));
  policy.preset = Preset::odoo;
  for (const Moment moment : {Moment::candidate, Moment::live})
    EXPECT_THAT(
        names_for(moment, policy),
        ElementsAre("addons-served", "container-health", "container-running", "urls", "web-asset",
                    "web-health", "web-login", "websocket-handshake", "websocket-health"));
}

TEST(ChecksForTest, LeavesOutWhatThePolicySkips) {
  Policy policy;
  policy.verify.skip = {"urls", "port-open"};
  EXPECT_THAT(names_for(Moment::live, policy),
              ElementsAre("container-health", "container-running"));
}

TEST(AllChecksTest, OnlyGatesCanBeOverridden) {
  constexpr unsigned gates =
      static_cast<unsigned>(Moment::host_gate) | static_cast<unsigned>(Moment::image_gate);
  std::vector<std::string_view> names;
  for (const Check& check : all_checks()) {
    EXPECT_FALSE(check.title.empty());
    if (!check.overridable) continue;
    EXPECT_NE(check.moments & gates, 0u) << check.name;
    names.push_back(check.name);
  }
  EXPECT_THAT(names, ElementsAre("addons", "data-volumes", "disk-space", "memory", "moved-tag",
                                 "revision-label", "variables"));
}

std::atomic<int> arrived{0};

// Ends only when another check runs at the same time, or after a while.
std::vector<CheckResult> meets(const CheckContext&) {
  ++arrived;
  for (int turn = 0; turn < 500 && arrived < 2; ++turn)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return {CheckResult{.verdict = arrived < 2 ? Verdict::fail : Verdict::pass, .measured = "met"}};
}

std::vector<CheckResult> throws_error(const CheckContext&) {
  throw Error(Kind::failed, "the engine is silent", "start it");
}

std::vector<CheckResult> throws_other(const CheckContext&) { throw std::bad_alloc(); }

std::vector<std::string> run(const std::vector<Check>& checks, bool parallel) {
  test::World world;
  std::vector<const Check*> chosen;
  for (const Check& check : checks) chosen.push_back(&check);
  std::vector<std::string> lines;
  for (const CheckResult& result : run_checks(chosen, world.context(), parallel))
    lines.push_back(test::World::line_of(result));
  return lines;
}

TEST(RunChecksTest, RunsThemSideBySideAndKeepsTheirOrder) {
  arrived = 0;
  EXPECT_THAT(run({{"a", "a", 1, false, false, meets}, {"b", "b", 1, false, false, meets}}, true),
              ElementsAre("pass a: met", "pass b: met"));
}

TEST(RunChecksTest, WhatThrowsIsUnknown) {
  for (const bool parallel : {true, false})
    EXPECT_THAT(run({{"a", "question", 1, false, false, throws_error},
                     {"b", "other", 1, false, false, throws_other}},
                    parallel),
                ElementsAre("unknown a: the engine is silent -> start it",
                            "unknown b: std::bad_alloc -> `b` (other) could not be answered"));
}

CheckResult result(const std::string& name, Verdict verdict) {
  return {.name = name, .subject = "s", .verdict = verdict, .measured = "m", .hint = "h"};
}

TEST(ResultsTest, OnlyPassPasses) {
  const std::vector<CheckResult> all{result("a", Verdict::pass), result("b", Verdict::fail),
                                     result("c", Verdict::unknown)};
  EXPECT_TRUE(all_pass({}));
  EXPECT_TRUE(all_pass({all[0]}));
  EXPECT_FALSE(all_pass({all[0], all[2]}));
  const auto failing = not_passing(all);
  ASSERT_EQ(failing.size(), 2u);
  EXPECT_EQ(failing[0].name, "b");
  EXPECT_EQ(failing[1].name, "c");
}

TEST(ResultsTest, SurviveTheWayThroughJson) {
  const std::vector<CheckResult> all{result("a", Verdict::pass), result("b", Verdict::fail),
                                     result("c", Verdict::unknown)};
  const Json json = results_json(all);
  EXPECT_EQ(json_text(json[1]),
            R"({"name":"b","subject":"s","verdict":"fail","measured":"m","hint":"h"})");
  EXPECT_EQ(results_json(results_from_json(json)), json);
  EXPECT_TRUE(results_from_json(Json(1)).empty());
}

}  // namespace
}  // namespace ballast
