#include "host/process_facts.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace ballast {
namespace {

TEST(ProcessFactsTest, TellsOfThisProcess) {
  EXPECT_EQ(process_owner(getpid()), geteuid());
  EXPECT_EQ(parent_process(getpid()), getppid());
  EXPECT_TRUE(process_variable(getpid(), "PATH"));
  EXPECT_FALSE(process_variable(getpid(), "PAT"));
  EXPECT_NE(process_words(getpid()).at(0).find("test_host"), std::string::npos);
}

TEST(ProcessFactsTest, OfOneThatIsGoneNothingIsKnown) {
  constexpr long long nobody = 1LL << 30;
  EXPECT_FALSE(process_owner(nobody));
  EXPECT_TRUE(process_words(nobody).empty());
  EXPECT_FALSE(parent_process(nobody));
  EXPECT_FALSE(process_variable(nobody, "PATH"));
}

TEST(ProcessFactsTest, GroupsAreFoundByTheirName) {
  EXPECT_EQ(group_number("root"), 0U);
  EXPECT_FALSE(group_number("no-such-group-here"));
}

}  // namespace
}  // namespace ballast
