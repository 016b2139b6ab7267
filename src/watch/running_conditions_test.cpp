// Conditions about what runs: containers, memory, site, database, disks, clock, certificates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "watch/test_observed.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using test::asked;
using test::had;
using test::in_milliseconds;
using test::noon;
using test::not_had;
using test::well;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

docker::Container& container(Observed& observed, std::size_t index = 0) {
  return *observed.services.value->at(index).container;
}

TEST(Conditions, ThereIsOneForEachAlert) {
  std::vector<std::string_view> alerts;
  std::vector<std::string_view> conditions;
  for (const AlertKind& kind : all_alerts()) alerts.push_back(kind.id);
  for (const Condition& condition : all_conditions()) conditions.push_back(condition.alert);
  EXPECT_EQ(conditions, alerts);
}

TEST(ContainerDown, PassesWhileAllRun) {
  EXPECT_THAT(asked("container-down", well()),
              ElementsAre("pass [web]: running, 0 restarts", "pass [db]: running, 0 restarts"));
}

TEST(ContainerDown, TellsHowOneEndedAndWhen) {
  Observed observed = well();
  container(observed).state = "exited";
  container(observed).exit_code = 137;
  container(observed).out_of_memory_killed = true;
  container(observed).finished_at = "2026-11-25T11:58:00Z";
  EXPECT_EQ(asked("container-down", observed).front(),
            "fail [web]: exited (137, out of memory) -> look at `docker logs --tail 50 "
            "shop-web-1`; then: docker start shop-web-1 since 2026-11-25T11:58:00Z");
}

TEST(ContainerDown, APausedOneOnlyHasToGoOn) {
  Observed observed = well();
  container(observed, 1).state = "paused";
  EXPECT_EQ(asked("container-down", observed).back(),
            "fail [db]: paused -> docker unpause shop-db-1");
}

TEST(ContainerDown, AServiceWithoutOne) {
  Observed observed = well();
  observed.services.value->front().container.reset();
  EXPECT_EQ(asked("container-down", observed).front(),
            "fail [web]: has no container -> see what there is: docker ps -a; then: ballast status "
            "shop");
}

TEST(ContainerDown, ALoopIsSeenBetweenTwoOfItsEnds) {
  Observed observed = well();
  container(observed).restart_count = 3;
  container(observed).started_at = "2026-11-25T11:59:10Z";
  EXPECT_EQ(asked("container-down", observed).front(),
            "fail [web]: restarts in a loop, 3 restarts -> look at `docker logs --tail 50 "
            "shop-web-1`");
  container(observed).started_at = "2026-11-25T11:58:50Z";
  EXPECT_EQ(asked("container-down", observed).front(), "pass [web]: running, 3 restarts");
  container(observed).state = "restarting";
  EXPECT_EQ(asked("container-down", observed).front().substr(0, 34),
            "fail [web]: restarts in a loop, 3 ");
}

TEST(ContainerDown, OneThatHasDoneItsWorkMayEnd) {
  Observed observed = well();
  observed.services.value->front().must_run = false;
  container(observed).state = "exited";
  EXPECT_EQ(asked("container-down", observed).front(), "pass [web]: ended with 0, as it may");
  container(observed).exit_code = 1;
  EXPECT_EQ(asked("container-down", observed).front().substr(0, 22), "fail [web]: exited (1)");
}

TEST(ContainerDown, IsUnknownWithoutTheEngine) {
  Observed observed = well();
  observed.services = not_had<std::vector<ServiceSeen>>("the engine does not answer");
  EXPECT_THAT(asked("container-down", observed),
              ElementsAre("unknown: the engine does not answer -> start it"));
}

TEST(HighMemory, ComparesWithItsLimit) {
  EXPECT_THAT(asked("high-memory", well()), ElementsAre("pass [web]: 1.2 GB"));
  EXPECT_THAT(asked("high-memory", well(), 1.2e9), ElementsAre("pass [web]: 1.2 GB"));
  EXPECT_THAT(asked("high-memory", well(), 1.0e9),
              ElementsAre("fail [web]: 1.2 GB; the limit is 1.0 GB"));
  Observed observed = well();
  observed.memory = not_had<std::vector<MemorySeen>>("no answer within 10 s");
  EXPECT_THAT(asked("high-memory", observed),
              ElementsAre("unknown: no answer within 10 s -> start it"));
}

