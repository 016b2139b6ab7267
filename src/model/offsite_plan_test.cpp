#include "model/offsite_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

SetHere set(const std::string& id, bool complete = true) {
  return {.id = id, .complete = complete, .readable = true, .manifest_size = 100};
}

TEST(OffsitePlanTest, WhatIsNotThereTheNewestFirst) {
  const std::vector here{set("1"), set("2"), set("3")};
  EXPECT_THAT(sets_to_send(here, {}), ElementsAre("3", "2", "1"));
  EXPECT_THAT(sets_to_send(here, {{"2", 100}}), ElementsAre("3", "1"));
  EXPECT_THAT(sets_to_send(here, {{"1", 100}, {"2", 100}, {"3", 100}, {"0", 7}}), IsEmpty());
  EXPECT_THAT(sets_to_send({}, {}), IsEmpty());
}

TEST(OffsitePlanTest, AManifestThatWasCutOffIsSentAgain) {
  EXPECT_THAT(sets_to_send(std::vector{set("1"), set("2")}, {{"1", 99}, {"2", 100}}),
              ElementsAre("1"));
}

TEST(OffsitePlanTest, OfIncompleteSetsOnlyTheNewestOne) {
  EXPECT_THAT(sets_to_send(std::vector{set("1", false), set("2"), set("3", false)}, {}),
              ElementsAre("3", "2"));
}

TEST(OffsitePlanTest, WhatCannotBeReadStays) {
  SetHere broken = set("2");
  broken.readable = false;
  EXPECT_THAT(sets_to_send(std::vector{set("1"), broken}, {}), ElementsAre("1"));
}

}  // namespace
}  // namespace ballast
