#include "upgrade/rehearsal_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CheckResult answer(const std::string& name, const std::string& subject, bool passes) {
  return {.name = name,
          .subject = subject,
          .verdict = passes ? Verdict::pass : Verdict::fail,
          .measured = passes ? "200" : "500",
          .hint = {}};
}

std::vector<RehearsedDatabase> two_copies() {
  std::vector<RehearsedDatabase> copies(2);
  copies[0].outcome.database = "ten_a";
  copies[1].outcome.database = "ten_b";
  return copies;
}

Verification proof(std::vector<CheckResult> checks, bool passed, std::string trouble = {}) {
  return {.checks = std::move(checks), .passed = passed, .how = {}, .trouble = std::move(trouble)};
}

TEST(TakeVerdicts, EachCopyHasItsOwnChecksAndThoseOfTheRelease) {
  auto copies = two_copies();
  take_verdicts(proof({answer("web-health", "", true), answer("web-login", "ten_a", true),
                       answer("web-login", "ten_b", true)},
                      true),
                true, copies);
  EXPECT_THAT(copies[0].checks, ElementsAre("web-health: 200", "web-login ten_a: 200"));
  EXPECT_THAT(copies[1].checks, ElementsAre("web-health: 200", "web-login ten_b: 200"));
  EXPECT_TRUE(copies[0].outcome.passed() && copies[1].outcome.passed());
}

TEST(TakeVerdicts, OneThatDoesNotAnswerDoesNotSpoilTheOther) {
  auto copies = two_copies();
  take_verdicts(proof({answer("web-login", "ten_a", true), answer("web-login", "ten_b", false)},
                      false, "not good within 25 s"),
                true, copies);
  EXPECT_TRUE(copies[0].outcome.passed());
  EXPECT_EQ(copies[1].outcome.trouble,
            "the release does not verify on the copy: web-login ten_b: 500");
}

TEST(TakeVerdicts, WhatTheReleaseItselfFailsAtAllFail) {
  auto copies = two_copies();
  take_verdicts(proof({answer("web-health", "", false)}, false, "not good within 25 s"), true,
                copies);
  for (const RehearsedDatabase& copy : copies)
    EXPECT_EQ(copy.outcome.trouble, "the release does not verify on the copy: web-health: 500");
}

TEST(TakeVerdicts, OneThatEndedFailsEverywhere) {
  for (const bool asked : {true, false}) {
    auto copies = two_copies();
    take_verdicts(
        proof(asked ? std::vector{answer("web-login", "ten_a", true)} : std::vector<CheckResult>(),
              false, "its container exited (1)"),
        false, copies);
    for (const RehearsedDatabase& copy : copies)
      EXPECT_EQ(copy.outcome.trouble,
                "the release does not verify on the copy: its container exited (1)");
  }
}

TEST(TakeVerdicts, OneThatDidNotStayUpFailsEverywhere) {
  auto copies = two_copies();
  take_verdicts(proof({answer("web-login", "ten_a", true)}, false, "it did not stay up"), true,
                copies);
  EXPECT_EQ(copies[1].outcome.trouble,
            "the release does not verify on the copy: it did not stay up");
}

TEST(TakeVerdicts, AGenericStacksOneVerdictIsOfAllChecks) {
  std::vector<RehearsedDatabase> copies(1);
  take_verdicts(proof({answer("page", "/shop/ping", true)}, true), true, copies);
  EXPECT_THAT(copies[0].checks, ElementsAre("page /shop/ping: 200"));
  EXPECT_THAT(copies[0].outcome.trouble, IsEmpty());
}

}  // namespace
}  // namespace ballast
