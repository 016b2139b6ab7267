#include "model/name_swap.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

constexpr std::string_view operation = "20261125T022707Z-3f9a";

TEST(NameSwapTest, NamesSayWhatTheyAre) {
  EXPECT_EQ(incoming_name("ten_a", operation), "ten_a__restore_20261125t022707z-3f9a");
  EXPECT_EQ(parked_name("ten_a", operation), "ten_a__before_20261125t022707z-3f9a");
}

TEST(NameSwapTest, LongNamesStayDifferentWithinTheLimitOfPostgres) {
  const std::string name(62, 'a');
  const std::string first = parked_name(name + "1", operation);
  const std::string second = parked_name(name + "2", operation);
  EXPECT_EQ(first.size(), 63u);
  EXPECT_EQ(second.size(), 63u);
  EXPECT_NE(first, second);
  EXPECT_TRUE(first.ends_with("__before_20261125t022707z-3f9a"));
}

TEST(NameSwapTest, ALetterIsNotCutInTwo) {
  std::string name;
  while (name.size() < 62) name += "ä";
  const std::string parked = parked_name("x" + name.substr(0, 62), operation);
  const std::string kept = parked.substr(0, parked.find('~'));
  EXPECT_EQ((kept.size() - 1) % 2, 0u);
  EXPECT_LE(parked.size(), 63u);
}

TEST(NameSwapTest, ReadsWhatItWrote) {
  const NameSwap swap{.incoming = "a", .live = "b", .parked = "c"};
  EXPECT_EQ(name_swap_from_json(name_swap_json(swap)), swap);
}

}  // namespace
}  // namespace ballast
