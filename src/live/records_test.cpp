#include "live/records.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(OperationIdTest, SortsByTimeWithinASecond) {
  using namespace std::chrono_literals;
  const Time second{1764124027s};
  EXPECT_EQ(operation_id(second, 0), "20251126T022707Z-0000");
  EXPECT_EQ(operation_id(second + 999ms, 63), "20251126T022707Z-f9ff");
  EXPECT_LT(operation_id(second + 1ms, 255), operation_id(second + 2ms, 0));
}

TEST(TornWriteTest, OnlyOurOwnTemporaryNamesAreTorn) {
  EXPECT_TRUE(is_torn_write("..env.ballast-zzj2mq"));
  EXPECT_TRUE(is_torn_write(".shop.ballast-A1b2C3"));
  EXPECT_FALSE(is_torn_write(".env"));
  EXPECT_FALSE(is_torn_write("ballast.yaml"));
  EXPECT_FALSE(is_torn_write(".env.ballast-"));
  EXPECT_FALSE(is_torn_write("env.ballast-zzj2mq"));
}

}  // namespace
}  // namespace ballast
