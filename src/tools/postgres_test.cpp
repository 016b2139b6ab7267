#include "tools/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PostgresTest, NoPasswordStandsInTheCommandLine) {
  EXPECT_THAT(psql_argv("odoo", "shop", "SELECT 1"),
              ElementsAre("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-F", "\x1f",
                          "-R", "\x1e", "-U", "odoo", "-d", "shop", "-c", "SELECT 1"));
}

TEST(PostgresTest, ANameIsNeverTakenForAConnectionString) {
  const auto database = [](const std::string& name) { return psql_argv("odoo", name, "").at(14); };
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
