#include "tools/postgres_ask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::Pair;

TEST(PostgresRefusal, IsReadFromTheWords) {
  EXPECT_EQ(refusal_of("FATAL:  sorry, too many clients already"), PostgresRefusal::full);
  EXPECT_EQ(refusal_of("FATAL:  the database system is starting up"), PostgresRefusal::starting);
  EXPECT_EQ(refusal_of("FATAL:  the database system is in recovery mode"),
            PostgresRefusal::starting);
  EXPECT_EQ(refusal_of("FATAL:  password authentication failed for user \"odoo\""),
            PostgresRefusal::not_us);
  EXPECT_EQ(refusal_of("FATAL:  no pg_hba.conf entry for host \"172.18.0.1\""),
            PostgresRefusal::not_us);
  EXPECT_EQ(refusal_of("fe_sendauth: no password supplied"), PostgresRefusal::not_us);
  EXPECT_EQ(refusal_of("Connection refused"), PostgresRefusal::unreachable);
}

// Nothing listens on port 1.
TEST(AskPostgres, NobodyListens) {
  const auto answer = ask_postgres({{"host", "127.0.0.1"}, {"port", "1"}}, "SELECT 1", 5s);
  EXPECT_EQ(answer.refusal, PostgresRefusal::unreachable);
  EXPECT_THAT(answer.words, ::testing::HasSubstr("Connection refused"));
}

TEST(AskPostgres, ParametersAreThoseOfTheUrlFile) {
  const auto parameters = parameters_of(
      parse_server_address("f", "postgres://ken:pw@db.example.com:5433/shop?sslmode=require"));
  EXPECT_THAT(parameters, Contains(Pair("host", "db.example.com")));
  EXPECT_THAT(parameters, Contains(Pair("port", "5433")));
  EXPECT_THAT(parameters, Contains(Pair("user", "ken")));
  EXPECT_THAT(parameters, Contains(Pair("password", "pw")));
  EXPECT_THAT(parameters, Contains(Pair("dbname", "shop")));
  EXPECT_THAT(parameters, Contains(Pair("sslmode", "require")));
}

}  // namespace
}  // namespace ballast
