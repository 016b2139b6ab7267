#include "deploy/older.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

ReleaseRecord tried(const std::string& tag, int minute) {
  ReleaseRecord release;
  release.tag = tag;
  release.at = Time(std::chrono::minutes(minute));
  return release;
}

TEST(OlderTest, TheLabelsTell) {
  const Revision january{.tag = "a", .created = "2026-01-01T00:00:00Z"};
  const Revision february{.tag = "b", .created = "2026-02-01T00:00:00Z"};
  EXPECT_FALSE(why_older(february, january, {}));
  EXPECT_EQ(why_older(january, february, {}),
            "a was built 2026-01-01T00:00:00Z, b was built 2026-02-01T00:00:00Z");
  // Whatever was tried when.
  EXPECT_FALSE(why_older(february, january, {tried("a", 2), tried("b", 1)}));
}

TEST(OlderTest, WithoutLabelsTheHistoryTells) {
  const Revision a{.tag = "a", .created = {}};
  const Revision b{.tag = "b", .created = "of another form"};
  const std::vector<ReleaseRecord> releases{tried("b", 2), tried("a", 1)};
  EXPECT_TRUE(why_older(a, b, releases));
  EXPECT_FALSE(why_older(b, a, releases));
  // After a way back to `a`, `b` is still the newer one.
  EXPECT_FALSE(why_older(b, a, {tried("a", 3), tried("b", 2), tried("a", 1)}));
}

TEST(OlderTest, OneThatWasNeverHereIsNew) {
  EXPECT_FALSE(
      why_older({.tag = "c", .created = {}}, {.tag = "a", .created = {}}, {tried("a", 1)}));
  EXPECT_FALSE(
      why_older({.tag = "a", .created = {}}, {.tag = "c", .created = {}}, {tried("a", 1)}));
}

TEST(OlderTest, EqualLabelsTellNothing) {
  const Revision a{.tag = "a", .created = "2026-01-01T00:00:00Z"};
  const Revision b{.tag = "b", .created = "2026-01-01T00:00:00Z"};
  EXPECT_TRUE(why_older(a, b, {tried("b", 2), tried("a", 1)}));
  EXPECT_FALSE(why_older(b, a, {tried("b", 2), tried("a", 1)}));
}

}  // namespace
}  // namespace ballast
