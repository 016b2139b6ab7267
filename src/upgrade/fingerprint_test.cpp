#include "upgrade/fingerprint.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Rows = std::vector<std::vector<std::string>>;

Rows shop() {
  return {
      {"public.res_users", "is", "", ""},
      {"public.res_users", "column", "login", "character varying not null"},
      {"public.res_users", "column", "colour", "character varying"},
      {"public.res_users", "rest", "res_users_pkey", "PRIMARY KEY (id)"},
      {"public.res_users", "rest", "", "CREATE INDEX a ON public.res_users USING btree (login)"},
      {"public.empty", "is", "", ""},
      {"view public.sales", "is", "", ""},
      {"view public.sales", "rest", "", "SELECT 1;"},
      {"type public.mood", "is", "", ""},
      {"type public.mood", "column", "values", "'sad', 'happy'"}};
}

Fingerprint fingerprint() {
  Fingerprint found = read_fingerprint(shop());
  found.modules = {{"base", "18.0.1.3"}, {"shop_theme", "18.0.1.0"}};
  return found;
}

TEST(FingerprintTest, IsReadFromTheCatalogue) {
  const Fingerprint found = read_fingerprint(shop());
  ASSERT_EQ(found.tables.size(), 4u);
  const TableShape& users = found.tables.at("public.res_users");
  EXPECT_EQ(users.columns.at("login"), "character varying not null");
  EXPECT_EQ(users.rest.size(), 64u);
  EXPECT_EQ(found.tables.at("public.empty"), TableShape());
}

TEST(FingerprintTest, TheOrderOfTheRowsIsOfNoMatter) {
  Rows turned = shop();
  std::ranges::reverse(turned);
  EXPECT_EQ(read_fingerprint(turned), read_fingerprint(shop()));
  EXPECT_EQ(read_fingerprint(turned).hash(), read_fingerprint(shop()).hash());
}

TEST(FingerprintTest, TheHashIsOverAllOfIt) {
  const std::string hash = fingerprint().hash();
  EXPECT_EQ(hash, fingerprint().hash());
  Fingerprint other = fingerprint();
  other.modules["shop_theme"] = "18.0.1.1";
  EXPECT_NE(other.hash(), hash);
  other = fingerprint();
  other.tables["public.res_users"].columns["login"] = "text";
  EXPECT_NE(other.hash(), hash);
  other = fingerprint();
  other.tables["public.res_users"].rest = "";
  EXPECT_NE(other.hash(), hash);
}

TEST(FingerprintTest, SurvivesTheWayThroughJson) {
  const Fingerprints found{{"ten_a", fingerprint()}, {"ten_b", {}}};
  EXPECT_EQ(fingerprints_from_json(fingerprints_json(found)), found);
}

TEST(FingerprintTest, WhatWasKeptMayBeDamaged) {
  for (const char* text : {"[]", "null", R"({"ten_a": {}})", R"({"ten_a": {"tables": {}}})"}) {
    try {
      fingerprints_from_json(*parse_json(text));
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Kind::failed);
      EXPECT_THAT(error.message(), ::testing::HasSubstr("is not readable"));
    }
  }
}

TEST(DifferencesTest, AreNoneBetweenEqualOnes) {
  EXPECT_THAT(differences(fingerprint(), fingerprint()), IsEmpty());
}

TEST(DifferencesTest, AreToldInWords) {
  Fingerprint after = fingerprint();
  auto& users = after.tables["public.res_users"];
  users.columns.erase("colour");
  users.columns["theme"] = "character varying";
  users.columns["login"] = "text";
  users.rest = "other";
  after.tables.erase("public.empty");
  after.tables["public.shop_promo"] = {};
  after.tables["other.log"] = {};
  after.tables["view public.sales"].rest = "other";
  after.tables["type public.mood"].columns["values"] = "'sad'";
  after.modules = {{"shop_theme", "18.0.1.1"}, {"shop_promo", "18.0.1.0"}};
  EXPECT_THAT(
      differences(fingerprint(), after),
      ElementsAre("empty: gone",
                  "res_users: column colour gone, login text, was character varying not null, "
                  "theme new; constraints or indexes changed",
                  "type mood: changed", "view sales: its definition changed", "other.log: new",
                  "shop_promo: new", "module base: no longer installed",
                  "module shop_theme: 18.0.1.1, was 18.0.1.0",
                  "module shop_promo: newly installed"));
}

TEST(DifferencesTest, ManyAreCutShort) {
  Fingerprint after;
  for (int number = 0; number < 9; ++number) {
    after.tables[fmt::format("public.t{}", number)] = {};
    after.tables["public.a"].columns[fmt::format("c{}", number)] = "text";
  }
  Fingerprint before;
  before.tables["public.a"] = {};
  EXPECT_THAT(differences(before, after, 2),
              ElementsAre("a: column c0 new, c1 new, c2 new, c3 new, c4 new, c5 new, and 3 more",
                          "t0: new", "and 8 more"));
}

TEST(DifferencesTest, NamesCannotReachTheTerminal) {
  Fingerprint after;
  after.tables["public.a\x1b[2J"] = {};
  EXPECT_THAT(differences({}, after), ElementsAre("a\\x1b[2J: new"));
}

}  // namespace
}  // namespace ballast
