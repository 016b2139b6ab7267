#include "deploy/row_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RowCountsTest, TellsWhatCameAndWhatWent) {
  const Json before = {{"ten_a", {{"res_users", 3}, {"res_partner", 10}}},
                       {"ten_b", {{"res_users", 1}}}};
  const Json after = {{"ten_a", {{"res_users", 4}, {"res_partner", 8}}},
                      {"ten_b", {{"res_users", 1}}}};
  EXPECT_THAT(row_differences(before, after),
              ElementsAre("ten_a: res_users 1 row more, res_partner 2 rows fewer"));
  EXPECT_THAT(row_differences(before, before), IsEmpty());
}

TEST(RowCountsTest, ATableThatCameIsCountedWhole) {
  EXPECT_THAT(row_differences({{"ten_a", Json::object()}}, {{"ten_a", {{"res_users", 2}}}}),
              ElementsAre("ten_a: res_users 2 rows more"));
}

}  // namespace
}  // namespace ballast
