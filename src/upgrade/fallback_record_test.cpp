#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "host/host.h"
#include "upgrade/fallback.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Time noon{Duration(1795694400000)};

class FallbackRecordTest : public ::testing::Test {
 protected:
  FallbackRecordTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("ballast-fallback-" + host_.get().machine.random_hex(8))),
        journal_((folder_ / "ballast.db").string()) {}
  ~FallbackRecordTest() override { std::filesystem::remove_all(folder_); }

  static FallbackCopy copy_of(const std::string& operation, Time at) {
    return {.operation = operation,
            .at = at,
            .release = "before",
            .tag = "sha-a000001",
            .repository = "acme/shop",
            .image_id = "sha256:1",
            .set = "20261125T022707Z-3f9a",
            .databases = {{.names = {.incoming = fallback_name("shop", operation),
                                     .live = "shop",
                                     .parked = parked_name("shop", operation)},
                           .owner = "odoo"}},
            .bytes = 8000000};
  }

  void good_release(const std::string& operation, const std::string& kind, Time at) {
    OperationRecord record;
    record.id = operation;
    record.kind = kind;
    record.stack = "shop";
    record.operator_name = "ken";
    record.request = Json::object();
    record.plan = Json::object();
    record.started = at;
    record.ended = at;
    record.state = OperationState::finished;
    ReleaseRecord release;
    release.id = operation;
    release.stack = "shop";
    release.tag = "sha-" + operation;
    release.outcome = "good";
    release.at = at;
    journal_.record(record, release);
  }

  std::vector<std::string> removable(Time now) {
    std::vector<std::string> found;
    for (const FallbackCopy& copy : removable_fallbacks(journal_, stack_, now))
      found.push_back(copy.operation);
    return found;
  }

  RealHost host_;
  std::filesystem::path folder_;
  Journal journal_;
  Stack stack_{.name = "shop", .env = EnvFile("/srv/stacks/shop/.env", "SHOP_TAG=sha-a000001\n")};
};

TEST_F(FallbackRecordTest, NewestFirstAndReadsWhatItWrote) {
  keep_fallback(journal_, "shop", copy_of("one", noon), noon);
  keep_fallback(journal_, "shop", copy_of("two", noon + 1h), noon);
  keep_fallback(journal_, "shop", copy_of("two", noon + 1h), noon);
  const auto all = fallback_copies(journal_, "shop");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(fallback_json(all.front()), fallback_json(copy_of("two", noon + 1h)));
  EXPECT_EQ(all.back().operation, "one");
  forget_fallback(journal_, "shop", "two", noon);
  EXPECT_EQ(fallback_copies(journal_, "shop").size(), 1u);
  EXPECT_THAT(fallback_copies(journal_, "blog"), IsEmpty());
}

TEST_F(FallbackRecordTest, TheyGoWithTheNextReleaseThatIsDeployed) {
  good_release("one", "deploy", noon);
  keep_fallback(journal_, "shop", copy_of("one", noon - 1min), noon);
  EXPECT_THAT(removable(noon + 1h), IsEmpty());
  good_release("back", "rollback", noon + 1h);
  EXPECT_THAT(removable(noon + 1h), IsEmpty());
  good_release("two", "deploy", noon + 2h);
  EXPECT_THAT(removable(noon + 2h), ElementsAre("one"));
}

TEST_F(FallbackRecordTest, TheyGoAfterThePeriodOfThePolicy) {
  stack_.policy.upgrade.keep_fallback = 24h;
  keep_fallback(journal_, "shop", copy_of("one", noon), noon);
  EXPECT_THAT(removable(noon + 24h), IsEmpty());
  EXPECT_THAT(removable(noon + 25h), ElementsAre("one"));
}

TEST(FallbackNameTest, SaysWhatItIsWithinTheLimitOfPostgres) {
  EXPECT_EQ(fallback_name("ten_a", "20261125T022707Z-3f9a"),
            "ten_a__fallback_20261125t022707z-3f9a");
  EXPECT_EQ(fallback_name(std::string(63, 'a'), "20261125T022707Z-3f9a").size(), 63u);
}

}  // namespace
}  // namespace ballast
