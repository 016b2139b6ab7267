#include "daemon/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/text.h"
#include "daemon/exposition.h"
#include "daemon/test_metrics_page.h"
#include "daemon/test_snapshot.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> lines_about(const StackSnapshot& stack, std::string_view family) {
  Snapshot snapshot;
  snapshot.stacks = {stack};
  std::vector<std::string> lines;
  for (const std::string& line : split_lines(metrics_text(snapshot)))
    if (line.starts_with(std::string(family) + "{")) lines.push_back(line);
  return lines;
}

std::vector<std::string> lines_about(const Observed& observed, std::string_view family) {
  return lines_about(test::looked_at(observed), family);
}

TEST(MetricsTest, ThePage) {
  EXPECT_EQ(split_lines(metrics_text(test::snapshot_of_all())), split_lines(test::metrics_page));
}

TEST(MetricsTest, EveryFamilyIsOnIt) {
  for (const MetricFamily& family : metric_families())
    EXPECT_THAT(test::metrics_page, HasSubstr("\n# TYPE " + std::string(family.name) + " "));
}

TEST(MetricsTest, NothingButTheDaemonWhereThereIsNoStack) {
  EXPECT_EQ(metrics_text({.engine_trouble = "it does not answer"}),
            "# HELP ballast_build_info Always 1: the version of Ballast that watches.\n"
            "# TYPE ballast_build_info gauge\n"
            "ballast_build_info{version=\"0.1.0\"} 1\n"
            "# HELP ballast_engine_up 1: the Docker Engine answers. 0: it does not.\n"
            "# TYPE ballast_engine_up gauge\n"
            "ballast_engine_up 0\n"
            "# HELP ballast_looks_total Looks at stacks since the start.\n"
            "# TYPE ballast_looks_total counter\n"
            "ballast_looks_total 0\n"
            "# HELP ballast_missed_looks_total Looks since the start that began more than one "
            "interval late.\n"
            "# TYPE ballast_missed_looks_total counter\n"
            "ballast_missed_looks_total 0\n"
            "# HELP ballast_page_timestamp_seconds When these metrics were put together.\n"
            "# TYPE ballast_page_timestamp_seconds gauge\n"
            "ballast_page_timestamp_seconds 0\n"
            "# HELP ballast_start_timestamp_seconds When the daemon was started.\n"
            "# TYPE ballast_start_timestamp_seconds gauge\n"
            "ballast_start_timestamp_seconds 0\n");
}

TEST(MetricsTest, ADatabaseThatDoesNotAnswer) {
  Observed observed = test::well();
  observed.database.value->refusal = PostgresRefusal::silent;
  EXPECT_THAT(lines_about(observed, "ballast_database_up"),
              ElementsAre("ballast_database_up{stack=\"shop\",server=\"db\"} 0"));
  EXPECT_THAT(lines_about(observed, "ballast_database_connections"), ElementsAre());
  observed.policy.database_service.clear();
  EXPECT_THAT(lines_about(observed, "ballast_database_up"), ElementsAre());
}

TEST(MetricsTest, ARestorePointThatIsGone) {
  Observed observed = test::well();
  observed.way_back.value->ready = "no";
  EXPECT_THAT(lines_about(observed, "ballast_rollback_ready"),
              ElementsAre("ballast_rollback_ready{stack=\"shop\"} 0"));
  observed.way_back.value->none_yet = true;
  EXPECT_THAT(lines_about(observed, "ballast_rollback_ready"), ElementsAre());
}

TEST(MetricsTest, AReleaseThatNobodyMade) {
  Observed observed = test::well();
  observed.tag = "sha-b3";
  EXPECT_THAT(lines_about(observed, "ballast_modified_by_hand"),
              ElementsAre("ballast_modified_by_hand{stack=\"shop\"} 1"));
  observed.services.value->front().container.reset();
  EXPECT_THAT(lines_about(observed, "ballast_modified_by_hand"), ElementsAre());
}

TEST(MetricsTest, ALastChangeThatNeedsAPerson) {
  Observed observed = test::well();
  observed.records.value->change = test::operation_of("deploy", 5, test::noon);
  EXPECT_THAT(lines_about(observed, "ballast_last_change_needs_person"),
              ElementsAre("ballast_last_change_needs_person{stack=\"shop\"} 1"));
  EXPECT_THAT(lines_about(observed, "ballast_last_operation_exit_status"),
              ElementsAre("ballast_last_operation_exit_status{stack=\"shop\",operation="
                          "\"deploy\"} 5"));
}

TEST(MetricsTest, ADrillThatFailed) {
  Observed observed = test::everything();
  observed.backups.value->drill->passed = false;
  observed.backups.value->drill->at = test::noon;
  EXPECT_THAT(lines_about(observed, "ballast_drill_success"),
              ElementsAre("ballast_drill_success{stack=\"shop\"} 0"));
  EXPECT_THAT(lines_about(observed, "ballast_drill_restore_duration_seconds"), ElementsAre());
  EXPECT_THAT(lines_about(observed, "ballast_drill_timestamp_seconds"),
              ElementsAre("ballast_drill_timestamp_seconds{stack=\"shop\"} 1795608000"));
  EXPECT_THAT(lines_about(observed, "ballast_drill_passed_timestamp_seconds"),
              ElementsAre("ballast_drill_passed_timestamp_seconds{stack=\"shop\"} 1795348800"));
}

