#include "live/deployed.h"

#include "journal/test_journal.h"

namespace ballast {
namespace {

class DeployedTest : public JournalTest {
 protected:
  Journal journal_{path()};
};

TEST_F(DeployedTest, ComesBackFromTheJournal) {
  EXPECT_FALSE(deployed(journal_, "shop"));
  const Deployed left{.operation = "one", .containers = {{"web", "c1", "sha256:1", "hash"}}};
  journal_.set_fact("shop", "deployed", deployed_json(left), at(5));
  const auto back = deployed(journal_, "shop");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->operation, "one");
  ASSERT_NE(back->of("web"), nullptr);
  EXPECT_EQ(back->of("web")->id, "c1");
  EXPECT_EQ(back->of("web")->image_id, "sha256:1");
  EXPECT_EQ(back->of("web")->config_hash, "hash");
  EXPECT_EQ(back->of("db"), nullptr);
}

TEST_F(DeployedTest, AnEngineThatDidNotAnswerLeftItUnknown) {
  journal_.set_fact("shop", "deployed", nullptr, at(5));
  EXPECT_FALSE(deployed(journal_, "shop"));
}

}  // namespace
}  // namespace ballast
