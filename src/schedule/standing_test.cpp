#include "schedule/standing.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <vector>

#include "schedule/test_jobs.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using std::chrono::Sunday;

class StandingTest : public ::testing::Test {
 protected:
  // 03:00 in Tokyo is 18:00 in UTC the day before.
  Job job_ = daily_job("Asia/Tokyo", 3h);
  JobNote note_ = known_since(job_, "2026-11-01T00:00:00Z");
  std::optional<Time> done_;

  Standing at(std::string_view now) const { return standing_of(job_, note_, done_, utc(now)); }
  std::string due(std::string_view now) const {
    const auto slot = at(now).due;
    return slot ? iso_utc(slot->nominal) : "not due";
  }
  std::string next(std::string_view now) const { return iso_utc(at(now).next); }
  void tried(std::string_view slot, int number, std::string_view started, std::string_view ended,
             bool settled = false) {
    note_.attempt = Attempt{.slot = utc(slot),
                            .number = number,
                            .started = utc(started),
                            .ended = parse_time(ended),
                            .exit_status = settled ? 0 : 1,
                            .settled = settled,
                            .message = {}};
  }
};

TEST_F(StandingTest, DueFromItsTimeOn) {
  done_ = utc("2026-11-26T18:00:03Z");
  EXPECT_EQ(due("2026-11-27T17:59:59Z"), "not due");
  EXPECT_EQ(next("2026-11-27T17:59:59Z"), "2026-11-27T18:00:00Z");
  EXPECT_EQ(due("2026-11-27T18:00:00Z"), "2026-11-27T18:00:00Z");
  EXPECT_EQ(next("2026-11-27T18:04:00Z"), "2026-11-27T18:00:00Z");
}

TEST_F(StandingTest, NeverBeforeItsTimeAndLaterByTheJitter) {
  job_.jitter = 200s;
  done_ = utc("2026-11-26T18:05:00Z");
  EXPECT_EQ(due("2026-11-27T18:03:19Z"), "not due");
  EXPECT_EQ(next("2026-11-27T18:03:19Z"), "2026-11-27T18:03:20Z");
  EXPECT_EQ(due("2026-11-27T18:03:20Z"), "2026-11-27T18:00:00Z");
}

TEST_F(StandingTest, WhatIsNewInThePolicyWaitsForItsFirstTime) {
  note_.since = utc("2026-11-27T18:00:01Z");
  EXPECT_EQ(due("2026-11-27T18:05:00Z"), "not due");
  EXPECT_EQ(due("2026-11-28T18:00:00Z"), "2026-11-28T18:00:00Z");
}

TEST_F(StandingTest, AfterADowntimeTheNewestTimeIsMadeUpOnce) {
  done_ = utc("2026-11-20T18:00:00Z");
  EXPECT_EQ(due("2026-11-27T06:00:00Z"), "2026-11-26T18:00:00Z");
  done_ = utc("2026-11-27T06:00:01Z");
  EXPECT_EQ(due("2026-11-27T06:05:00Z"), "not due");
  EXPECT_EQ(due("2026-11-27T18:00:00Z"), "2026-11-27T18:00:00Z");
}

TEST_F(StandingTest, ARunByHandCounts) {
  done_ = utc("2026-11-27T18:00:00Z");
  EXPECT_EQ(due("2026-11-27T18:05:00Z"), "not due");
  done_ = utc("2026-11-27T17:59:59Z");
  EXPECT_EQ(due("2026-11-27T18:05:00Z"), "2026-11-27T18:00:00Z");
}

TEST_F(StandingTest, AFailedRunIsTriedOnceMoreAfterHalfAnHour) {
  tried("2026-11-27T18:00:00Z", 1, "2026-11-27T18:00:10Z", "2026-11-27T18:10:00Z");
  EXPECT_EQ(due("2026-11-27T18:39:59Z"), "not due");
  EXPECT_EQ(next("2026-11-27T18:39:59Z"), "2026-11-27T18:40:00Z");
  EXPECT_EQ(at("2026-11-27T18:39:59Z").attempt, 2);
  EXPECT_EQ(due("2026-11-27T18:40:00Z"), "2026-11-27T18:00:00Z");
  EXPECT_EQ(at("2026-11-27T18:40:00Z").attempt, 2);
  tried("2026-11-27T18:00:00Z", 2, "2026-11-27T18:40:00Z", "2026-11-27T18:50:00Z");
  EXPECT_EQ(due("2026-11-28T17:59:59Z"), "not due");
  EXPECT_EQ(next("2026-11-27T18:50:00Z"), "2026-11-28T18:00:00Z");
  EXPECT_EQ(due("2026-11-28T18:00:00Z"), "2026-11-28T18:00:00Z");
  EXPECT_EQ(at("2026-11-28T18:00:00Z").attempt, 1);
}

