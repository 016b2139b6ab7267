#include "gate/decision.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;

constexpr const char* access = R"(
keys:
  ci:
    stacks: [shop, blog]
    verbs: [deploy, status]
    environments: prod
    rate: 2 per hour
    hours: Mon-Fri 08:00-20:00 Asia/Tokyo
    from: [192.0.2.0/24, "2001:db8::/32"]
  bob: {stacks: shop, verbs: [deploy, history, rollback, status, verify]}
)";

const Time wednesday_noon{1'795'573'627s};  // 2026-11-25T02:27:07Z, 11:27 in Tokyo

CallCircumstances good() {
  return {.environment = "prod", .now = wednesday_noon, .address = "192.0.2.7", .calls = 0};
}

Order order(const std::string& verb, const std::string& stack = "shop") {
  Order order{.verb = verb, .stack = stack};
  if (verb == "deploy") order.tag = "sha-a";
  return order;
}

std::string said(const std::string& key, const Order& order,
                 const CallCircumstances& circumstances) {
  const AccessFile file = read_access_file("access.yaml", access);
  const auto refusal = refusal_of(*file.named(key), order, circumstances);
  return refusal ? refusal->reason + " / " + refusal->hint : "allowed";
}

TEST(DecisionTest, WhatIsWrittenIsAllowed) {
  EXPECT_EQ(said("ci", order("deploy"), good()), "allowed");
  EXPECT_EQ(said("ci", order("status", "blog"), good()), "allowed");
  for (const char* verb : {"deploy", "history", "rollback", "status", "verify"})
    EXPECT_EQ(said("bob", order(verb), {.environment = "test", .now = wednesday_noon}), "allowed");
}

TEST(DecisionTest, AnotherVerbOrStackIsNot) {
  EXPECT_EQ(said("ci", order("rollback"), good()),
            "key ci may not rollback / it may: deploy, status");
  EXPECT_EQ(said("bob", order("deploy", "blog"), good()),
            "key bob has nothing to do with stack blog / its stacks: shop");
}

TEST(DecisionTest, AnotherEnvironmentIsNot) {
  CallCircumstances testing = good();
  testing.environment = "test";
  EXPECT_EQ(said("ci", order("deploy"), testing),
            "key ci may not deploy to environment test / its environments: prod");
  EXPECT_EQ(said("ci", order("status"), testing), "allowed");
  Order claims = order("deploy");
  claims.environment = "staging";
  EXPECT_EQ(said("ci", claims, good()),
            "key ci may not deploy to environment staging / its environments: prod");
}

TEST(DecisionTest, AnotherPlaceIsNot) {
  CallCircumstances elsewhere = good();
  elsewhere.address = "203.0.113.9";
  EXPECT_EQ(said("ci", order("deploy"), elsewhere),
            "key ci may not be used from 203.0.113.9 / its entry in /etc/ballast/access.yaml says "
            "from where: `from`");
  for (const char* unknown : {"", "UNKNOWN", "192.0.2.7x"}) {
    elsewhere.address = unknown;
    EXPECT_TRUE(said("ci", order("deploy"), elsewhere)
                    .starts_with("key ci may not be used from an address that is not known"));
  }
  elsewhere.address = "2001:db8::1";
  EXPECT_EQ(said("ci", order("deploy"), elsewhere), "allowed");
}

TEST(DecisionTest, AnotherHourIsNot) {
  CallCircumstances night = good();
  night.now += 9h;
  EXPECT_EQ(said("ci", order("deploy"), night),
            "key ci may not be used at this hour / its hours: Mon-Fri 08:00-20:00 Asia/Tokyo");
  CallCircumstances saturday = good();
  saturday.now += 72h;
  EXPECT_TRUE(
      said("ci", order("deploy"), saturday).starts_with("key ci may not be used at this hour"));
}

TEST(DecisionTest, TooOftenIsNotButWhatRunsIsShown) {
  CallCircumstances often = good();
  often.calls = 1;
  EXPECT_EQ(said("ci", order("deploy"), often), "allowed");
  often.calls = 2;
  EXPECT_EQ(
      said("ci", order("deploy"), often),
      "key ci called too often: 2 per hour / each call counts, also one that was refused; try "
      "again later");
  often.joins = true;
  EXPECT_EQ(said("ci", order("deploy"), often), "allowed");
}

TEST(DecisionTest, TheEntryNamesTheStackWhenItHasOne) {
  const AccessFile file = read_access_file("access.yaml", access);
  const auto named = with_stack(order("deploy", ""), *file.named("bob"));
  EXPECT_EQ(std::get<Order>(named).stack, "shop");
  const auto unnamed = with_stack(order("deploy", ""), *file.named("ci"));
  EXPECT_EQ(std::get<Refusal>(unnamed).reason, "key ci has several stacks: name one");
  EXPECT_EQ(std::get<Refusal>(unnamed).hint, "its stacks: shop, blog");
}

}  // namespace
}  // namespace ballast
