#include "deploy/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> found;
  for (const Step& step : plan.steps) found.push_back(step.name);
  return found;
}

DeployRequest request() {
  return {.stack = "shop", .tag = "sha-a000002", .environment = {}, .operator_name = "ken"};
}

Policy odoo() {
  Policy policy;
  policy.preset = Preset::odoo;
  policy.service = "web";
  policy.candidate.enabled = true;
  return policy;
}

TEST(DeployPlanTest, ProvesACandidateBeforeTheSwitch) {
  EXPECT_THAT(names(plan_deploy(odoo(), request(),
                                {.runs = true, .has_container = true, .tag = "sha-a000001"})),
              ElementsAre("host-gates", "pull", "image-gates", "backup", "candidate", "switch",
                          "verify", "commit", "prune"));
}

TEST(DeployPlanTest, WithoutALiveReleaseThereIsNothingToStandBeside) {
  const Plan plan =
      plan_deploy(odoo(), request(), {.runs = false, .has_container = false, .tag = "none"});
  EXPECT_THAT(names(plan), ElementsAre("host-gates", "pull", "image-gates", "backup", "switch",
                                       "verify", "commit", "prune"));
  EXPECT_TRUE(flag_at(plan.steps.at(4).arguments, "whole_stack"));
  EXPECT_EQ(plan.steps.at(4).title, "start shop with sha-a000002");
}

TEST(DeployPlanTest, AStoppedServiceIsSwitchedNotStartedAnew) {
  const Plan plan =
      plan_deploy(odoo(), request(), {.runs = false, .has_container = true, .tag = "sha-a000001"});
  EXPECT_FALSE(flag_at(plan.steps.at(4).arguments, "whole_stack"));
  EXPECT_EQ(plan.steps.at(4).undo, "return to sha-a000001: tag, image, container");
}

TEST(DeployPlanTest, WithoutCandidateByPolicy) {
  Policy policy = odoo();
  policy.candidate.enabled = false;
  EXPECT_THAT(names(plan_deploy(policy, request(),
                                {.runs = true, .has_container = true, .tag = "sha-a000001"})),
              ElementsAre("host-gates", "pull", "image-gates", "backup", "switch", "verify",
                          "commit", "prune"));
}

TEST(DeployPlanTest, FilesOfTheImageAreCheckedFirstAndPlacedWithTheSwitch) {
  Policy policy = odoo();
  policy.stack_files_from_image = true;
  EXPECT_THAT(names(plan_deploy(policy, request(),
                                {.runs = true, .has_container = true, .tag = "sha-a000001"})),
              ElementsAre("host-gates", "pull", "files", "image-gates", "backup", "candidate",
                          "configuration", "switch", "verify", "commit", "prune"));
}

TEST(DeployPlanTest, WhereDatabasesMayChangeThatIsDoneBetweenBackupAndSwitch) {
  Policy policy = odoo();
  policy.database_service = "db";
  const DeployObserved runs{.runs = true, .has_container = true, .tag = "sha-a000001"};
  EXPECT_THAT(
      names(plan_deploy(policy, request(), runs)),
      ElementsAre("host-gates", "pull", "image-gates", "needs", "backup", "rehearse", "candidate",
                  "stop", "fallback", "upgrade", "prove", "switch", "verify", "commit", "prune"));
  policy.upgrade.rehearse = false;
  policy.stack_files_from_image = true;
  EXPECT_THAT(names(plan_deploy(policy, request(), runs)),
              ElementsAre("host-gates", "pull", "files", "image-gates", "needs", "backup",
                          "candidate", "stop", "fallback", "upgrade", "prove", "configuration",
                          "switch", "verify", "commit", "prune"));
}

TEST(DeployPlanTest, OnlyTheCommitHasNoWayBack) {
  for (const Step& step :
       plan_deploy(odoo(), request(), {.runs = true, .has_container = true, .tag = "t"}).steps)
    EXPECT_EQ(step.commits, step.name == "commit") << step.name;
}

ReleaseRecord good(const std::string& tag, const std::string& image) {
  ReleaseRecord record;
  record.tag = tag;
  record.image_id = image;
  record.outcome = "good";
  return record;
}

std::string refusal(const std::vector<ReleaseRecord>& releases, const RollbackChoice& choice) {
  try {
    choose_rollback("shop", releases, choice);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::refused);
    return error.message();
  }
  return "no error";
}

TEST(RollbackChoiceTest, TheOneBeforeWhenLastGoodRuns) {
  EXPECT_EQ(choose_rollback("shop", {good("b", "2"), good("a", "1")},
                            {.to = "", .tag = "b", .image_id = "2"})
                .tag,
            "a");
}

TEST(RollbackChoiceTest, LastGoodWhenSomethingElseRuns) {
  EXPECT_EQ(choose_rollback("shop", {good("b", "2"), good("a", "1")},
                            {.to = "", .tag = "c", .image_id = "3"})
                .tag,
            "b");
}

TEST(RollbackChoiceTest, LastGoodWhenNothingRuns) {
  EXPECT_EQ(choose_rollback("shop", {good("b", "2"), good("a", "1")},
                            {.to = "", .tag = "b", .image_id = ""})
                .tag,
            "b");
}

TEST(RollbackChoiceTest, LastGoodWhenItsTagRunsAnotherImage) {
  EXPECT_EQ(choose_rollback("shop", {good("b", "2"), good("a", "1")},
                            {.to = "", .tag = "b", .image_id = "9"})
                .tag,
            "b");
}

TEST(RollbackChoiceTest, TheOneAskedFor) {
  EXPECT_EQ(choose_rollback("shop", {good("c", "3"), good("b", "2"), good("a", "1")},
                            {.to = "a", .tag = "c", .image_id = "3"})
                .image_id,
            "1");
}

TEST(RollbackChoiceTest, RefusesWhenThereIsNothingToReturnTo) {
  EXPECT_EQ(refusal({}, {.to = "", .tag = "a", .image_id = "1"}),
            "shop has no good release to return to; nothing was changed");
  EXPECT_EQ(refusal({good("a", "1")}, {.to = "", .tag = "a", .image_id = "1"}),
            "shop has no good release before a; nothing was changed");
  EXPECT_EQ(refusal({good("a", "1")}, {.to = "z", .tag = "a", .image_id = "1"}),
            "z was never a good release of shop; nothing was changed");
}

}  // namespace
}  // namespace ballast
