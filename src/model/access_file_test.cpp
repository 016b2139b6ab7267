#include "model/access_file.h"

#include <gtest/gtest.h>

#include "model/model_test_support.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;

constexpr const char* fingerprint = "SHA256:k/TNrTi2CNViz3ltNiBNiDZ2ppSnGUdkwvZirSfU8Os";

AccessFile read(const std::string& text) { return read_access_file("a.yaml", text); }

std::string said(const std::string& text) {
  return error_text(Kind::usage, [&] { read(text); });
}

// Of a line of an entry; it stands fifth in the file.
std::string said_of(const std::string& line) {
  return said("keys:\n  ci:\n    stacks: shop\n    verbs: deploy\n    " + line + "\n");
}

TEST(AccessFileTest, AnEntryIsRead) {
  const AccessFile file = read(std::string(R"(
user: releases
keys:
  github-ci:
    key: )") + fingerprint + R"(
    stacks: [shop, blog]
    verbs: [deploy, status]
    environments: [prod]
    rate: 6 per hour
    hours: [Mon-Fri 08:00-20:00 Asia/Tokyo, Sat 10:00-12:00]
    from: [192.0.2.0/24, "2001:db8::/32"]
    older: refuse
    x-ticket: OPS-1
  ken: {stacks: shop, verbs: status}
)");
  EXPECT_EQ(file.user, "releases");
  const AccessKey* key = file.with_fingerprint(fingerprint);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->name, "github-ci");
  EXPECT_EQ(key->stacks, (std::vector<std::string>{"shop", "blog"}));
  EXPECT_EQ(key->verbs, (std::vector<std::string>{"deploy", "status"}));
  EXPECT_EQ(key->environments, std::vector<std::string>{"prod"});
  EXPECT_EQ(key->rate->calls, 6);
  EXPECT_EQ(key->rate->within, 1h);
  EXPECT_EQ(key->hours.size(), 2U);
  EXPECT_EQ(key->from.size(), 2U);
  EXPECT_TRUE(key->refuses_older);
  EXPECT_EQ(file.named("ken")->fingerprint, "");
  EXPECT_FALSE(file.named("ken")->refuses_older);
  EXPECT_EQ(file.named("eve"), nullptr);
  EXPECT_EQ(file.with_fingerprint(""), nullptr);
}

TEST(AccessFileTest, NothingAllowsNothing) {
  for (const char* text : {"", "keys:\n", "# none yet\n"}) EXPECT_TRUE(read(text).keys.empty());
  EXPECT_EQ(read("").user, "deploy");
}

TEST(AccessFileTest, WhatIsNotKnownIsTold) {
  EXPECT_EQ(said("kyes: {}\n"), "a.yaml:1: unknown key `kyes` | did you mean `keys`?");
  EXPECT_EQ(said_of("stack: shop"),
            "a.yaml:5: unknown key `keys.ci.stack` | did you mean `keys.ci.stacks`?");
  EXPECT_EQ(
      said("keys: {ci: {stacks: shop, verbs: exec}}\n"),
      "a.yaml:1: `keys.ci.verbs`: \"exec\" is none of deploy, history, rollback, status, verify "
      "| write one of them");
  EXPECT_EQ(said("- a\n"),
            "a.yaml:1: access is a map of keys | write `keys:` and an entry for each key");
}

TEST(AccessFileTest, AnEntryNamesItsStacksAndVerbs) {
  const std::string hint = " | a key may do only what is written: name its stacks and its verbs";
  EXPECT_EQ(said("keys: {ci: {verbs: deploy}}\n"), "a.yaml:1: `keys.ci` lacks `stacks`" + hint);
  EXPECT_EQ(said("keys: {ci: {stacks: shop}}\n"), "a.yaml:1: `keys.ci` lacks `verbs`" + hint);
  EXPECT_EQ(said("keys: {ci: {stacks: [], verbs: deploy}}\n"),
            "a.yaml:1: `keys.ci.stacks`: nothing is named | name at least one, or remove the line");
  EXPECT_EQ(
      said("keys: {ci: }\n"),
      "a.yaml:1: `keys.ci`: keys belong under it | known keys: environments, from, hours, key, "
      "older, rate, stacks, verbs");
}

TEST(AccessFileTest, ValuesAreOfTheirForm) {
  EXPECT_EQ(
      said("keys: {ci: {stacks: '*', verbs: deploy}}\n"),
      "a.yaml:1: `keys.ci.stacks`: `*` is not a stack name: `*` at character 1 | a stack name "
      "has a-z, 0-9, `_` and `-`, begins with a letter or digit, at most 63");
  for (const char* rate :
       {"6", "0 per hour", "1001 per hour", "6 per week", "06 per hour", "six per hour"})
    EXPECT_TRUE(
        said_of("rate: " + std::string(rate))
            .starts_with("a.yaml:5: `keys.ci.rate`: \"" + std::string(rate) + "\" is no rate"));
  EXPECT_TRUE(
      said_of("from: 192.0.2.7/24")
          .starts_with("a.yaml:5: `keys.ci.from`: \"192.0.2.7/24\" is no address and no network"));
  EXPECT_TRUE(
      said_of("key: MD5:00").starts_with("a.yaml:5: `keys.ci.key`: \"MD5:00\" is no public key"));
  EXPECT_TRUE(
      said_of("older: never").starts_with("a.yaml:5: `keys.ci.older`: \"never\" is none of"));
  EXPECT_EQ(
      said("keys: {CI: {stacks: shop, verbs: deploy}}\n"),
      "a.yaml:1: `CI` is no name of a key | it has a-z, 0-9, `_` and `-`, begins with a letter "
      "or digit, at most 63");
}

TEST(AccessFileTest, OnePublicKeyHasOneEntry) {
  const std::string entry =
      std::string("{stacks: shop, verbs: deploy, key: '") + fingerprint + "'}";
  EXPECT_EQ(said("keys:\n  a: " + entry + "\n  b: " + entry + "\n"),
            "a.yaml:3: `keys.b` has the public key of `keys.a` | each key has one entry: put both "
            "together");
}

}  // namespace
}  // namespace ballast
