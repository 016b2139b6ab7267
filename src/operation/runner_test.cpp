#include "operation/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/version.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Told : public Progress {
 public:
  void plan(const Plan&, const std::string&) override {}
  void step_begins(const Step& step) override { lines.push_back("begin " + step.name); }
  void note(std::string_view) override {}
  void bytes(std::string_view, std::uint64_t, std::uint64_t) override {}
  void detail(std::string_view text) override { lines.push_back("detail " + std::string(text)); }
  void step_ends(const Step& step, StepEnd end, std::string_view, Duration) override {
    static const std::map<StepEnd, std::string> words{{StepEnd::done, "done"},
                                                      {StepEnd::failed, "failed"},
                                                      {StepEnd::undone, "undone"},
                                                      {StepEnd::undo_failed, "undo failed"},
                                                      {StepEnd::skipped, "skipped"}};
    lines.push_back(words.at(end) + " " + step.name);
  }
  void undo_begins(const Step&) override {}
  std::vector<std::string> lines;
};

class RunnerTest : public ::testing::Test {
 protected:
  RunnerTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("ballast-runner-" + real_.get().machine.random_hex(8))),
        journal_((folder_ / "ballast.db").string()) {
    course_.ending = [this](const Failure& failure, const Facts&) {
      failed_step_ = failure.step;
      undo_error_ = failure.undo_error;
      return Ending{.error = failure.error.with_kind(Kind::rolled_back),
                    .history = {},
                    .release = std::nullopt};
    };
    course_.records_changed = [this] { ++records_changed_; };
    for (const char* name : {"one", "two", "three"}) add(name);
  }
  ~RunnerTest() override { std::filesystem::remove_all(folder_); }

  void add(const std::string& name) {
    course_.handlers[name] = {[this, name](StepRun& run) {
                                calls_.push_back("run " + name);
                                if (fails_ == name) throw Error(Kind::failed, name + " broke");
                                run.remember("seen", name);
                              },
                              [this, name](StepRun&) {
                                calls_.push_back("undo " + name);
                                if (undo_fails_ == name) throw Error(Kind::failed, name + " stays");
                              }};
  }
  Plan plan(bool commits_at_two = false) {
    return {.kind = "test",
            .stack = "shop",
            .steps = {{.name = "one", .title = "first"},
                      {.name = "two", .title = "second", .commits = commits_at_two},
                      {.name = "three", .title = "third"}}};
  }
  OperationRecord operation(const std::string& made_by = std::string(version)) {
    return {.id = "op",
            .kind = "test",
            .stack = "shop",
            .operator_name = "ken",
            .environment = "prod",
            .request = Json::object(),
            .plan = {},
            .state = OperationState::running,
            .ballast_version = made_by,
            .process = 1,
            .boot = "b",
            .started = {},
            .ended = {},
            .exit_status = 0,
            .message = {}};
  }
  Runner runner() { return Runner(real_.get(), journal_, told_, course_); }
  // As a process leaves it that was killed: `done` steps are done, the next is intended.
  OperationRecord interrupted(int done, bool commits_at_two = false,
                              const std::string& made_by = std::string(version)) {
    OperationRecord record = operation(made_by);
    record.plan = plan_json(plan(commits_at_two));
    journal_.begin(record);
    const std::vector<std::string> names{"one", "two", "three"};
    for (int number = 0; number <= done; ++number)
      journal_.record_step("op", {.number = number,
                                  .name = names.at(static_cast<std::size_t>(number)),
                                  .state = number < done ? StepState::done : StepState::intended,
                                  .fact = Json::object(),
                                  .at = {}});
    return *journal_.operation("op");
  }

  RealHost& real_ = host();
  static RealHost& host() {
    static RealHost instance;
    return instance;
  }
  std::filesystem::path folder_;
  Journal journal_;
  Told told_;
  Course course_;
  std::vector<std::string> calls_;
  std::string fails_;
  std::string undo_fails_;
  std::string failed_step_;
  std::optional<Error> undo_error_;
  int records_changed_ = 0;
};

TEST_F(RunnerTest, RunsEveryStepAndEndsFinished) {
  const Facts facts = runner().run(operation(), plan());
  EXPECT_THAT(calls_, ElementsAre("run one", "run two", "run three"));
  EXPECT_EQ(text_at(facts.at("two"), "seen"), "two");
  EXPECT_EQ(journal_.operation("op")->state, OperationState::finished);
  EXPECT_TRUE(journal_.unfinished("").empty());
}

