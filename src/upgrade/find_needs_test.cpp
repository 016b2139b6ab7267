#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "live/module_hashes.h"
#include "upgrade/needs.h"
#include "upgrade/release_hashes.h"
#include "upgrade/test_work.h"

namespace ballast {
namespace {

using Wished = UpgradeWish::Kind;

constexpr const char* odoo_policy = "preset: odoo\n";

docker::Image image() {
  docker::Image image;
  image.id = "sha256:new";
  return image;
}

class FindNeedsTest : public ::testing::Test {
 protected:
  Needs find(const std::string& wish = {}) {
    return find_needs(world_.work, image(), parse_upgrade_wish(wish));
  }
  std::string refusal(const std::string& wish = {}) {
    try {
      find(wish);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Kind::refused);
      return error.message() + " | " + error.hint();
    }
    return "no error";
  }
  void was_good(const std::string& id, const std::string& image_id = "sha256:old") {
    OperationRecord operation = world_.work.operation;
    operation.id = id;
    world_.journal.begin(operation);
    world_.journal.end(id, OperationState::finished, 0, "", {}, {},
                       ReleaseRecord{.id = id,
                                     .stack = "shop",
                                     .tag = "sha-a000001",
                                     .image_id = image_id,
                                     .repo_digest = {},
                                     .repository = "fixture/shop",
                                     .config_hash = {},
                                     .environment = "prod",
                                     .operator_name = "ann",
                                     .outcome = "good",
                                     .copies = {},
                                     .at = {}});
  }
  void database_is_stopped() {
    world_.work.running.services.emplace_back();
    world_.engine.answer("GET /containers/json", 200, "[]");
  }

  test::TestWork world_{odoo_policy, R"({"tag": "sha-a000002"})"};
};

TEST_F(FindNeedsTest, WhereNothingRunsThereIsNobodyToAsk) {
  world_.work.running.services.clear();
  const Needs needs = find();
  EXPECT_TRUE(needs.fresh);
  EXPECT_FALSE(needs.due());
  EXPECT_FALSE(find("all").due());
}

TEST_F(FindNeedsTest, AStackThatIsDownHasDatabases) {
  world_.work.running.services.clear();
  world_.engine.answer("GET /containers/json", 200, "[]");
  was_good("one", "sha256:new");
  EXPECT_TRUE(find().fresh);
  was_good("two");
  EXPECT_EQ(refusal(),
            "what sha-a000002 has to change in the databases of shop is not known: the database "
            "service `db` of shop does not run; nothing was changed | start it, then try again: "
            "ballast status shop");
}

TEST_F(FindNeedsTest, NotKnownIsNotNothingToDo) {
  database_is_stopped();
  const std::string said =
      "what sha-a000002 has to change in the databases of shop is not known: the database service "
      "`db` of shop does not run; nothing was changed | start it, then try again: ballast status "
      "shop";
  EXPECT_EQ(refusal(), said);
  EXPECT_EQ(refusal("all"), said);
  EXPECT_EQ(refusal("shop_theme"), said);
}

TEST_F(FindNeedsTest, WhatIsNotKnownIsToldWhereNothingHangsOnIt) {
  database_is_stopped();
  const Needs none = find("none");
  EXPECT_EQ(none.unknown, "the database service `db` of shop does not run");
  EXPECT_EQ(none.decided_by, "--upgrade");
  world_.work.stack.policy.upgrade.when = Policy::UpgradeWhen::never;
  EXPECT_EQ(find().unknown, none.unknown);
  EXPECT_EQ(find().decided_by, "policy");
}

class RecordHashesTest : public FindNeedsTest {
 protected:
  RecordHashesTest() {
    world_.engine.answer("GET /images/", 200, R"({"Id": "sha256:new"})");
    keep_listing("sha256:new", {{"a", "1"}, {"b", "2"}});
  }
  void keep_listing(const std::string& id, const ModuleHashes& hashes) {
    std::vector<Addon> addons;
    for (const auto& [name, hash] : hashes)
      addons.push_back(
          {.name = name, .version = {}, .trouble = {}, .hash = {}, .upgrade_hash = hash});
    world_.journal.set_fact("shop", "addons " + id + " /mnt/extra-addons", addons_json(addons), {});
  }
  void record(const Needs& needs) {
    world_.work.inspection.look_at_image("sha256:new");
    record_hashes(world_.work, needs);
  }
  ModuleHashes recorded(const std::string& database) {
    return recorded_hashes(world_.journal, "shop").value_or(RecordedHashes()).of(database);
  }
  void recorded_before(const ModuleHashes& hashes) {
    was_good("before");
    keep_hashes(world_.journal, "shop", {.operation = "before", .release = hashes, .behind = {}},
                {});
  }
  static Needs due_in_ten_a() {
    Needs needs;
    needs.databases = {{"ten_a", {{"a", "1", "1", "its files changed"}}, {}, {}},
                       {"ten_b", {}, {}, {}}};
    return needs;
  }
};

TEST_F(RecordHashesTest, AreThoseOfTheRelease) {
  Needs needs = due_in_ten_a();
  needs.work = {{"ten_a", {"a"}}};
  record(needs);
  EXPECT_EQ(recorded("ten_a"), (ModuleHashes{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(recorded("made_later"), recorded("ten_a"));
}

TEST_F(RecordHashesTest, WhatWasDueAndNotDoneStaysDue) {
  recorded_before({{"a", "0"}, {"b", "2"}});
  record(due_in_ten_a());
  EXPECT_EQ(recorded("ten_a"), (ModuleHashes{{"a", "0"}, {"b", "2"}}));
  EXPECT_EQ(recorded("ten_b"), (ModuleHashes{{"a", "1"}, {"b", "2"}}));
}

TEST_F(RecordHashesTest, DatabasesThatNobodyAskedMayBeBehind) {
  Needs unknown;
  unknown.unknown = "PostgreSQL does not answer";
  record(unknown);
  EXPECT_FALSE(recorded_hashes(world_.journal, "shop"));
}

TEST_F(RecordHashesTest, AStackThatStoodStillKeepsWhatWasRecorded) {
  Needs fresh;
  fresh.fresh = true;
  record(fresh);
  EXPECT_EQ(recorded("ten_a"), (ModuleHashes{{"a", "1"}, {"b", "2"}}));
  recorded_before({{"a", "0"}});
  record(fresh);
  EXPECT_EQ(recorded("ten_a"), (ModuleHashes{{"a", "0"}}));
}

TEST_F(RecordHashesTest, WithoutARecordTheyAreThoseOfTheLastGoodImage) {
  EXPECT_TRUE(hashes_before(world_.work).release.empty());
  keep_listing("sha256:old", {{"a", "0"}});
  was_good("one");
  EXPECT_EQ(hashes_before(world_.work).release, (ModuleHashes{{"a", "0"}}));
}

TEST_F(RecordHashesTest, OfAReleaseThatDidNotBecomeGoodDoNotCount) {
  keep_listing("sha256:old", {{"a", "0"}});
  was_good("one");
  record({});
  EXPECT_EQ(hashes_before(world_.work).release, (ModuleHashes{{"a", "0"}}));
  was_good(world_.work.operation.id);
  EXPECT_EQ(hashes_before(world_.work).release, (ModuleHashes{{"a", "1"}, {"b", "2"}}));
}

TEST_F(RecordHashesTest, AnImageThatIsGoneIsRecordedOnceItIsUpgradedAgain) {
  world_.engine.rules.clear();
  record_hashes(world_.work, {});
  EXPECT_FALSE(recorded_hashes(world_.journal, "shop"));
}

}  // namespace
}  // namespace ballast
