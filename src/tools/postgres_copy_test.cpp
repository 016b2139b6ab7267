#include "tools/postgres_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tools/test_postgres.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class PostgresCopyTest : public ::testing::Test {
 protected:
  Postgres postgres() {
    return Postgres(std::make_unique<ScriptedServer>(
        told, [this](const std::string& sql) { return answer(sql); }));
  }

  PostgresClients::Result answer(const std::string& sql) {
    if (sql.starts_with("CREATE") && refusals > 0) {
      --refusals;
      return {.status = 1, .output = {}, .errors = refusal};
    }
    return {.status = 0, .output = rows(sql), .errors = {}};
  }

  std::string rows(const std::string& sql) {
    if (sql == "SELECT datname FROM pg_database") return existing;
    if (sql.find("server_version") != std::string::npos) return facts;
    if (sql.find("pg_database_size") != std::string::npos)
      return "shop\x1fodoo\x1f"
             "8000000\n";
    if (sql.find("rolcreatedb") != std::string::npos) return rights;
    if (sql.find("datconnlimit") != std::string::npos) return traits;
    if (sql.find("strpos") != std::string::npos) return at_work-- > 0 ? "4711\x1ft\n" : "";
    if (sql.find("application_name") != std::string::npos)
      return connected-- > 0 ? "psql\x1f"
                               "172.18.0.5\x1f"
                               "ken\x1fshop\n"
                             : "";
    return {};
  }

  void make_copy(Postgres& server, Duration patience = 10s) {
    copy_databases_whole(server, clock, {copy}, patience,
                         {.ended = [this](const std::string& line) { ended.push_back(line); },
                          .begins = [this](const WholeCopy& one) { begun.push_back(one.to); }});
  }

  // Without the questions.
  std::vector<std::string> changes() const {
    std::vector<std::string> found;
    for (const std::string& sql : told)
      if (!sql.starts_with("SELECT") && !sql.starts_with("\nWITH")) found.push_back(sql);
    return found;
  }

  const std::string closing = "ALTER DATABASE \"shop\" ALLOW_CONNECTIONS false";
  const std::string opening = "ALTER DATABASE \"shop\" ALLOW_CONNECTIONS true";
  const WholeCopy copy{.from = "shop", .to = "shop_copy", .owner = "odoo"};
  std::vector<std::string> told;
  std::vector<std::string> ended;
  std::vector<std::string> begun;
  PatientClock clock;
  std::string existing = "shop\n";
  std::string facts =
      "shop\x1f\x1f"
      "15.14\n";
  std::string traits;
  std::string rights;
  std::string refusal;
  int refusals = 0;
  int connected = 0;
  int at_work = 0;
};

TEST_F(PostgresCopyTest, ACopyIsClosedFromItsFirstMoment) {
  EXPECT_EQ(creation_of(copy, 15),
            "CREATE DATABASE \"shop_copy\" OWNER \"odoo\" TEMPLATE \"shop\" STRATEGY file_copy "
            "ALLOW_CONNECTIONS false");
  EXPECT_EQ(creation_of(copy, 14),
            "CREATE DATABASE \"shop_copy\" OWNER \"odoo\" TEMPLATE \"shop\" ALLOW_CONNECTIONS "
            "false");
}

TEST_F(PostgresCopyTest, ACopyKeepsTheVersionOfItsCollation) {
  EXPECT_EQ(creation_of(copy, 15, "2.36"),
            "CREATE DATABASE \"shop_copy\" OWNER \"odoo\" TEMPLATE \"shop\" STRATEGY file_copy "
            "COLLATION_VERSION '2.36' ALLOW_CONNECTIONS false");
}

TEST_F(PostgresCopyTest, WhichThatIsTheServerSays) {
  facts =
      "shop\x1f"
      "2.36\x1f"
      "15.14\n";
  Postgres server = postgres();
  make_copy(server);
  EXPECT_THAT(changes(), ElementsAre(closing, creation_of(copy, 15, "2.36"), opening));
  EXPECT_THAT(begun, ElementsAre("shop_copy"));
}

TEST_F(PostgresCopyTest, WhatTemplateLeavesOutIsGivenWithoutTheCommandLine) {
  traits =
      "ALTER DATABASE \"shop_copy\" CONNECTION LIMIT 20\x1e"
      "ALTER DATABASE shop_copy SET app.secret TO 'hunter2'\n";
  Postgres server = postgres();
  make_copy(server);
  EXPECT_THAT(changes(), ElementsAre(closing, creation_of(copy, 15), opening,
                                     "fed: ALTER DATABASE \"shop_copy\" CONNECTION LIMIT 20;\n"
                                     "ALTER DATABASE shop_copy SET app.secret TO 'hunter2';\n"));
}

