#include "upgrade/fallback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/test_postgres.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FallbackTest : public ::testing::Test {
 protected:
  Postgres postgres() {
    return Postgres(std::make_unique<ScriptedServer>(told, [this](const std::string& sql) {
      const bool asks = sql == "SELECT datname FROM pg_database";
      return PostgresClients::Result{.status = 0, .output = asks ? existing : "", .errors = {}};
    }));
  }

  static FallbackCopy copies() {
    return {.operation = "op",
            .set = "20261125T022707Z-3f9a",
            .databases = {swap_of("ten_a"), swap_of("ten_b")}};
  }
  static DatabaseSwap swap_of(const std::string& name) {
    return {.names = {.incoming = name + "_copy", .live = name, .parked = name + "_before"},
            .owner = "odoo"};
  }

  // Without the questions.
  std::vector<std::string> changes() const {
    std::vector<std::string> found;
    for (const std::string& sql : told)
      if (!sql.starts_with("SELECT")) found.push_back(sql);
    return found;
  }

  std::vector<std::string> told;
  std::string existing = "ten_a\x1eten_a_copy\x1eten_b\x1eten_b_copy\n";
};

TEST_F(FallbackTest, AllComeBackTogether) {
  Postgres server = postgres();
  swap_copies_in(server, copies());
  ASSERT_EQ(changes().size(), 2u);
  EXPECT_EQ(changes().back(),
            "ALTER DATABASE \"ten_a\" RENAME TO \"ten_a_before\"; "
            "ALTER DATABASE \"ten_a_copy\" RENAME TO \"ten_a\"; "
            "ALTER DATABASE \"ten_b\" RENAME TO \"ten_b_before\"; "
            "ALTER DATABASE \"ten_b_copy\" RENAME TO \"ten_b\"; "
            "ALTER DATABASE \"ten_a\" OWNER TO \"odoo\"; "
            "ALTER DATABASE \"ten_a\" IS_TEMPLATE false ALLOW_CONNECTIONS true; "
            "ALTER DATABASE \"ten_b\" OWNER TO \"odoo\"; "
            "ALTER DATABASE \"ten_b\" IS_TEMPLATE false ALLOW_CONNECTIONS true");
}

TEST_F(FallbackTest, WhatHasComeBackStays) {
  existing = "ten_a\x1eten_a_before\x1eten_b\x1eten_b_before\n";
  Postgres server = postgres();
  swap_copies_in(server, copies());
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(FallbackTest, ACopyThatSomebodyDroppedIsToldBeforeAnythingIsChanged) {
  existing = "ten_a\x1eten_a_copy\x1eten_b\n";
  Postgres server = postgres();
  try {
    swap_copies_in(server, copies());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "the fallback copy of ten_b is gone");
    EXPECT_EQ(error.hint(), "restore it from the set taken before: 20261125T022707Z-3f9a");
  }
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(FallbackTest, WhatWasReplacedIsDroppedWhereItIsThere) {
  existing = "ten_a\x1eten_a_before\x1eten_b\n";
  Postgres server = postgres();
  drop_replaced(server, copies());
  EXPECT_THAT(
      changes(),
      ElementsAre("ALTER DATABASE \"ten_a_before\" IS_TEMPLATE false ALLOW_CONNECTIONS false",
                  "DROP DATABASE IF EXISTS \"ten_a_before\""));
}

}  // namespace
}  // namespace ballast