TEST_F(StandingTest, OneThatWasCutOffIsTriedOnceMore) {
  tried("2026-11-27T18:00:00Z", 1, "2026-11-27T18:00:10Z", "");
  EXPECT_EQ(due("2026-11-27T18:30:09Z"), "not due");
  EXPECT_EQ(due("2026-11-27T18:30:10Z"), "2026-11-27T18:00:00Z");
}

TEST_F(StandingTest, ASetThatOnlyDidNotGetOffsiteIsNotMadeAgain) {
  tried("2026-11-27T18:00:00Z", 1, "2026-11-27T18:00:10Z", "2026-11-27T18:10:00Z", true);
  EXPECT_EQ(due("2026-11-27T19:00:00Z"), "not due");
}

TEST_F(StandingTest, ARetryDoesNotWaitBeyondTheNextTime) {
  tried("2026-11-26T18:00:00Z", 1, "2026-11-27T17:50:00Z", "2026-11-27T17:55:00Z");
  EXPECT_EQ(next("2026-11-27T17:56:00Z"), "2026-11-27T18:00:00Z");
  EXPECT_EQ(due("2026-11-27T18:00:00Z"), "2026-11-27T18:00:00Z");
}

TEST(NoteOf, IsFreshForANewTimeAndAfterAClockThatWasAhead) {
  const Job job = daily_job("Asia/Tokyo", 3h);
  const Time now = utc("2026-11-27T12:00:00Z");
  ScheduleNotes notes;
  EXPECT_EQ(note_of(notes, job, now), known_since(job, "2026-11-27T12:00:00Z"));
  JobNote known = known_since(job, "2026-11-01T00:00:00Z");
  known.attempt = Attempt{.started = utc("2026-11-26T18:00:00Z")};
  notes.jobs["shop/daily"] = known;
  EXPECT_EQ(note_of(notes, job, now), known);
  EXPECT_EQ(note_of(notes, daily_job("Asia/Tokyo", 4h), now).since, now);
  EXPECT_FALSE(note_of(notes, job, utc("2026-11-20T00:00:00Z")).attempt);
  EXPECT_EQ(note_of(notes, job, utc("2026-10-01T00:00:00Z")),
            known_since(job, "2026-10-01T00:00:00Z"));
}

TEST(Notes, ReadBackAsTheyWereWritten) {
  const Job job = daily_job("Asia/Tokyo", 3h);
  ScheduleNotes notes;
  notes.jobs["shop/daily"] = known_since(job, "2026-11-01T00:00:00Z");
  notes.jobs["shop/drill"] = known_since(job, "2026-11-01T00:00:00Z");
  notes.jobs["shop/drill"].attempt = Attempt{.slot = utc("2026-11-27T18:00:00Z"),
                                             .number = 2,
                                             .started = utc("2026-11-27T18:40:00Z"),
                                             .ended = utc("2026-11-27T18:50:00Z"),
                                             .exit_status = 8,
                                             .settled = true,
                                             .message = "the drill failed"};
  notes.told["stack erp"] = "ballast.yaml:3: …";
  EXPECT_EQ(notes_from(pretty_json(notes_json(notes))), notes);
  for (const char* text : {"", "{", "[]", "{}", "{\"schema\": \"ballast.schedule-notes/2\"}"})
    EXPECT_FALSE(notes_from(text)) << text;
  EXPECT_EQ(notes_from("{\"schema\": \"ballast.schedule-notes/1\", \"jobs\": 7, \"told\": [1]}"),
            ScheduleNotes());
}

TEST(JitterOf, IsSteadyShortAndSpread) {
  std::map<long long, int> counts;
  for (int number = 0; number < 1000; ++number) {
    const std::string stack = "stack" + std::to_string(number);
    const Duration jitter = jitter_of("server", stack);
    EXPECT_EQ(jitter, jitter_of("server", stack));
    EXPECT_TRUE(jitter >= 0s && jitter < 5min);
    ++counts[jitter / 1min];
  }
  EXPECT_EQ(counts.size(), 5u);
  for (const auto& [minute, count] : counts) EXPECT_GT(count, 100) << minute;
  EXPECT_NE(jitter_of("one", "shop"), jitter_of("two", "shop"));
}

TEST(JobsOf, AreThoseOfThePolicy) {
  BackupSchedule schedule;
  EXPECT_TRUE(jobs_of("shop", schedule, "server").empty());
  schedule.daily = ScheduleTime{.day = {}, .at = 3h, .zone = "Asia/Tokyo"};
  schedule.weekly_full = ScheduleTime{.day = Sunday, .at = 4h, .zone = "Asia/Tokyo"};
  schedule.drill_weekly = true;
  std::vector<std::string> keys;
  for (const Job& job : jobs_of("shop", schedule, "server"))
    keys.push_back(job.key() + " " + job.time.text());
  EXPECT_EQ(keys, (std::vector<std::string>{"shop/daily 03:00 Asia/Tokyo",
                                            "shop/weekly-full Sun 04:00 Asia/Tokyo",
                                            "shop/drill Sun 06:00 Asia/Tokyo"}));
}