TEST_F(PostgresCopyTest, OneThatWasCutOffIsMadeAgain) {
  existing = "shop\x1eshop_copy\n";
  facts =
      "shop\x1f\x1f"
      "15.14\x1eshop_copy\x1f\x1f"
      "15.14\n";
  Postgres server = postgres();
  make_copy(server);
  EXPECT_THAT(
      changes(),
      ElementsAre(closing, "ALTER DATABASE \"shop_copy\" IS_TEMPLATE false ALLOW_CONNECTIONS false",
                  "DROP DATABASE IF EXISTS \"shop_copy\"", creation_of(copy, 15), opening));
}

TEST_F(PostgresCopyTest, WhoComesInMeanwhileIsEndedAndItIsTriedAgain) {
  refusals = 2;
  refusal = "ERROR:  source database \"shop\" is being accessed by other users";
  Postgres server = postgres();
  make_copy(server);
  EXPECT_EQ(clock.ticks, Monotonic{} + 2s);
  EXPECT_THAT(changes(), Contains(closing).Times(3));
  EXPECT_THAT(changes(), Contains(StartsWith("CREATE DATABASE")).Times(3));
  EXPECT_EQ(changes().back(), opening);
}

TEST_F(PostgresCopyTest, AnotherRefusalIsToldAtOnce) {
  refusals = 1;
  refusal = "ERROR:  permission denied to create database";
  Postgres server = postgres();
  try {
    make_copy(server);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("permission denied to create database"));
  }
  EXPECT_EQ(clock.ticks, Monotonic{});
}

TEST_F(PostgresCopyTest, TheLastOnesToLeaveAreAwaited) {
  connected = 3;
  Postgres server = postgres();
  make_copy(server);
  EXPECT_THAT(ended, IsEmpty());
  EXPECT_EQ(clock.ticks, Monotonic{} + 300ms);
  EXPECT_THAT(told, Not(Contains(HasSubstr("pg_terminate_backend"))));
}

TEST_F(PostgresCopyTest, WhoDoesNotLeaveIsEndedAndTold) {
  connected = 1000;
  Postgres server = postgres();
  make_copy(server, 1s);
  EXPECT_THAT(ended, ElementsAre("psql from 172.18.0.5 as ken in shop"));
  EXPECT_THAT(told, Contains(HasSubstr("pg_terminate_backend")));
}

TEST_F(PostgresCopyTest, WhatAKilledOneLeftAtWorkIsEndedFirst) {
  at_work = 2;
  Postgres server = postgres();
  end_statements_about(server, clock, {"shop_copy"});
  EXPECT_EQ(clock.ticks, Monotonic{} + 200ms);
  at_work = 1000;
  EXPECT_THROW(end_statements_about(server, clock, {"shop_copy"}), Error);
}

TEST_F(PostgresCopyTest, WhetherTheRoleMayIsKnownBefore) {
  Postgres server = postgres();
  rights = "odoo\x1ft\x1fshop\x1ft\n";
  EXPECT_EQ(trouble_with_copying(server, {"shop"}), "");
  rights =
      "odoo\x1f"
      "f\x1fshop\x1ft\n";
  EXPECT_EQ(trouble_with_copying(server, {"shop"}), "the role odoo may not create databases");
  rights =
      "odoo\x1ft\x1fshop\x1f"
      "f\n";
  EXPECT_EQ(trouble_with_copying(server, {"shop"}), "the role odoo does not own the database shop");
  EXPECT_EQ(trouble_with_copying(server, {"shop", "postgres"}),
            "no other database than postgres lets us in, and it cannot be closed from within");
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(PostgresCopyTest, AllAreOpenedAgainTogether) {
  Postgres server = postgres();
  open_databases(server, {"shop", "store"});
  EXPECT_THAT(changes(), ElementsAre("ALTER DATABASE \"shop\" ALLOW_CONNECTIONS true; "
                                     "ALTER DATABASE \"store\" ALLOW_CONNECTIONS true"));
}

TEST_F(PostgresCopyTest, SizesAndOwnersAreThoseOfTheServer) {
  Postgres server = postgres();
  const auto stand = stand_of(server, {"shop"});
  ASSERT_EQ(stand.size(), 1u);
  EXPECT_EQ(stand.front().owner, "odoo");
  EXPECT_EQ(stand.front().bytes, 8000000u);
  EXPECT_THROW(stand_of(server, {"gone"}), Error);
}

}  // namespace
}  // namespace ballast
