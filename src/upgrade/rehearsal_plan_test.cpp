#include "upgrade/rehearsal_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<CopyWanted> tenants{{"ten_a", 100}, {"ten_b", 300}, {"ten_c", 100}};

TEST(PlanRehearsal, AllAtOnceWhereThereIsRoom) {
  const RehearsalPlan plan = plan_rehearsal(tenants, 1000);
  EXPECT_THAT(plan.groups, ElementsAre(ElementsAre("ten_a", "ten_b", "ten_c")));
  EXPECT_THAT(plan.too_large, IsEmpty());
}

TEST(PlanRehearsal, OneGroupAfterTheOtherWhereThereIsLess) {
  EXPECT_THAT(plan_rehearsal(tenants, 999).groups,
              ElementsAre(ElementsAre("ten_a", "ten_b"), ElementsAre("ten_c")));
  EXPECT_THAT(plan_rehearsal(tenants, 600).groups,
              ElementsAre(ElementsAre("ten_a"), ElementsAre("ten_b"), ElementsAre("ten_c")));
}

TEST(PlanRehearsal, OneThatIsTooLargeDoesNotKeepTheOthers) {
  const RehearsalPlan plan = plan_rehearsal(tenants, 400);
  EXPECT_THAT(plan.groups, ElementsAre(ElementsAre("ten_a", "ten_c")));
  EXPECT_THAT(plan.too_large, ElementsAre("ten_b"));
}

TEST(PlanRehearsal, NoneFits) {
  const RehearsalPlan plan = plan_rehearsal(tenants, 100);
  EXPECT_THAT(plan.groups, IsEmpty());
  EXPECT_THAT(plan.too_large, ElementsAre("ten_a", "ten_b", "ten_c"));
}

std::string refusal(const std::optional<Memory>& memory) {
  Policy policy;
  policy.gates.memory_available = 256'000'000;
  try {
    require_memory(memory, policy);
    return "passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::refused);
    return error.message();
  }
}

TEST(RequireMemory, RefusesBelowTheGateAndWhenItIsNotKnown) {
  EXPECT_EQ(refusal(Memory{1'000'000'000, 256'000'000}), "passed");
  EXPECT_EQ(refusal(Memory{1'000'000'000, 100'000'000}),
            "100.0 MB of memory available, the limit is 256.0 MB; nothing was rehearsed");
  EXPECT_EQ(refusal(std::nullopt), "the available memory could not be read; nothing was rehearsed");
}

}  // namespace
}  // namespace ballast
