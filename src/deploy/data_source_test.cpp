#include "deploy/data_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const Time noon = *parse_time("2026-11-27T12:00:00Z");

ReleaseRecord release(const std::string& id, const std::string& tag, const std::string& image) {
  ReleaseRecord record;
  record.id = id;
  record.stack = "shop";
  record.tag = tag;
  record.image_id = image;
  return record;
}

FallbackCopy copy(const std::string& operation, const std::string& release,
                  const std::string& image) {
  FallbackCopy made;
  made.operation = operation;
  made.release = release;
  made.image_id = image;
  made.set = "set-of-" + operation;
  made.at = noon;
  return made;
}

StoredSet set(const std::string& id, const std::string& tag, const std::string& image) {
  StoredSet stored;
  stored.id = id;
  stored.set.id = id;
  stored.set.started = noon;
  stored.set.release.tag = tag;
  stored.set.release.image_id = image;
  stored.set.databases.push_back({});
  stored.set.databases.back().name = "shop";
  stored.set.databases.back().dump = "shop.dump";
  return stored;
}

TEST(DataSourceTest, ACopyOfItsDataComesFirst) {
  const auto found = choose_source({copy("o2", "r9", "9"), copy("o1", "r1", "1")},
                                   {set("s1", "a", "1")}, release("r1", "a", "1"));
  ASSERT_TRUE(found && found->copy);
  EXPECT_EQ(found->copy->operation, "o1");
  EXPECT_EQ(found->set, "set-of-o1");
}

TEST(DataSourceTest, TheSameImageReleasedAgainIsTheSame) {
  const auto found = choose_source({copy("o1", "r1", "1")}, {}, release("r7", "a", "1"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->copy->operation, "o1");
}

TEST(DataSourceTest, ElseTheNewestWholeSetOfItsImage) {
  StoredSet incomplete = set("s4", "a", "1");
  incomplete.set.reasons = {"the dump of shop failed"};
  StoredSet unreadable = set("s5", "a", "1");
  unreadable.trouble = "damaged";
  const auto found = choose_source(
      {copy("o2", "r2", "2")},
      {set("s1", "a", "1"), set("s2", "a", "1"), set("s3", "b", "2"), incomplete, unreadable},
      release("r1", "a", "1"));
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->copy);
  EXPECT_EQ(found->set, "s2");
}

TEST(DataSourceTest, ATagThatMeansAnotherImageIsNotIt) {
  EXPECT_FALSE(choose_source({}, {set("s1", "a", "8")}, release("r1", "a", "1")));
  EXPECT_FALSE(choose_source({}, {}, release("r1", "a", "1")));
}

TEST(DataSourceTest, Texts) {
  const auto found = choose_source({copy("o1", "r1", "1")}, {}, release("r1", "a", "1"));
  EXPECT_EQ(found->text(noon + 12min), "image and data of 12:00 (fallback copy, 12 min ago)");
  const auto from_set = choose_source({}, {set("s1", "a", "1")}, release("r1", "a", "1"));
  EXPECT_EQ(from_set->text(noon + 48h), "image and data of 2026-11-27 12:00 (set s1, 2 days ago)");
}

TEST(LossTest, SaysMinutesAndRows) {
  const Loss loss{.since = 12min,
                  .rows = {{"ten_a", "res_users", 3},
                           {"ten_a", "res_partner", 0},
                           {"ten_b", "res_users", 1},
                           {"ten_b", "ir_attachment", -2}},
                  .unknown = {}};
  EXPECT_EQ(summary_of(loss), "12 min of data, 4 rows in res_users");
  EXPECT_THAT(lines_of(loss), ElementsAre("ten_a: 3 rows in res_users",
                                          "ten_b: 1 row in res_users, 2 rows fewer in "
                                          "ir_attachment"));
  EXPECT_EQ(json_text(loss_json(loss).at("rows").at(0)),
            R"({"database":"ten_a","table":"res_users","rows":3})");
}

TEST(LossTest, WhatWasNotCountedIsNotNothing) {
  const Loss loss{.since = 90s, .rows = {}, .unknown = "the database service does not run"};
  EXPECT_EQ(summary_of(loss), "1 min 30 s of data, an unknown number of rows");
  EXPECT_THAT(lines_of(loss),
              ElementsAre("rows are not counted: the database service does not run"));
}

}  // namespace
}  // namespace ballast