TEST(MetricsTest, HowOftenABackupIsDue) {
  Observed observed = test::well();
  const std::string_view due = "ballast_backup_overdue_after_seconds";
  EXPECT_THAT(lines_about(observed, due), ElementsAre());
  observed.policy.backup.schedule.daily = ScheduleTime{.at = std::chrono::hours(3)};
  EXPECT_THAT(lines_about(observed, due),
              ElementsAre("ballast_backup_overdue_after_seconds{stack=\"shop\"} 93600"));
  observed.policy.alerts["backup-overdue"] = {.threshold =
                                                  test::in_milliseconds(std::chrono::hours(50))};
  EXPECT_THAT(lines_about(observed, due),
              ElementsAre("ballast_backup_overdue_after_seconds{stack=\"shop\"} 180000"));
  observed.policy.alerts["backup-overdue"].enabled = false;
  EXPECT_THAT(lines_about(observed, due), ElementsAre());
  observed.policy.backup.schedule.drill_weekly = true;
  EXPECT_THAT(lines_about(observed, "ballast_drill_overdue_after_seconds"),
              ElementsAre("ballast_drill_overdue_after_seconds{stack=\"shop\"} 612000"));
}

TEST(MetricsTest, NothingIsPendingOnceTheNewestSetIsOffsite) {
  Observed observed = test::everything();
  const std::string_view pending = "ballast_backup_offsite_pending_timestamp_seconds";
  EXPECT_EQ(lines_about(observed, pending).size(), 1u);
  observed.backups.value->sets[3].is_offsite = true;
  EXPECT_THAT(lines_about(observed, pending), ElementsAre());
  observed.policy.offsite.remote.clear();
  EXPECT_THAT(lines_about(observed, "ballast_backup_offsite_timestamp_seconds"), ElementsAre());
}

// As long as it may last, and no longer.
TEST(MetricsTest, WhatAnOperationCauses) {
  Observed observed = test::half_known();
  const std::string_view caused = "ballast_alert_caused_by_operation";
  EXPECT_EQ(lines_about(observed, caused).size(), 4u);
  observed.operation->since = test::noon - std::chrono::hours(24);
  EXPECT_THAT(lines_about(observed, caused), ElementsAre());
  EXPECT_EQ(lines_about(observed, "ballast_operation_running").size(), 1u);
  observed.operation->alive = false;
  EXPECT_THAT(lines_about(observed, "ballast_operation_running"), ElementsAre());
}

TEST(MetricsTest, ARecordOfTheFuture) {
  Observed observed = test::well();
  observed.backups.value->sets = {test::set_of("one", test::noon + std::chrono::hours(1))};
  EXPECT_THAT(lines_about(observed, "ballast_records_newest_timestamp_seconds"),
              ElementsAre("ballast_records_newest_timestamp_seconds{stack=\"shop\"} 1795611600"));
}

TEST(ExpositionTest, LabelsAreEscapedAndWhatIsNoTextIsMadeVisible) {
  Exposition page;
  page.add("ballast_stack_info",
           {{"tag",
             "a\"b\\c\nd\xff"
             "e\x1b ü"}},
           1);
  EXPECT_EQ(page.text(),
            "# HELP ballast_stack_info Always 1: the tag that .env asks for.\n"
            "# TYPE ballast_stack_info gauge\n"
            "ballast_stack_info{tag=\"a\\\"b\\\\c\\\\nd\\\\xffe\\\\x1b ü\"} 1\n");
}

TEST(ExpositionTest, SeriesAreSortedAndNoneIsThereTwice) {
  Exposition page;
  page.add("ballast_health_check_pass", {{"check", "b"}}, 0);
  page.add("ballast_health_check_pass", {{"check", "a"}}, 1);
  page.add("ballast_engine_up", {}, 1);
  page.add("ballast_health_check_pass", {{"check", "b"}}, 1);
  EXPECT_EQ(page.text(),
            "# HELP ballast_engine_up 1: the Docker Engine answers. 0: it does not.\n"
            "# TYPE ballast_engine_up gauge\n"
            "ballast_engine_up 1\n"
            "# HELP ballast_health_check_pass 1: a check of the running release passed. 0: it "
            "failed.\n"
            "# TYPE ballast_health_check_pass gauge\n"
            "ballast_health_check_pass{check=\"a\"} 1\n"
            "ballast_health_check_pass{check=\"b\"} 0\n");
}

TEST(ExpositionTest, NumbersAsTheyAre) {
  const auto number = [](double value) {
    Exposition page;
    page.add("ballast_engine_up", {}, value);
    return split_words(split_lines(page.text()).back()).back();
  };
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(12'400'000'000), "12400000000");
  EXPECT_EQ(number(1795608000.125), "1795608000.125");
  EXPECT_EQ(number(0.875), "0.875");
  EXPECT_EQ(number(-0.25), "-0.25");
  EXPECT_EQ(number(1e18), "1e+18");
}

TEST(ExpositionTest, AFamilyThatIsNotInTheTable) {
  Exposition page;
  EXPECT_THROW(page.add("ballast_other", {}, 1), Error);
}

}  // namespace
}  // namespace ballast
