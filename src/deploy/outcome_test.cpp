#include "deploy/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/upgrade_steps.h"
#include "upgrade/test_work.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class OutcomeTest : public ::testing::Test {
 protected:
  OutcomeTest() : here_({}, R"({"tag": "sha-a000002"})") {}

  Ending ending(const Failure& failure) { return ending_of(here_.work, failure, facts); }

  static std::vector<std::pair<std::string, std::string>> lines(const Ending& ending) {
    std::vector<std::pair<std::string, std::string>> found;
    for (const HistoryEntry& entry : ending.history)
      found.emplace_back(entry.version, entry.status);
    return found;
  }

  void was_stopped() {
    const Before before{.tag = "sha-a000001",
                        .image_id = "sha256:1",
                        .image = "fixture/shop:sha-a000001",
                        .was_good = true,
                        .anonymous_volumes = {}};
    facts[steps::stop_step] = {{"before", before_json(before)}, {"stood_still_ms", 14000}};
  }

  void was_copied() {
    const FallbackCopy copy{.operation = "op",
                            .databases = {{.names = {.incoming = "ten_a__fallback_op",
                                                     .live = "ten_a",
                                                     .parked = "ten_a__before_op"},
                                           .owner = "odoo"}}};
    facts[steps::fallback_step] = {{"copy", fallback_json(copy)}, {"whole", true}};
    facts[steps::upgrade_step] = {{"began", true}};
  }

  static Failure failed_in(const std::string& step, const std::string& message) {
    return {.error = Error(Kind::rolled_back, message), .step = step, .undo_error = {}};
  }

  test::TestWork here_;
  Facts facts;
};

TEST_F(OutcomeTest, AFailedRehearsalTouchedNothing) {
  const Ending end = ending(failed_in(steps::rehearse_step, "the rehearsal failed"));
  EXPECT_EQ(end.error.kind(), Kind::rolled_back);
  EXPECT_EQ(end.error.message(), "the rehearsal failed; shop was not touched");
  EXPECT_THAT(lines(end), ElementsAre(Pair("sha-a000002", "failed")));
}

TEST_F(OutcomeTest, WhatCannotBeRehearsedHereWasNotTried) {
  const Ending end = ending({.error = Error(Kind::refused, "no room for the copies"),
                             .step = steps::rehearse_step,
                             .undo_error = {}});
  EXPECT_EQ(end.error.kind(), Kind::refused);
  EXPECT_EQ(end.error.message(), "no room for the copies");
  EXPECT_THAT(lines(end), IsEmpty());
}

TEST_F(OutcomeTest, AnUpgradeThatFailedLostNothingAndCostAnOutage) {
  was_stopped();
  was_copied();
  facts[steps::fallback_step]["back"] = true;
  const Ending end = ending(failed_in(steps::upgrade_step, "the upgrade of ten_a failed: it hung"));
  EXPECT_EQ(end.error.kind(), Kind::rolled_back);
  EXPECT_EQ(end.error.message(),
            "the upgrade of ten_a failed: it hung; shop runs sha-a000001 again, its data is as "
            "before; outage 14 s");
  EXPECT_THAT(lines(end),
              ElementsAre(Pair("sha-a000002", "failed"), Pair("sha-a000001", "rollback")));
}

TEST_F(OutcomeTest, WhatCouldNotBeCopiedIsNotToldToBeAsBefore) {
  was_stopped();
  facts[steps::upgrade_step] = {{"began", true}};
  const Ending end = ending(failed_in(steps::upgrade_step, "the upgrade of the data failed: no"));
  EXPECT_EQ(end.error.message(),
            "the upgrade of the data failed: no; shop runs sha-a000001 again, on data as the "
            "upgrade left it: there was no copy of it; outage 14 s");
}

TEST_F(OutcomeTest, WhatUsersWroteMeanwhileIsTold) {
  was_stopped();
  was_copied();
  Json& copies = facts[steps::fallback_step];
  copies["back"] = true;
  copies["open_ms"] = 20000;
  copies["written"] = {"ten_a: res_partner 2 rows more"};
  const Ending end = ending(failed_in("verify", "it does not verify"));
  EXPECT_EQ(end.error.message(),
            "it does not verify; shop runs sha-a000001 again, with the data of before; what was "
            "written in 20 s since is kept aside; outage 14 s");
  EXPECT_THAT(end.error.context(),
              ElementsAre("written since: ten_a: res_partner 2 rows more",
                          "it is kept with its release: ballast restore shop --undo returns to it, "
                          "ballast restore shop --confirm drops it"));
}

TEST_F(OutcomeTest, WhereTheCopiesDidNotComeBackTheOldImageIsNotRecommended) {
  was_stopped();
  was_copied();
  const Ending end = ending({.error = Error(Kind::rolled_back, "it hung"),
                             .step = steps::upgrade_step,
                             .undo_error = Error(Kind::failed, "the server is gone")});
  EXPECT_EQ(end.error.kind(), Kind::rollback_failed);
  EXPECT_EQ(end.error.message(), "it hung; and the way back failed: the server is gone");
  EXPECT_THAT(end.error.hint(), HasSubstr("rename (ten_a__fallback_op → ten_a;"));
  EXPECT_THAT(end.error.hint(), HasSubstr("set SHOP_TAG=sha-a000001"));
}

TEST_F(OutcomeTest, WithoutAnUpgradeItIsToldAsEver) {
  facts["switch"] = {{"before", before_json({.tag = "sha-a000001",
                                             .image_id = "sha256:1",
                                             .image = "fixture/shop:sha-a000001",
                                             .was_good = true,
                                             .anonymous_volumes = {}})}};
  const Ending end = ending(failed_in("verify", "it does not verify"));
  EXPECT_EQ(end.error.message(), "it does not verify; shop runs sha-a000001 again");
}

}  // namespace
}  // namespace ballast
