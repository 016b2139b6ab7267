#include "restore/exchange.h"

#include <gtest/gtest.h>

#include "journal/test_journal.h"

namespace ballast {
namespace {

Parked parked() {
  Parked made;
  made.operation = "20261127T120000Z-0001";
  made.at = *parse_time("2026-11-27T12:00:00Z");
  made.exchange.databases = {
      {.names = {.incoming = "shop__fallback_1", .live = "shop", .parked = "shop__before_1"},
       .owner = "odoo"}};
  made.exchange.shares_files = true;
  made.exchange.services = {"web"};
  made.exchange.tag = "sha-a000001";
  made.tag = "sha-a000002";
  made.image = "acme/shop:sha-a000002";
  made.image_id = "sha256:2";
  made.files = "/var/lib/ballast/releases/shop/1-before";
  return made;
}

TEST(ExchangeTest, GoesThroughJsonWhole) {
  Exchange exchange = parked().exchange;
  exchange.folders = {{.incoming = "/f/a", .live = "/f/b", .parked = "/f/c"}};
  exchange.contents = {{.incoming = "/v/a", .live = "/v", .parked = "/v/c"}};
  exchange.whole_stack = true;
  const Json json = exchange_json(exchange);
  EXPECT_EQ(exchange_json(exchange_from_json(json)), json);
  EXPECT_TRUE(exchange_from_json(json).shares_files);
}

TEST(ExchangeTest, OneOfAnOlderVersionHasItsOwnFiles) {
  EXPECT_FALSE(exchange_from_json(Json::object()).shares_files);
}

TEST(ExchangeTest, TheWayBackBringsInWhatWasReplaced) {
  const Exchange back = exchange_back(parked(), "20261127T130000Z-0002");
  ASSERT_EQ(back.databases.size(), 1U);
  EXPECT_EQ(back.databases.front().names.incoming, "shop__before_1");
  EXPECT_EQ(back.databases.front().names.live, "shop");
  EXPECT_EQ(back.databases.front().names.parked, "shop__before_20261127t130000z-0002");
  EXPECT_TRUE(back.shares_files);
  EXPECT_EQ(back.tag, "sha-a000002");
  EXPECT_EQ(back.repository, "acme/shop");
}

class ParkedTest : public JournalTest {};

TEST_F(ParkedTest, IsKeptUntilItIsForgotten) {
  Journal journal(path());
  keep_parked(journal, "shop", parked());
  ASSERT_EQ(parked_of(journal, "shop").size(), 1U);
  const Parked kept = parked_of(journal, "shop").front();
  EXPECT_EQ(kept.files, "/var/lib/ballast/releases/shop/1-before");
  EXPECT_EQ(kept.at, parked().at);
  EXPECT_EQ(exchange_json(kept.exchange), exchange_json(parked().exchange));
  keep_parked(journal, "shop", parked());
  EXPECT_EQ(parked_of(journal, "shop").size(), 1U);
  forget_parked(journal, "shop", parked().operation, parked().at);
  EXPECT_TRUE(parked_of(journal, "shop").empty());
}

}  // namespace
}  // namespace ballast
