#include "journal/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/test_journal.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(JournalTest, AnOperationReadsBackAsItWasBegun) {
  Journal(path()).begin(operation("one"));
  const auto found = Journal(path()).operation("one");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind, "deploy");
  EXPECT_EQ(found->stack, "shop");
  EXPECT_EQ(found->operator_name, "ken");
  EXPECT_EQ(text_at(found->request, "tag"), "sha-a000001");
  EXPECT_EQ(found->state, OperationState::running);
  EXPECT_EQ(found->process, 42);
  EXPECT_EQ(found->started, at(1000));
  EXPECT_FALSE(found->ended.has_value());
  EXPECT_FALSE(Journal(path()).operation("two").has_value());
}

TEST_F(JournalTest, UnfinishedOnesOldestFirstAndByStack) {
  Journal journal(path());
  journal.begin(operation("late", "shop", 2000));
  journal.begin(operation("early", "shop", 1000));
  journal.begin(operation("other", "erp", 1500));
  journal.end("late", OperationState::undone, 4, "failed", at(3000));
  ASSERT_EQ(journal.unfinished("").size(), 2u);
  EXPECT_EQ(journal.unfinished("").front().id, "early");
  ASSERT_EQ(journal.unfinished("erp").size(), 1u);
  EXPECT_EQ(journal.newest_operation("shop")->id, "late");
  EXPECT_EQ(journal.newest_operation("shop")->exit_status, 4);
  EXPECT_EQ(journal.newest_operation("shop")->ended, at(3000));
  const auto is_other = [](const OperationRecord& one) { return one.id != "late"; };
  EXPECT_EQ(journal.newest_operation("shop", is_other)->id, "early");
  EXPECT_FALSE(journal.newest_operation("shop", [](const OperationRecord&) { return false; }));
  EXPECT_THAT(journal.stacks(), ElementsAre("erp", "shop"));
}

TEST_F(JournalTest, TheNewestOfAKindThatHadBegunByThen) {
  Journal journal(path());
  const auto backup = [&](const std::string& id, const std::string& kind, long long started) {
    OperationRecord made = operation(id, "shop", started);
    made.kind = "backup";
    made.request = {{"kind", kind}};
    journal.begin(made);
  };
  backup("first", "daily", 1000);
  backup("second", "daily", 2000);
  backup("full", "weekly-full", 3000);
  backup("ahead", "daily", 9000);
  journal.begin(operation("deploy", "shop", 4000));
  EXPECT_EQ(journal.newest_operation("shop", "backup", "daily", at(5000))->id, "second");
  EXPECT_EQ(journal.newest_operation("shop", "backup", "daily", at(2000))->id, "second");
  EXPECT_EQ(journal.newest_operation("shop", "backup", "daily", at(1999))->id, "first");
  EXPECT_EQ(journal.newest_operation("shop", "backup", "", at(5000))->id, "full");
  EXPECT_FALSE(journal.newest_operation("shop", "drill", "", at(5000)));
  EXPECT_FALSE(journal.newest_operation("erp", "backup", "daily", at(5000)));
}

TEST_F(JournalTest, AStepMovesFromIntentToFact) {
  Journal journal(path());
  journal.begin(operation("one"));
  journal.record_step(
      "one",
      {.number = 0, .name = "switch", .state = StepState::intended, .fact = {}, .at = at(1)});
  journal.record_step("one", {.number = 0,
                              .name = "switch",
                              .state = StepState::done,
                              .fact = {{"before", "x"}},
                              .at = at(2)});
  const auto steps = journal.steps("one");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps.front().state, StepState::done);
  EXPECT_EQ(text_at(steps.front().fact, "before"), "x");
  EXPECT_EQ(steps.front().at, at(2));
}

TEST_F(JournalTest, AStepOfNoOperationIsRefused) {
  Journal journal(path());
  EXPECT_THROW(
      journal.record_step(
          "none", {.number = 0, .name = "x", .state = StepState::done, .fact = {}, .at = {}}),
      Error);
}

