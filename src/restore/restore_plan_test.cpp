#include "restore/restore_plan.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(RoomBelow, IsWhatMayStillBeUsed) {
  const Space half_used{.total = 1000, .available = 500, .used_percent = 50};
  EXPECT_EQ(room_below(half_used, 85), 350U);
  EXPECT_EQ(room_below(half_used, 100), 500U);
  EXPECT_EQ(room_below(half_used, 40), 0U);
}

TEST(RoomBelow, OfOneThatIsFullThereIsNone) {
  EXPECT_EQ(room_below({.total = 1000, .available = 0, .used_percent = 100}, 85), 0U);
}

}  // namespace
}  // namespace ballast
