#include "model/service_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ServiceChangesTest, AddedChangedAndDropped) {
  const ServiceChanges changes =
      service_changes("services: {a: {image: a}, b: {image: b, ports: [1]}, c: {image: c}}",
                      "services: {b: {image: b, ports: [2]}, c: {image: c}, d: {image: d}}");
  EXPECT_THAT(changes.added, ElementsAre("d"));
  EXPECT_THAT(changes.changed, ElementsAre("b"));
  EXPECT_THAT(changes.dropped, ElementsAre("a"));
}

TEST(ServiceChangesTest, NothingIsNothing) {
  EXPECT_THAT(service_changes("", "").added, IsEmpty());
  EXPECT_THAT(service_changes("services: {a: }", "services: {a: }").changed, IsEmpty());
}

}  // namespace
}  // namespace ballast