TEST(DiskFull, ComparesWithItsLimit) {
  EXPECT_THAT(asked("disk-full", well()),
              ElementsAre("pass [/srv/stacks/shop]: 81 % used, 12.4 GB free"));
  EXPECT_THAT(asked("disk-full", well(), 81),
              ElementsAre("fail [/srv/stacks/shop]: 81 % used, 12.4 GB free; the limit is 81 %"));
}

TEST(DiskFull, IsUnknownWhereDockersFolderIs) {
  Observed observed = well();
  observed.disks.value->docker_trouble = "the engine does not answer";
  EXPECT_THAT(asked("disk-full", observed),
              ElementsAre("pass [/srv/stacks/shop]: 81 % used, 12.4 GB free",
                          "unknown [docker]: the engine does not answer"));
  observed.disks = not_had<DisksSeen>("no such folder", "");
  EXPECT_THAT(asked("disk-full", observed), ElementsAre("unknown: no such folder"));
}

Observed filling(const DiskForecast& forecast) {
  Observed observed = well();
  observed.disks.value->forecasts["/srv/stacks/shop"] = forecast;
  return observed;
}

TEST(DiskFilling, FailsWhenItWillBeFullTooSoon) {
  const Observed observed = filling({.bytes_an_hour = 1.3e9, .full_in = 9h + 30min});
  const std::string told =
      "[/srv/stacks/shop]: 81 % used, 12.4 GB free; full in 9 h 30 min, by "
      "1.3 GB an hour";
  EXPECT_THAT(asked("disk-filling", observed), ElementsAre("fail " + told));
  EXPECT_THAT(asked("disk-filling", observed, in_milliseconds(9h + 30min)),
              ElementsAre("fail " + told));
  EXPECT_THAT(asked("disk-filling", observed, in_milliseconds(9h)), ElementsAre("pass " + told));
}

TEST(DiskFilling, PassesWhenItDoesNotFillUp) {
  EXPECT_THAT(asked("disk-filling", filling({})),
              ElementsAre("pass [/srv/stacks/shop]: 81 % used, 12.4 GB free; it does not fill up"));
}

TEST(DiskFilling, ClaimsNothingWithoutAPast) {
  EXPECT_THAT(asked("disk-filling", well()), IsEmpty());
  Observed observed = well();
  observed.disks = not_had<DisksSeen>("no such folder", "");
  EXPECT_THAT(asked("disk-filling", observed), IsEmpty());
}

TEST(DbConnection, PassesWithItsFigures) {
  EXPECT_THAT(asked("db-connection", well()),
              ElementsAre("pass [db]: answers in 3 ms, 12 of 100 connections"));
}

TEST(DbConnection, FailsWhenItDoesNotAnswer) {
  Observed observed = well();
  observed.database.value->refusal = PostgresRefusal::silent;
  observed.database.value->words = "no answer within 3 s";
  EXPECT_THAT(asked("db-connection", observed), ElementsAre("fail [db]: no answer within 3 s"));
  observed.database.value->refusal = PostgresRefusal::starting;
  observed.database.value->words = "FATAL:  the database system is starting up";
  EXPECT_THAT(asked("db-connection", observed),
              ElementsAre("fail [db]: FATAL:  the database system is starting up"));
}

TEST(DbConnection, FailsWhenAlmostAllConnectionsAreTaken) {
  Observed observed = well();
  observed.database.value->connections = 90;
  EXPECT_EQ(asked("db-connection", observed).front().substr(0, 10), "pass [db]:");
  observed.database.value->connections = 91;
  EXPECT_EQ(asked("db-connection", observed).front().substr(0, 58),
            "fail [db]: 91 of 100 connections; the limit is 90 % -> see");
}

TEST(DbConnection, AWrongPasswordSaysNothingOfTheServer) {
  Observed observed = well();
  observed.database.value->refusal = PostgresRefusal::not_us;
  observed.database.value->words = "password authentication failed";
  EXPECT_EQ(asked("db-connection", observed).front().substr(0, 82),
            "unknown [db]: it runs, but does not let Ballast in: password authentication failed");
  observed.database = not_had<DatabaseSeen>("the file is missing", "write it");
  EXPECT_THAT(asked("db-connection", observed),
              ElementsAre("unknown: the file is missing -> write it"));
}