// A server that calls the schedule every five minutes: what it runs, and when.
class Simulation {
 public:
  explicit Simulation(Job job, std::string_view from)
      : job_(std::move(job)), now_(utc(from)), note_(known_since(job_, from)) {}

  // `good` tells of a run, by its number from 0, whether it went well.
  void until(std::string_view end, const std::function<bool(std::size_t)>& good) {
    for (; now_ < utc(end); now_ += 5min) call(good);
  }
  void down_until(std::string_view end) { now_ = utc(end); }

  std::vector<Slot> runs;
  std::vector<Time> begun;

 private:
  void call(const std::function<bool(std::size_t)>& good) {
    const Standing standing = standing_of(job_, note_, done_, now_);
    if (!standing.due) return;
    EXPECT_GE(now_, standing.due->due);
    const bool went_well = good(runs.size());
    note_.attempt = Attempt{.slot = standing.due->nominal,
                            .number = standing.attempt,
                            .started = now_,
                            .ended = now_ + 2min,
                            .exit_status = went_well ? 0 : 1,
                            .settled = went_well,
                            .message = {}};
    runs.push_back(*standing.due);
    begun.push_back(now_);
  }

  Job job_;
  Time now_;
  JobNote note_;
  std::optional<Time> done_;
};

constexpr auto always = [](std::size_t) { return true; };
constexpr auto never = [](std::size_t) { return false; };

TEST(AYearOfCalls, RunsEachTimeOnceAndAtItsTime) {
  for (const char* zone : {"Europe/Berlin", "America/New_York", "Asia/Tokyo"}) {
    const Job job = daily_job(zone, 2h + 30min, 137s);
    Simulation year(job, "2026-01-01T00:00:00Z");
    year.until("2027-01-01T00:00:00Z", always);
    std::vector<Slot> expected;
    for (Time due = next_due(job, utc("2026-01-01T00:00:00Z")); due < utc("2026-12-31T23:55:00Z");
         due = next_due(job, due))
      expected.push_back({due - job.jitter, due});
    EXPECT_EQ(year.runs.size(), 365u) << zone;
    EXPECT_EQ(year.runs, expected) << zone;
    for (std::size_t run = 0; run < year.runs.size(); ++run)
      EXPECT_LT(year.begun[run] - year.runs[run].due, 5min) << zone;
  }
}

TEST(AYearOfCalls, RunsAWeeklyJobOnItsDay) {
  const Job job = weekly_job("Asia/Tokyo", Sunday, 4h, 10s);
  Simulation year(job, "2026-01-01T00:00:00Z");
  year.until("2027-01-01T00:00:00Z", always);
  EXPECT_EQ(year.runs.size(), 52u);
  for (const Slot& slot : year.runs) EXPECT_EQ(iso_utc(slot.nominal).substr(11), "19:00:00Z");
}

TEST(AYearOfCalls, WithDowntimesMakesUpOneRunForEach) {
  const Job job = daily_job("Europe/Berlin", 3h);
  Simulation server(job, "2026-03-01T12:00:00Z");
  server.until("2026-03-20T12:00:00Z", always);
  EXPECT_EQ(server.runs.size(), 19u);
  server.down_until("2026-03-31T09:02:00Z");  // over the change of clocks
  server.until("2026-04-01T12:00:00Z", always);
  ASSERT_EQ(server.runs.size(), 21u);
  EXPECT_EQ(iso_utc(server.runs[19].nominal), "2026-03-31T01:00:00Z");
  EXPECT_EQ(iso_utc(server.begun[19]), "2026-03-31T09:02:00Z");
  EXPECT_EQ(iso_utc(server.runs[20].nominal), "2026-04-01T01:00:00Z");
}

TEST(AYearOfCalls, ThatAllFailAreTwoForEachTime) {
  const Job job = daily_job("Asia/Tokyo", 3h);
  Simulation server(job, "2026-11-01T00:00:00Z");
  server.until("2026-11-11T00:00:00Z", never);
  ASSERT_EQ(server.runs.size(), 20u);
  for (std::size_t run = 0; run < 20; run += 2) {
    EXPECT_EQ(server.runs[run], server.runs[run + 1]);
    EXPECT_EQ(server.begun[run + 1] - server.begun[run], 35min);  // 2 min, half an hour, next call
  }
}

}  // namespace
}  // namespace ballast
