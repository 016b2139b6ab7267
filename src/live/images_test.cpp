#include "live/images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

docker::Image image(const std::string& id, const std::string& tag) {
  docker::Image made;
  made.id = id;
  made.tags = {"acme/shop:" + tag};
  made.size = 100;
  return made;
}

ReleaseRecord release(const std::string& image_id, const std::string& outcome) {
  ReleaseRecord record;
  record.stack = "shop";
  record.image_id = image_id;
  record.outcome = outcome;
  return record;
}

std::vector<std::string> references(const ImagePlanInput& input) {
  std::vector<std::string> found;
  for (const ImageToRemove& image : plan_image_prune(input)) found.push_back(image.reference);
  return found;
}

ImagePlanInput five_good() {
  return {.images = {image("5", "e"), image("4", "d"), image("3", "c"), image("2", "b"),
                     image("1", "a")},
          .repository = "acme/shop",
          .releases = {release("5", "good"), release("4", "good"), release("3", "good"),
                       release("2", "good"), release("1", "good")},
          .used_images = {"5"},
          .protected_images = {},
          .keep = 3};
}

TEST(ImagePruneTest, KeepsTheNewestGoodOnes) {
  EXPECT_THAT(references(five_good()), ElementsAre("acme/shop:b", "acme/shop:a"));
}

// After a rollback what runs is not the newest.
TEST(ImagePruneTest, KeepsWhatAnyContainerUses) {
  ImagePlanInput input = five_good();
  input.used_images = {"1"};
  EXPECT_THAT(references(input), ElementsAre("acme/shop:b"));
}

TEST(ImagePruneTest, KeepsWhatAnotherStackNeeds) {
  ImagePlanInput input = five_good();
  input.protected_images = {"1", "2"};
  EXPECT_THAT(references(input), IsEmpty());
}

TEST(ImagePruneTest, AFailedReleaseNeverPushesOutAGoodOne) {
  ImagePlanInput input = five_good();
  for (const char* id : {"x", "y", "z"}) {
    input.images.push_back(image(id, id));
    input.releases.insert(input.releases.begin(), release(id, "failed"));
  }
  EXPECT_THAT(references(input), ElementsAre("acme/shop:b", "acme/shop:a", "acme/shop:x",
                                             "acme/shop:y", "acme/shop:z"));
}

TEST(ImagePruneTest, TheSameImageReleasedTwiceCountsOnce) {
  ImagePlanInput input = five_good();
  input.releases.insert(input.releases.begin(), {release("5", "good"), release("5", "good")});
  EXPECT_THAT(references(input), ElementsAre("acme/shop:b", "acme/shop:a"));
}

TEST(ImagePruneTest, WhatWasNeverReleasedStays) {
  ImagePlanInput input = five_good();
  input.images.push_back(image("6", "built-ahead"));
  EXPECT_THAT(references(input), ElementsAre("acme/shop:b", "acme/shop:a"));
}

TEST(ImagePruneTest, KeepsOneEvenWhenToldToKeepNone) {
  ImagePlanInput input = five_good();
  input.used_images = {};
  input.keep = 0;
  EXPECT_THAT(references(input),
              ElementsAre("acme/shop:d", "acme/shop:c", "acme/shop:b", "acme/shop:a"));
}

TEST(ImagePruneTest, OnlyTheTagsOfThisRepositoryGo) {
  ImagePlanInput input = five_good();
  input.images.back().tags.push_back("other/name:a");
  EXPECT_THAT(references(input), ElementsAre("acme/shop:b", "acme/shop:a"));
}

}  // namespace
}  // namespace ballast
