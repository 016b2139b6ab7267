#include "tools/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PostgresTest, NoPasswordStandsInTheCommandLine) {
  EXPECT_THAT(psql_argv("shop", "SELECT 1"),
              ElementsAre("psql", "-X", "-q", "-w", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-F",
                          "\x1f", "-R", "\x1e", "-d", "shop", "-c", "SELECT 1"));
  EXPECT_THAT(dump_argv("shop", "0003-1", std::chrono::seconds(60)),
              ElementsAre("pg_dump", "-Fc", "-Z1", "--no-password", "--snapshot=0003-1",
                          "--lock-wait-timeout=60000", "-d", "shop"));
}

TEST(PostgresTest, ANameIsNeverTakenForAConnectionString) {
  const auto database = [](const std::string& name) { return psql_argv(name, "").at(13); };
  EXPECT_EQ(database("ten_shop"), "ten_shop");
  EXPECT_EQ(database("host=evil"), "dbname='host=evil'");
  EXPECT_EQ(database("a='\\"), "dbname='a=\\'\\\\'");
  EXPECT_EQ(database("postgres://evil"), "dbname='postgres://evil'");
}

TEST(PostgresTest, RowsAndFieldsMayHoldAnythingPrintable) {
  EXPECT_THAT(parse_rows("a b\x1f|\x1e"
                         "line\nbreak\x1f\n"),
              ElementsAre(ElementsAre("a b", "|"), ElementsAre("line\nbreak", "")));
  EXPECT_THAT(parse_rows(""), IsEmpty());
  EXPECT_THAT(parse_rows("\n"), IsEmpty());
}

TEST(PostgresTest, NamesAndTextsAreQuoted) {
  EXPECT_EQ(quoted_identifier("te\"n"), "\"te\"\"n\"");
  EXPECT_EQ(quoted_literal("it's"), "'it''s'");
}

}  // namespace
}  // namespace ballast