TEST_F(RunnerTest, TheIntentIsInTheJournalBeforeAStepAndTheFactAfterIt) {
  course_.handlers["two"].run = [this](StepRun&) {
    const auto steps = journal_.steps("op");
    ASSERT_EQ(steps.size(), 2u);
    EXPECT_EQ(steps.at(0).state, StepState::done);
    EXPECT_EQ(text_at(steps.at(0).fact, "seen"), "one");
    EXPECT_EQ(steps.at(1).state, StepState::intended);
  };
  runner().run(operation(), plan());
  EXPECT_EQ(journal_.steps("op").at(1).state, StepState::done);
}

TEST_F(RunnerTest, WhatIsRememberedIsDurableBeforeTheStepGoesOn) {
  course_.handlers["one"].run = [this](StepRun& run) {
    run.remember("before", "sha-1");
    EXPECT_EQ(text_at(journal_.steps("op").at(0).fact, "before"), "sha-1");
    EXPECT_EQ(journal_.steps("op").at(0).state, StepState::intended);
  };
  runner().run(operation(), plan());
}

TEST_F(RunnerTest, AFailureUndoesBackwardsFromTheStepThatFailed) {
  fails_ = "two";
  try {
    runner().run(operation(), plan());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::rolled_back);
    EXPECT_EQ(error.message(), "two broke");
  }
  EXPECT_THAT(calls_, ElementsAre("run one", "run two", "undo two", "undo one"));
  EXPECT_EQ(failed_step_, "two");
  EXPECT_EQ(journal_.operation("op")->state, OperationState::undone);
  EXPECT_EQ(journal_.operation("op")->exit_status, 4);
}

TEST_F(RunnerTest, AnUndoThatFailsDoesNotKeepTheOthersFromBeingUndone) {
  fails_ = "three";
  undo_fails_ = "two";
  EXPECT_THROW(runner().run(operation(), plan()), Error);
  EXPECT_THAT(calls_,
              ElementsAre("run one", "run two", "run three", "undo three", "undo two", "undo one"));
  ASSERT_TRUE(undo_error_.has_value());
  EXPECT_EQ(undo_error_->message(), "two stays");
  EXPECT_EQ(journal_.operation("op")->state, OperationState::failed);
}

TEST_F(RunnerTest, AnEndThatCannotBeToldIsAnEnd) {
  fails_ = "two";
  course_.ending = [](const Failure&, const Facts&) -> Ending {
    throw Error(Kind::failed, "no report");
  };
  try {
    runner().run(operation(), plan());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "two broke");
    EXPECT_THAT(error.context(), ElementsAre("no report"));
  }
  EXPECT_EQ(journal_.operation("op")->state, OperationState::undone);
}

TEST_F(RunnerTest, AfterTheCommitAFailureIsToldAndNothingIsUndone) {
  fails_ = "three";
  runner().run(operation(), plan(true));
  EXPECT_THAT(calls_, ElementsAre("run one", "run two", "run three"));
  EXPECT_EQ(journal_.operation("op")->state, OperationState::finished);
}

TEST_F(RunnerTest, ACommitThatFailsIsUndone) {
  fails_ = "two";
  EXPECT_THROW(runner().run(operation(), plan(true)), Error);
  EXPECT_THAT(calls_, ElementsAre("run one", "run two", "undo two", "undo one"));
}

TEST_F(RunnerTest, RecoveryUndoesWhatWasCutOffBeforeTheCommit) {
  const auto record = interrupted(1);
  const auto error = runner().recover(record, Error(Kind::interrupted, "cut off"));
  ASSERT_TRUE(error.has_value());
  EXPECT_THAT(calls_, ElementsAre("undo two", "undo one"));
  EXPECT_EQ(journal_.operation("op")->state, OperationState::undone);
}

TEST_F(RunnerTest, RecoveryFinishesWhatHadReachedTheCommit) {
  const auto record = interrupted(1, true);
  EXPECT_FALSE(runner().recover(record, Error(Kind::interrupted, "cut off")).has_value());
  EXPECT_THAT(calls_, ElementsAre("run two", "run three"));
  EXPECT_EQ(journal_.operation("op")->state, OperationState::finished);
}

