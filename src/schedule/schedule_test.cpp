#include "schedule/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "check/check_test_support.h"
#include "host/posix_disk.h"
#include "host/posix_locks.h"
#include "host/test_folder.h"
#include "operation/silence.h"
#include "schedule/test_jobs.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class SetClock : public Clock {
 public:
  Time now() override { return time; }
  Monotonic monotonic() override { return {}; }
  void sleep(Duration) override {}
  Time time = utc("2026-11-01T00:00:00Z");
};

// Ends every command as it is told to, after two minutes.
class ScriptedProcesses : public Processes {
 public:
  explicit ScriptedProcesses(SetClock& clock) : clock_(clock) {}
  Outcome run(const Command& command) override {
    started.push_back(fmt::format("{} {}", command.argv.at(3), command.argv.at(4)));
    if (during) during();
    clock_.time += 2min;
    return outcome;
  }
  std::optional<std::string> find(const std::string&) override { return std::nullopt; }

  Outcome outcome;
  std::vector<std::string> started;
  std::function<void()> during;

 private:
  SetClock& clock_;
};

// 03:00 in Tokyo is 18:00 in UTC; jobs of the shop begin up to five minutes later.
class ScheduleTest : public ::testing::Test {
 protected:
  ScheduleTest() {
    processes_.outcome.status = 0;
    make_stack("shop", "backup: {daily: \"03:00 Asia/Tokyo\"}\n");
    call();
    clock_.time = utc("2026-11-27T18:05:00Z");
  }

  void make_stack(const std::string& name, const std::string& policy) {
    const std::string folder = server_.paths.stack(name);
    disk_.make_directories(folder);
    disk_.replace(folder + "/compose.yaml", "services: {web: {image: 'a:${A_TAG}'}}\n");
    disk_.replace(folder + "/.env", "A_TAG=v1\n", 0600);
    disk_.replace(folder + "/ballast.yaml", policy);
  }
  ScheduleRun call() {
    Silence silence;
    return run_schedule(server_, silence, {.program = "ballast", .operator_name = "root"});
  }
  void ends(int status, const std::string& output) {
    processes_.outcome.status = status;
    processes_.outcome.output = output;
  }
  std::string notes() { return disk_.read(server_.paths.schedule_notes()).value_or("none"); }
  Journal journal() { return Journal(server_.paths.journal()); }
  void journal_backup(std::string_view began, OperationState state) {
    OperationRecord operation;
    operation.id = "20261127T180001Z-0001";
    operation.kind = "backup";
    operation.stack = "shop";
    operation.request = {{"kind", "daily"}};
    operation.started = utc(began);
    Journal made = journal();
    made.begin(operation);
    if (state != OperationState::running)
      made.end(operation.id, state, state == OperationState::finished ? 0 : 1, "it went",
               utc(began) + 1min);
  }

  TestFolder folder_;
  SetClock clock_;
  PosixDisk posix_disk_;
  Disk& disk_ = posix_disk_;
  PosixLocks locks_;
  ScriptedProcesses processes_{clock_};
  test::World world_;
  Host host_{disk_,        processes_,        clock_,         world_.http,
             locks_,       world_.interrupts, world_.machine, world_.terminal,
             world_.trees, world_.archives,   world_.zips};
  Server server_{host_, folder_.path(), {}};
};

TEST_F(ScheduleTest, RunsWhatIsDueOnce) {
  const ScheduleRun run = call();
  ASSERT_EQ(run.runs.size(), 1u);
  EXPECT_EQ(run.runs[0].end, JobEnd::done);
  EXPECT_EQ(iso_utc(run.runs[0].slot.nominal), "2026-11-27T18:00:00Z");
  EXPECT_THAT(processes_.started, ElementsAre("backup shop"));
  EXPECT_THAT(call().runs, IsEmpty());
  clock_.time = utc("2026-11-28T18:05:00Z");
  EXPECT_EQ(call().runs.size(), 1u);
}

TEST_F(ScheduleTest, ADryRunChangesNothing) {
  const std::string before = notes();
  Silence silence;
  const ScheduleRun run = run_schedule(
      server_, silence, {.program = "ballast", .operator_name = "root", .dry_run = true});
  ASSERT_EQ(run.runs.size(), 1u);
  EXPECT_EQ(run.runs[0].end, JobEnd::would_run);
  EXPECT_THAT(processes_.started, IsEmpty());
  EXPECT_EQ(notes(), before);
}

TEST_F(ScheduleTest, OneThatFailedIsTriedOnceMore) {
  ends(3, R"({"error": {"message": "the engine does not answer", "hint": "start it"}})");
  const JobRun first = call().runs.at(0);
  EXPECT_EQ(first.end, JobEnd::failed);
  EXPECT_EQ(first.message, "the engine does not answer");
  EXPECT_FALSE(first.is_last_attempt);
  EXPECT_THAT(call().runs, IsEmpty());
  clock_.time += 30min;
  EXPECT_TRUE(call().runs.at(0).is_last_attempt);
  clock_.time += 10h;
  EXPECT_THAT(call().runs, IsEmpty());
}

TEST_F(ScheduleTest, AHeldStackIsTriedAtEachCallAndToldOnce) {
  ends(6, R"({"error": {"kind": "locked", "message": "stack shop is held"}})");
  EXPECT_TRUE(call().runs.at(0).is_new);
  clock_.time += 5min;
  EXPECT_FALSE(call().runs.at(0).is_new);
  ends(0, "{}");
  clock_.time += 5min;
  EXPECT_EQ(call().runs.at(0).end, JobEnd::done);
}

