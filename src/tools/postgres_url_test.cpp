#include "tools/postgres_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

ServerAddress parse(std::string_view text) { return parse_server_address("/etc/shop.url", text); }

Error error_of(std::string_view text) {
  try {
    parse(text);
  } catch (const Error& error) {
    return error;
  }
  return Error(Kind::failed, "(no error)");
}

TEST(ServerAddressTest, AUrl) {
  const auto address =
      parse("postgres://odoo:se%40cret@db.example.com:5433/shop?sslmode=require\n");
  EXPECT_THAT(address.variables, ElementsAre(Pair("PGHOST", "db.example.com"),
                                             Pair("PGPASSWORD", "se@cret"), Pair("PGPORT", "5433"),
                                             Pair("PGSSLMODE", "require"), Pair("PGUSER", "odoo")));
  EXPECT_EQ(address.database, "shop");
  EXPECT_EQ(address.place(), "db.example.com:5433");
}

TEST(ServerAddressTest, TheOtherSchemeAndNothingButAHost) {
  const auto address = parse("postgresql://db");
  EXPECT_THAT(address.variables, ElementsAre(Pair("PGHOST", "db")));
  EXPECT_EQ(address.database, "");
  EXPECT_EQ(address.port(), "5432");
  EXPECT_EQ(address.place(), "db:5432");
}

TEST(ServerAddressTest, KeysAndValues) {
  const auto address =
      parse("host=10.0.0.5 user=odoo password='it\\'s = a b' dbname=shop connect_timeout=20");
  EXPECT_THAT(address.variables,
              ElementsAre(Pair("PGCONNECT_TIMEOUT", "20"), Pair("PGHOST", "10.0.0.5"),
                          Pair("PGPASSWORD", "it's = a b"), Pair("PGUSER", "odoo")));
  EXPECT_EQ(address.database, "shop");
}

TEST(ServerAddressTest, EveryByteCanBeInAPassword) {
  EXPECT_EQ(parse("postgres://u:%2F%3a%25%c3%a9%20@h").value("PGPASSWORD"), "/:%\xc3\xa9 ");
}

TEST(ServerAddressTest, VersionSixOfIp) {
  const auto address = parse("postgres://u@[fe80::1]:5433/shop");
  EXPECT_EQ(address.value("PGHOST"), "fe80::1");
  EXPECT_EQ(address.place(), "[fe80::1]:5433");
  EXPECT_EQ(parse("hostaddr=::1").place(), "[::1]:5432");
}

TEST(ServerAddressTest, SocketsServicesAndSeveralHosts) {
  EXPECT_EQ(parse("postgres:///shop").place(), "this host's own socket, port 5432");
  EXPECT_EQ(parse("host=/run/postgresql port=5433").place(),
            "the socket in /run/postgresql, port 5433");
  EXPECT_EQ(parse("service=shop").place(), "the service shop");
  EXPECT_EQ(parse("postgres://a,b:5433/shop").place(), "a,b:,5433");
}

TEST(ServerAddressTest, LinesMayEndAsOnWindows) {
  EXPECT_EQ(parse("  postgres://u:secret@h/shop\r\n\r\n").database, "shop");
}

TEST(ServerAddressTest, AnEmptyFile) {
  for (const char* text : {"", "\n", " \r\n"}) {
    const Error error = error_of(text);
    EXPECT_EQ(error.kind(), Kind::usage);
    EXPECT_EQ(error.message(), "/etc/shop.url is empty");
    EXPECT_THAT(error.hint(), HasSubstr("postgres://USER:PASSWORD@HOST:5432/postgres"));
  }
}

TEST(ServerAddressTest, MoreThanOneLine) {
  EXPECT_EQ(error_of("postgres://a\npostgres://b\n").message(),
            "/etc/shop.url holds more than one line");
}

TEST(ServerAddressTest, WhatCannotBeHandedOnIsRefusedByName) {
  EXPECT_EQ(error_of("postgres://h/shop?keepalives_idle=10").message(),
            "/etc/shop.url: `keepalives_idle` cannot be handed to PostgreSQL's programs: it has no "
            "variable in their environment");
  EXPECT_EQ(error_of("postgres://h/shop?keepalives_idle=10").hint(), "leave it out");
}

// libpq's own message repeats what it could not read.
TEST(ServerAddressTest, WhatCannotBeReadIsNotRepeated) {
  for (const char* text : {"hunter2", "postgres://odoo:hunter2%zz@h", "host=h password=a hunter2",
                           "postgres://h/shop?hunter2=x", "postgres://u:hunter2@h:port:5/x?y",
                           "host=h hunter2=1", "password='hunter2"}) {
    const Error error = error_of(text);
    EXPECT_EQ(error.kind(), Kind::usage) << text;
    EXPECT_EQ(error.message(),
              "/etc/shop.url does not hold the address of a database server: libpq cannot read it")
        << text;
    EXPECT_THAT(error.text(), Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace ballast