TEST_F(RunnerTest, AnotherVersionsOperationIsUndoneNotContinued) {
  const auto record = interrupted(1, true, "0.0.1-older");
  EXPECT_TRUE(runner().recover(record, Error(Kind::interrupted, "cut off")).has_value());
  EXPECT_THAT(calls_, ElementsAre("undo two", "undo one"));
}

TEST_F(RunnerTest, AnotherVersionsCommittedOperationIsClosed) {
  const auto record = interrupted(2, true, "0.0.1-older");
  EXPECT_FALSE(runner().recover(record, Error(Kind::interrupted, "cut off")).has_value());
  EXPECT_THAT(calls_, IsEmpty());
  EXPECT_EQ(journal_.operation("op")->state, OperationState::finished);
}

TEST_F(RunnerTest, RecoveryThatWasCutOffSkipsWhatIsUndoneAndRepeatsWhatWasBeingUndone) {
  interrupted(2);
  journal_.record_step(
      "op", {.number = 2, .name = "three", .state = StepState::undone, .fact = {}, .at = {}});
  journal_.record_step(
      "op", {.number = 1, .name = "two", .state = StepState::undoing, .fact = {}, .at = {}});
  runner().recover(*journal_.operation("op"), Error(Kind::interrupted, "cut off"));
  EXPECT_THAT(calls_, ElementsAre("undo two", "undo one"));
}

TEST_F(RunnerTest, AStepOfAnotherVersionThatCannotBeUndoneNeedsAPerson) {
  const auto record = interrupted(1);
  course_.handlers.erase("two");
  runner().recover(record, Error(Kind::interrupted, "cut off"));
  ASSERT_TRUE(undo_error_.has_value());
  EXPECT_EQ(undo_error_->message(), "this version of ballast has no step `two`");
  EXPECT_EQ(journal_.operation("op")->state, OperationState::failed);
}

TEST_F(RunnerTest, AStepThatHasNothingToDoSaysWhyAndNeedsNoUndo) {
  course_.handlers["one"].run = [](StepRun& run) { run.skip("nothing is due"); };
  fails_ = "two";
  EXPECT_THROW(runner().run(operation(), plan()), Error);
  EXPECT_THAT(told_.lines,
              ElementsAre("begin one", "skipped one", "begin two", "failed two", "undone two"));
  EXPECT_THAT(calls_, ElementsAre("run two", "undo two"));
  EXPECT_EQ(text_at(journal_.steps("op").at(0).fact, "skipped"), "nothing is due");
  EXPECT_EQ(journal_.steps("op").at(0).state, StepState::done);
}

TEST_F(RunnerTest, RecoveryLeavesAloneWhatWasSkipped) {
  const auto record = interrupted(1);
  journal_.record_step("op", {.number = 0,
                              .name = "one",
                              .state = StepState::done,
                              .fact = {{"skipped", "nothing is due"}},
                              .at = {}});
  runner().recover(record, Error(Kind::interrupted, "cut off"));
  EXPECT_THAT(calls_, ElementsAre("undo two"));
}

TEST_F(RunnerTest, HistoryGoesIntoTheJournalWithTheStepsEnd) {
  course_.handlers["two"].run = [](StepRun& run) {
    run.history.push_back(history_entry({}, "shop", "sha-a000001", "prod", "deployed", "ken"));
  };
  runner().run(operation(), plan());
  ASSERT_EQ(journal_.history_rows().size(), 1u);
  EXPECT_EQ(journal_.history_rows().front().entry.status, "deployed");
  EXPECT_EQ(records_changed_, 2);  // after the step, and at the end
}

TEST(PlanTest, ReadsBackAsItWasWritten) {
  const Plan plan{.kind = "deploy",
                  .stack = "shop",
                  .steps = {{.name = "switch",
                             .title = "switch web",
                             .arguments = {{"whole_stack", true}},
                             .undo = "back"},
                            {.name = "commit", .title = "record", .commits = true}}};
  const Plan again = plan_from_json(plan_json(plan));
  EXPECT_EQ(plan_json(again), plan_json(plan));
  EXPECT_TRUE(again.steps.at(1).commits);
  EXPECT_TRUE(flag_at(again.steps.at(0).arguments, "whole_stack"));
}

}  // namespace
}  // namespace ballast