TEST_F(ScheduleTest, OneBrokenPolicyKeepsNobodyElseAndIsToldOnce) {
  make_stack("broken", "backup: {daily: \"25:00\"}\n");
  ScheduleRun run = call();
  EXPECT_EQ(run.runs.size(), 1u);
  ASSERT_EQ(run.troubles.size(), 1u);
  EXPECT_TRUE(run.troubles[0].is_new);
  EXPECT_EQ(run.troubles[0].about, "stack broken");
  EXPECT_FALSE(call().troubles.at(0).is_new);
  make_stack("broken", "backup: {daily: \"26:00\"}\n");
  EXPECT_TRUE(call().troubles.at(0).is_new);
  make_stack("broken", "backup: {daily: \"02:00\"}\n");
  EXPECT_THAT(call().troubles, IsEmpty());
  make_stack("broken", "backup: {daily: \"26:00\"}\n");
  EXPECT_TRUE(call().troubles.at(0).is_new);
}

TEST_F(ScheduleTest, ABrokenPolicyIsNoNewOneOnceItIsMended) {
  make_stack("shop", "backup: {daily: \"25:00\"}\n");
  EXPECT_THAT(call().runs, IsEmpty());
  make_stack("shop", "backup: {daily: \"03:00 Asia/Tokyo\"}\n");
  EXPECT_EQ(call().runs.size(), 1u);
}

TEST_F(ScheduleTest, ARunByHandCounts) {
  journal_backup("2026-11-27T18:00:01Z", OperationState::finished);
  EXPECT_THAT(call().runs, IsEmpty());
  const ScheduleReport report = schedule(server_, "shop");
  EXPECT_EQ(report.jobs.at(0).last->state, RunState::done);
  EXPECT_EQ(iso_utc(report.jobs.at(0).last->started), "2026-11-27T18:00:01Z");
}

TEST_F(ScheduleTest, ARunByHandThatFailedDoesNot) {
  journal_backup("2026-11-27T18:00:01Z", OperationState::undone);
  EXPECT_EQ(schedule(server_, "shop").jobs.at(0).last->message, "it went");
  EXPECT_EQ(call().runs.size(), 1u);
}

// What a kill leaves: the attempt is noted, its end is not; the job itself went on and was done.
TEST_F(ScheduleTest, AfterAKillTheJournalTellsWhatBecameOfTheJob) {
  processes_.during = [] { throw std::runtime_error("killed"); };
  EXPECT_THROW(call(), std::runtime_error);
  EXPECT_EQ(schedule(server_, "shop").jobs.at(0).last->state, RunState::cut_off);
  journal_backup("2026-11-27T18:05:01Z", OperationState::finished);
  processes_.during = {};
  clock_.time += 1h;
  EXPECT_THAT(call().runs, IsEmpty());
  EXPECT_EQ(schedule(server_, "shop").jobs.at(0).last->state, RunState::done);
}

TEST_F(ScheduleTest, WhatWasInterruptedIsDueAgain) {
  processes_.outcome.interrupted = true;
  try {
    call();
    FAIL() << "it was not interrupted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::interrupted);
    EXPECT_EQ(error.message(), "interrupted while shop daily ran");
  }
  processes_.outcome.interrupted = false;
  EXPECT_EQ(call().runs.at(0).attempt, 1);
}

TEST_F(ScheduleTest, NeverTwoAtOnce) {
  make_stack("blog", "backup: {daily: \"03:00 Asia/Tokyo\"}\n");
  clock_.time = utc("2026-11-27T18:05:00Z");
  bool was_busy = false;
  processes_.during = [&] {
    was_busy = call().busy.has_value();
    EXPECT_EQ(schedule(server_, "shop").jobs.at(0).last->state, RunState::running);
  };
  EXPECT_EQ(call().runs.size(), 1u);  // the blog is new, and waits for its first time
  EXPECT_TRUE(was_busy);
  EXPECT_THAT(processes_.started, ElementsAre("backup shop"));
}

TEST_F(ScheduleTest, InTheOrderInWhichTheyCameDue) {
  make_stack("early", "backup: {daily: \"02:50 Asia/Tokyo\"}\n");
  make_stack("zoo", "backup: {daily: \"02:40 Asia/Tokyo\"}\n");
  clock_.time = utc("2026-11-27T00:00:00Z");
  call();
  processes_.started.clear();
  clock_.time = utc("2026-11-27T18:05:00Z");
  call();
  EXPECT_THAT(processes_.started, ElementsAre("backup zoo", "backup early", "backup shop"));
}

TEST_F(ScheduleTest, NotesThatAreNoneAreToldAndWrittenAnew) {
  disk_.replace(server_.paths.schedule_notes(), "nonsense");
  EXPECT_THAT(call().troubles.at(0).error.message(), StartsWith(server_.paths.schedule_notes()));
  EXPECT_THAT(call().troubles, IsEmpty());
}

TEST_F(ScheduleTest, TheReportSaysWhenItWasLastCalled) {
  EXPECT_EQ(schedule(server_, "").called, utc("2026-11-01T00:00:00Z"));
  const ScheduledJob job = schedule(server_, "").jobs.at(0);
  EXPECT_TRUE(job.standing.due);
  EXPECT_FALSE(job.last);
}

TEST_F(ScheduleTest, WhatHasNoPolicyHasNoSchedule) {
  disk_.make_directories(server_.paths.stack("notes"));
  EXPECT_THAT(schedule(server_, "").troubles, IsEmpty());
  EXPECT_THROW(schedule(server_, "notes"), Error);
}

}  // namespace
}  // namespace ballast
