#include "live/module_hashes.h"

#include "journal/test_journal.h"

namespace ballast {
namespace {

class ModuleHashesTest : public JournalTest {
 protected:
  Journal journal_{path()};
};

TEST_F(ModuleHashesTest, ComeBackFromTheJournal) {
  EXPECT_FALSE(recorded_hashes(journal_, "shop"));
  keep_hashes(journal_, "shop",
              {.operation = "one",
               .release = {{"a", "1"}, {"b", "2"}},
               .behind = {{"ten_b", {{"a", "0"}}}}},
              at(5));
  const auto recorded = recorded_hashes(journal_, "shop");
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->operation, "one");
  EXPECT_EQ(recorded->of("ten_a"), (ModuleHashes{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(recorded->of("ten_b"), (ModuleHashes{{"a", "0"}, {"b", "2"}}));
  EXPECT_FALSE(recorded_hashes(journal_, "other"));
}

TEST_F(ModuleHashesTest, AreForgottenWithTheDatabases) {
  forget_hashes(journal_, "shop", at(4));
  EXPECT_FALSE(recorded_hashes(journal_, "shop"));
  keep_hashes(journal_, "shop", {.operation = {}, .release = {}, .behind = {}}, at(5));
  EXPECT_TRUE(recorded_hashes(journal_, "shop"));
  forget_hashes(journal_, "shop", at(6));
  EXPECT_FALSE(recorded_hashes(journal_, "shop"));
}

}  // namespace
}  // namespace ballast
