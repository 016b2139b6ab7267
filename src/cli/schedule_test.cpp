#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {

namespace {

using namespace std::chrono_literals;
using testing::Bench;
using ::testing::HasSubstr;

Time utc(const char* text) { return parse_time(text).value(); }

Job job(JobKind kind, const ScheduleTime& time) { return {"shop", kind, time, zone_of(time), 62s}; }

ScheduledJob daily() {
  const ScheduleTime time{.day = {}, .at = 3h, .zone = "Asia/Tokyo"};
  return {job(JobKind::daily, time),
          {.due = {}, .attempt = 1, .next = utc("2026-11-27T18:01:02Z")},
          LastRun{.started = utc("2026-11-26T18:01:02Z"),
                  .ended = utc("2026-11-26T18:04:22Z"),
                  .settled = true,
                  .message = {}}};
}

ScheduledJob weekly() {
  const ScheduleTime time{.day = std::chrono::Sunday, .at = 4h, .zone = "Asia/Tokyo"};
  return {job(JobKind::weekly_full, time),
          {.due = {}, .attempt = 1, .next = utc("2026-11-28T19:01:02Z")},
          std::nullopt};
}

JobRun ran(JobEnd end) {
  const ScheduledJob scheduled = daily();
  JobRun run{.job = scheduled.job,
             .slot = {utc("2026-11-27T18:00:00Z"), utc("2026-11-27T18:01:02Z")},
             .end = end};
  run.started = utc("2026-11-27T18:05:00Z");
  run.ended = utc("2026-11-27T18:08:20Z");
  return run;
}

TEST(ScheduleCommand, ShowsBothClocksSideBySide) {
  Bench bench;
  bench.clock.time = utc("2026-11-27T02:00:00Z");
  bench.script.schedule = {
      .jobs = {daily(), weekly()}, .troubles = {}, .called = utc("2026-11-27T01:55:00Z")};
  const auto shown = bench.run({"schedule"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_EQ(
      shown.output,
      "STACK  JOB          RUN   LOCAL                        UTC\n"
      "shop   daily        next  Sat 2026-11-28 03:01 +09:00  Fri 2026-11-27 18:01  03:00 "
      "Asia/Tokyo\n"
      "                    last  Fri 2026-11-27 03:01 +09:00  Thu 2026-11-26 18:01  done in 3 min "
      "20 s\n"
      "shop   weekly-full  next  Sun 2026-11-29 04:01 +09:00  Sat 2026-11-28 19:01  Sun 04:00 "
      "Asia/Tokyo\n"
      "                    last  never\n");
}

TEST(ScheduleCommand, SaysThatNobodyCallsIt) {
  Bench bench;
  bench.script.schedule.jobs = {daily()};
  EXPECT_THAT(bench.run({"schedule"}).output,
              HasSubstr("nothing runs the schedule: it was last called never\nhint: systemctl "
                        "enable --now ballast-schedule.timer"));
  bench.script.schedule.jobs.clear();
  EXPECT_THAT(bench.run({"schedule"}).output, HasSubstr("nothing is scheduled\n"));
}

TEST(ScheduleCommand, APolicyThatCannotBeReadIsDegraded) {
  Bench bench;
  bench.script.schedule.troubles = {{"stack erp", Error(Kind::usage, "b.yaml:2: no")}};
  const auto shown = bench.run({"schedule"});
  EXPECT_EQ(shown.status, 9);
  EXPECT_THAT(shown.output, HasSubstr("stack erp: b.yaml:2: no\n"));
}

TEST(ScheduleCommand, AsJson) {
  Bench bench;
  bench.script.schedule.jobs = {daily()};
  const auto json = parse_json(bench.run({"schedule", "shop", "--json"}).output).value();
  EXPECT_EQ(bench.script.stack, "shop");
  EXPECT_EQ(json["schema"], "ballast.schedule/1");
  const Json& only = json["jobs"][0];
  EXPECT_EQ(only["when"], "03:00 Asia/Tokyo");
  EXPECT_EQ(only["next"]["local"], "2026-11-28T03:01:02+09:00");
  EXPECT_EQ(only["next"]["utc"], "2026-11-27T18:01:02Z");
  EXPECT_EQ(only["last"]["outcome"], "done");
  EXPECT_EQ(json["exit"], 0);
}

TEST(ScheduleRunCommand, IsSilentWhenNothingIsDue) {
  Bench bench;
  const auto shown = bench.run({"schedule", "run"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_EQ(shown.output + shown.errors, "");
  EXPECT_FALSE(bench.script.asked.dry_run);
  EXPECT_FALSE(bench.script.asked.program.empty());
}

TEST(ScheduleRunCommand, IsSilentWhenAnotherCallIsAtWork) {
  Bench bench;
  bench.script.ran.busy = Holder{.operation = "schedule"};
  const auto shown = bench.run({"schedule", "run"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_EQ(shown.output + shown.errors, "");
}

TEST(ScheduleRunCommand, TellsWhatRan) {
  Bench bench;
  bench.script.ran.runs = {ran(JobEnd::done)};
  const auto shown = bench.run({"schedule", "run"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_EQ(shown.output, "shop daily of Sat 2026-11-28 03:00 +09:00: done in 3 min 20 s\n");
  EXPECT_EQ(bench.run({"schedule", "run", "--quiet"}).output, "");
}

TEST(ScheduleRunCommand, TellsAFailureAlsoWhenItIsToBeQuiet) {
  Bench bench;
  JobRun run = ran(JobEnd::failed);
  run.exit_status = 3;
  run.message = "the engine does not answer";
  run.hint = "start it";
  bench.script.ran.runs = {run};
  const auto shown = bench.run({"schedule", "run", "--quiet"});
  EXPECT_EQ(shown.status, 1);
  EXPECT_EQ(shown.output, "");
  EXPECT_EQ(shown.errors,
            "error: shop daily failed: the engine does not answer\n"
            "  of Sat 2026-11-28 03:00 +09:00, exit status 3; it is tried once more after 30 min\n"
            "hint: start it\n");
}

TEST(ScheduleRunCommand, TellsATroubleOnce) {
  Bench bench;
  bench.script.ran.troubles = {{"stack erp", Error(Kind::usage, "b.yaml:2: no"), true}};
  EXPECT_EQ(bench.run({"schedule", "run"}).errors, "error: b.yaml:2: no\n");
  bench.script.ran.troubles[0].is_new = false;
  const auto again = bench.run({"schedule", "run"});
  EXPECT_EQ(again.errors, "");
  EXPECT_EQ(again.status, 9);
}

TEST(ScheduleRunCommand, TellsOnceThatAStackIsHeld) {
  Bench bench;
  JobRun run = ran(JobEnd::held);
  run.message = "stack shop is held";
  bench.script.ran.runs = {run};
  const auto shown = bench.run({"schedule", "run"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_EQ(shown.output, "shop daily of Sat 2026-11-28 03:00 +09:00 waits: stack shop is held\n");
  bench.script.ran.runs[0].is_new = false;
  EXPECT_EQ(bench.run({"schedule", "run"}).output, "");
}

TEST(ScheduleRunCommand, ADryRunSaysWhatIsDue) {
  Bench bench;
  EXPECT_EQ(bench.run({"schedule", "run", "--dry-run"}).output, "nothing is due\n");
  EXPECT_TRUE(bench.script.asked.dry_run);
  bench.script.ran.runs = {ran(JobEnd::would_run)};
  EXPECT_EQ(bench.run({"schedule", "run", "--dry-run"}).output,
            "shop daily of Sat 2026-11-28 03:00 +09:00: due\n");
  const auto wrong = bench.run({"schedule", "shop", "--dry-run"});
  EXPECT_EQ(wrong.status, 2);
}

TEST(ScheduleRunCommand, AsJsonIsOneObject) {
  Bench bench;
  JobRun run = ran(JobEnd::failed);
  run.message = "no";
  bench.script.ran.runs = {run};
  const auto shown = bench.run({"schedule", "run", "--json"});
  const auto json = parse_json(shown.output).value();
  EXPECT_EQ(shown.status, 1);
  EXPECT_EQ(shown.errors, "");
  EXPECT_EQ(json["schema"], "ballast.schedule-run/1");
  EXPECT_EQ(json["runs"][0]["for"]["local"], "2026-11-28T03:00:00+09:00");
  EXPECT_EQ(json["runs"][0]["outcome"], "failed");
  EXPECT_EQ(json["exit"], 1);
}

}  // namespace

}  // namespace ballast