TEST(DbConnection, IsNotAskedOfAStackWithoutOne) {
  Observed observed = well();
  observed.policy.database_service.clear();
  EXPECT_THAT(asked("db-connection", observed), IsEmpty());
}

TEST(HealthCheckFail, HandsOnWhatTheChecksSay) {
  Observed observed = well();
  EXPECT_THAT(asked("health-check-fail", observed), ElementsAre("pass [web-health]: 200 in 5 ms"));
  observed.health = {{"web-health", "", Verdict::fail, "500 in 5 ms", "look"},
                     {"web-login", "ten_a", Verdict::unknown, "not known", ""}};
  EXPECT_THAT(asked("health-check-fail", observed),
              ElementsAre("fail [web-health]: 500 in 5 ms -> look",
                          "unknown [web-login ten_a]: not known"));
}

TEST(CertificateExpiring, CountsWhatIsLeft) {
  Observed observed = well();
  EXPECT_THAT(asked("certificate-expiring", observed), IsEmpty());
  const auto expires = [&](Time when) {
    observed.certificates = {{"https://shop.example.com", {.expires = when, .trouble = {}}}};
    return asked("certificate-expiring", observed);
  };
  EXPECT_THAT(expires(noon + 14 * 24h),
              ElementsAre("pass [https://shop.example.com]: expires in 14 days"));
  EXPECT_THAT(expires(noon + 13 * 24h),
              ElementsAre("fail [https://shop.example.com]: expires in 13 days since "
                          "2026-11-24T12:00:00Z"));
  EXPECT_THAT(expires(noon - 2h),
              ElementsAre("fail [https://shop.example.com]: expired 2 h ago since "
                          "2026-11-11T10:00:00Z"));
  observed.certificates = {{"https://a.example", {.expires = {}, .trouble = "no answer"}}};
  EXPECT_THAT(asked("certificate-expiring", observed),
              ElementsAre("unknown [https://a.example]: no answer"));
}

TEST(ClockWrong, ComparesWithTheClocksThatThereAre) {
  Observed observed = well();
  EXPECT_THAT(asked("clock-wrong", observed),
              ElementsAre("pass [engine]: agrees with this machine's",
                          "pass [database]: agrees with this machine's"));
  observed.database.value->clock = noon - 31s;
  observed.engine_clock.value->theirs = noon + 30s;
  EXPECT_THAT(asked("clock-wrong", observed),
              ElementsAre("pass [engine]: 30 s ahead of this machine's",
                          "fail [database]: 31 s behind this machine's"));
}

TEST(ClockWrong, IsUnknownWithoutAnotherOne) {
  Observed observed = well();
  observed.engine_clock = not_had<EngineClock>("no engine");
  observed.database = not_had<DatabaseSeen>("no database");
  EXPECT_THAT(asked("clock-wrong", observed),
              ElementsAre("unknown: there is no other clock to ask"));
}

TEST(ClockWrong, RecordsOfTomorrowTellOfIt) {
  Observed observed = well();
  observed.records.value->newest = noon + 2h;
  EXPECT_EQ(asked("clock-wrong", observed).back().substr(0, 40),
            "fail [records]: the newest is dated 2026");
  observed.records.value->newest = noon + 30s;
  EXPECT_EQ(asked("clock-wrong", observed).size(), 2U);
}

TEST(Measures, AreNumbersWithTheirLimits) {
  const auto settings = default_settings(*find_alert("high-memory"));
  const Finding memory = conditions::high_memory(well(), settings).front();
  ASSERT_TRUE(memory.measure);
  EXPECT_EQ(memory.measure->name, "memory_web");
  EXPECT_EQ(memory.measure->value, 1.2e9);
  EXPECT_EQ(memory.measure->unit, "B");
  EXPECT_EQ(memory.measure->limit, 3.5e9);
  EXPECT_EQ(measure_name("disk", "/srv/a b"), "disk__srv_a_b");
}

}  // namespace
}  // namespace ballast
