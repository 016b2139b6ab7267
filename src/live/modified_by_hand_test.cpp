#include "live/modified_by_hand.h"

#include "journal/test_journal.h"

namespace ballast {
namespace {

class ModifiedByHandTest : public JournalTest {
 protected:
  void release_at(const std::string& id, Time when, const std::string& outcome = "good") {
    auto made = release(id, "sha-a000001", outcome);
    made.at = when;
    journal_.begin(operation(id));
    journal_.end(id, OperationState::finished, 0, "", when, {}, made);
  }
  void note(Time since) {
    note_modified_by_hand(journal_, "shop",
                          {.since = since, .session = "", .reason = "web was changed"});
  }

  const Time noon_ = *parse_time("2026-11-25T12:00:00Z");
  Journal journal_{path()};
};

using namespace std::chrono_literals;

TEST_F(ModifiedByHandTest, NothingIsUntilItIsNoted) {
  EXPECT_FALSE(modified_by_hand(journal_, "shop"));
  note(noon_);
  const auto modified = modified_by_hand(journal_, "shop");
  ASSERT_TRUE(modified);
  EXPECT_EQ(modified->text(), "since " + iso_local(noon_) + ": web was changed");
  EXPECT_EQ(modified->release, "");
  EXPECT_FALSE(modified_by_hand(journal_, "blog"));
}

TEST_F(ModifiedByHandTest, CountsUntilALaterReleaseIsGood) {
  release_at("one", noon_ - 1h);
  note(noon_ + 900ms);
  ASSERT_TRUE(modified_by_hand(journal_, "shop"));
  EXPECT_EQ(modified_by_hand(journal_, "shop")->release, "one");
  release_at("bad", noon_ + 1min, "failed");
  EXPECT_TRUE(modified_by_hand(journal_, "shop"));
  release_at("two", noon_ + 2min);
  EXPECT_FALSE(modified_by_hand(journal_, "shop"));
}

TEST_F(ModifiedByHandTest, TheReleaseThatWasChangedIsNoLaterOneAlthoughTheClockWentBack) {
  release_at("one", noon_);
  note(noon_ - 10min);
  EXPECT_TRUE(modified_by_hand(journal_, "shop"));
}

TEST_F(ModifiedByHandTest, AFactThatIsNoneIsNone) {
  journal_.set_fact("shop", "modified-by-hand", nullptr, noon_);
  EXPECT_FALSE(modified_by_hand(journal_, "shop"));
}

TEST(ModifiedJson, HoldsNullForWhatThereIsNot) {
  EXPECT_EQ(modified_json(std::nullopt), Json());
  const Time noon = *parse_time("2026-11-25T12:00:00Z");
  EXPECT_EQ(json_text(modified_json(ModifiedByHand{noon, "", "why", "one"})),
            "{\"since\":\"" + iso_local(noon) +
                "\",\"session\":null,\"reason\":\"why\",\"release\":\"one\"}");
}

}  // namespace
}  // namespace ballast
