#include "tools/postgres_swap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

DatabaseSwap swap_of_shop() {
  return {.names = {.incoming = "shop_in", .live = "shop", .parked = "shop_out"}, .owner = "odoo"};
}

TEST(DatabaseSwapTest, TheLiveOneGoesAsideAndTheIncomingOneTakesItsName) {
  EXPECT_THAT(swap_statements({swap_of_shop()}, {"shop", "shop_in"}),
              ElementsAre("ALTER DATABASE \"shop\" RENAME TO \"shop_out\"",
                          "ALTER DATABASE \"shop_in\" RENAME TO \"shop\"",
                          "ALTER DATABASE \"shop\" OWNER TO \"odoo\"",
                          "ALTER DATABASE \"shop\" IS_TEMPLATE false ALLOW_CONNECTIONS true"));
}

TEST(DatabaseSwapTest, NothingIsParkedWhereNothingWasLive) {
  EXPECT_THAT(swap_statements({swap_of_shop()}, {"shop_in"}),
              ElementsAre("ALTER DATABASE \"shop_in\" RENAME TO \"shop\"",
                          "ALTER DATABASE \"shop\" OWNER TO \"odoo\"",
                          "ALTER DATABASE \"shop\" IS_TEMPLATE false ALLOW_CONNECTIONS true"));
}

TEST(DatabaseSwapTest, WithoutAnIncomingOneTheLiveOneOnlyGoes) {
  const DatabaseSwap swap{.names = {.live = "shop", .parked = "shop_out"}};
  EXPECT_THAT(swap_statements({swap}, {"shop"}),
              ElementsAre("ALTER DATABASE \"shop\" RENAME TO \"shop_out\""));
  EXPECT_THAT(swap_back_statements({swap}, {"shop_out"}),
              ElementsAre("ALTER DATABASE \"shop_out\" RENAME TO \"shop\"",
                          "ALTER DATABASE \"shop\" IS_TEMPLATE false ALLOW_CONNECTIONS true"));
}

TEST(DatabaseSwapTest, TheWayBackChangesBothNames) {
  EXPECT_THAT(swap_back_statements({swap_of_shop()}, {"shop", "shop_out"}),
              ElementsAre("ALTER DATABASE \"shop\" RENAME TO \"shop_in\"",
                          "ALTER DATABASE \"shop_out\" RENAME TO \"shop\"",
                          "ALTER DATABASE \"shop\" IS_TEMPLATE false ALLOW_CONNECTIONS true"));
}

TEST(DatabaseSwapTest, TheWayBackWithNothingParkedOnlyTakesTheIncomingOneAway) {
  EXPECT_THAT(swap_back_statements({swap_of_shop()}, {"shop"}),
              ElementsAre("ALTER DATABASE \"shop\" RENAME TO \"shop_in\""));
}

// Cut off after it was closed and before it was swapped: it only has to be opened again.
TEST(DatabaseSwapTest, TheWayBackOpensWhatWasOnlyClosed) {
  EXPECT_THAT(swap_back_statements({swap_of_shop()}, {"shop", "shop_in"}),
              ElementsAre("ALTER DATABASE \"shop\" IS_TEMPLATE false ALLOW_CONNECTIONS true"));
  EXPECT_THAT(swap_back_statements({swap_of_shop()}, {"shop_in"}), IsEmpty());
}

}  // namespace
}  // namespace ballast