TEST_F(JournalTest, StepHistoryAndReleaseAreOneTransaction) {
  Journal journal(path());
  journal.begin(operation("one"));
  ReleaseRecord stray = release("none", "sha-a000001", "good");
  EXPECT_THROW(
      journal.record_step(
          "one", {.number = 0, .name = "commit", .state = StepState::done, .fact = {}, .at = {}},
          {line("success")}, stray),
      Error);
  EXPECT_THAT(journal.steps("one"), IsEmpty());
  EXPECT_THAT(journal.history_rows(), IsEmpty());
  stray.id = "one";
  journal.record_step(
      "one", {.number = 0, .name = "commit", .state = StepState::done, .fact = {}, .at = {}},
      {line("deployed"), line("success")}, stray);
  ASSERT_EQ(journal.history_rows().size(), 2u);
  EXPECT_EQ(journal.history_rows().back().entry.status, "success");
  EXPECT_EQ(journal.history_rows().back().entry.line(), line("success").line());
}

TEST_F(JournalTest, ReleasesNewestFirstByOutcome) {
  Journal journal(path());
  journal.begin(operation("one"));
  journal.end("one", OperationState::finished, 0, "done", at(1), {},
              release("one", "sha-a000001", "good"));
  journal.begin(operation("two"));
  journal.end("two", OperationState::undone, 4, "no", at(2), {},
              release("two", "sha-bad0001", "failed"));
  ASSERT_EQ(journal.releases("shop").size(), 2u);
  EXPECT_EQ(journal.releases("shop").front().tag, "sha-bad0001");
  ASSERT_EQ(journal.releases("shop", "good").size(), 1u);
  const ReleaseRecord good = journal.releases("shop", "good").front();
  EXPECT_EQ(good.repo_digest, "acme/shop@sha256:2");
  EXPECT_EQ(good.copies, "/copies");
  EXPECT_EQ(good.at, at(5));
  EXPECT_THAT(journal.releases("erp"), IsEmpty());
}

TEST_F(JournalTest, SeenTagsAndFactsAreReplaced) {
  Journal journal(path());
  EXPECT_FALSE(journal.seen_tag("acme/shop", "t").has_value());
  journal.see_tag("acme/shop", "t", {.image_id = "1", .repo_digest = "", .at = at(1)});
  journal.see_tag("acme/shop", "t", {.image_id = "2", .repo_digest = "d", .at = at(2)});
  EXPECT_EQ(journal.seen_tag("acme/shop", "t")->image_id, "2");
  journal.set_fact("shop", "valid", "a", at(1));
  journal.set_fact("shop", "valid", {{"b", 1}}, at(2));
  EXPECT_EQ(number_at(journal.fact("shop", "valid")->value, "b"), 1);
  EXPECT_EQ(journal.fact("shop", "valid")->at, at(2));
}

TEST_F(JournalTest, WhatIsOverIsRecordedWithItsReleaseAndNeverSeenRunning) {
  Journal journal(path());
  OperationRecord taken = operation("one");
  taken.state = OperationState::finished;
  taken.ended = at(7);
  taken.message = "taken over";
  journal.record(taken, release("one", "sha-a000001", "good"));
  EXPECT_THAT(journal.unfinished("shop"), IsEmpty());
  EXPECT_EQ(journal.operation("one")->state, OperationState::finished);
  EXPECT_EQ(journal.operation("one")->ended, at(7));
  EXPECT_EQ(journal.operation("one")->message, "taken over");
  EXPECT_EQ(journal.releases("shop", "good").size(), 1u);
  EXPECT_THROW(journal.record(taken, std::nullopt), Error);
  EXPECT_EQ(journal.releases("shop", "good").size(), 1u);
}

TEST_F(JournalTest, WhatItDoesNotHoldCannotEndOrBeTakenOver) {
  Journal journal(path());
  journal.begin(operation("one"));
  journal.take_over("one", 43, "next boot");
  EXPECT_EQ(journal.operation("one")->process, 43);
  EXPECT_EQ(journal.operation("one")->boot, "next boot");
  EXPECT_THROW(journal.take_over("none", 1, "b"), Error);
  try {
    journal.end("none", OperationState::finished, 0, "", at(1));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "the journal " + path() + " holds no operation none");
  }
}

}  // namespace
}  // namespace ballast
