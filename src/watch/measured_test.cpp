#include "watch/measured.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/posix_disk.h"
#include "host/test_folder.h"
#include "watch/disk_forecasts.h"
#include "watch/test_observed.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using test::noon;
using test::not_had;
using test::well;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(const Observed& observed, const std::vector<AlertLine>& lines = {}) {
  std::vector<std::string> found;
  for (const Measured& one : measured_of(observed, lines))
    found.push_back(fmt::format("{}: {:.12g} {}", one.series, one.value, one.unit));
  return found;
}

TEST(Measured, AllThatIsWorthToBeDrawn) {
  Observed observed = well();
  observed.memory.value->push_back({.service = "db", .bytes = 300'000'000});
  observed.health.front().elapsed = 35ms;
  CheckResult login = observed.health.front();
  login.name = "web-login";
  login.subject = "ten_a";
  observed.health.push_back(login);
  EXPECT_THAT(
      texts(observed),
      ElementsAre("memory web: 1200000000 B", "memory db: 300000000 B",
                  "disk used /srv/stacks/shop: 81 %", "disk free /srv/stacks/shop: 12400000000 B",
                  "database connections db: 12 ", "database answer db: 0.003 s",
                  "site answer web-health: 0.035 s", "site answer web-login ten_a: 0.035 s",
                  "alerts failing: 0 "));
}

TEST(Measured, WhatCouldNotBeHadIsLeftOut) {
  Observed observed = well();
  observed.memory = not_had<std::vector<MemorySeen>>("no answer");
  observed.disks = not_had<DisksSeen>("no answer");
  observed.database.value->refusal = PostgresRefusal::silent;
  EXPECT_THAT(texts(observed), ElementsAre("alerts failing: 0 "));
  observed.database = not_had<DatabaseSeen>("no answer");
  EXPECT_THAT(texts(observed), ElementsAre("alerts failing: 0 "));
}

TEST(Measured, OnlyWhatIsFailingCounts) {
  Observed observed = well();
  observed.services.value->front().container->state = "exited";
  observed.memory = not_had<std::vector<MemorySeen>>("no answer");
  EXPECT_EQ(texts(observed, judge_alerts(observed).lines).back(), "alerts failing: 1 ");
}

// Six hours in which 1 GB an hour went away, on one file system alone.
std::string filling_file() {
  measurement::Block block;
  block.give(0, {.series = "disk free /srv/stacks/shop", .unit = "B"});
  std::string file(measurement::block_size, '\0');
  for (int minute = 0; minute <= 360; ++minute) {
    block.add(noon - (360 - minute) * 1min, 0,
              static_cast<float>(18'400'000'000.0 - minute / 60.0 * 1e9));
    for (const auto& patch : block.changes())
      file.replace(patch.at, patch.bytes.size(), patch.bytes);
  }
  return file;
}

TEST(DiskForecasts, ComeFromWhatWasMeasured) {
  const MeasurementHistory history(filling_file());
  const DiskUse shop{.paths = "/srv/stacks/shop and /var/lib/docker", .space = {}};
  const DiskUse other{.paths = "/mnt/docker", .space = {}};
  const auto forecasts = disk_forecasts(history, {shop, other}, noon);
  ASSERT_EQ(forecasts.size(), 1U);
  EXPECT_EQ(forecasts.begin()->first, "/srv/stacks/shop");
  EXPECT_EQ(forecasts.begin()->second.full_in, 12h + 24min);
  EXPECT_NEAR(forecasts.begin()->second.bytes_an_hour, 1e9, 1e4);
  EXPECT_THAT(disk_forecasts(history, {shop}, noon + 1h), IsEmpty());
}

TEST(DiskForecasts, AFileThatCannotBeReadForetellsNothing) {
  const TestFolder folder;
  PosixDisk disk;
  const std::vector<DiskUse> uses{{.paths = "/srv/stacks/shop", .space = {}}};
  EXPECT_THAT(read_disk_forecasts(disk, folder / "none", uses, noon), IsEmpty());
  folder.write("shop", filling_file());
  EXPECT_EQ(read_disk_forecasts(disk, folder / "shop", uses, noon).size(), 1U);
  folder.write("shop", filling_file() + "x");
  EXPECT_THAT(read_disk_forecasts(disk, folder / "shop", uses, noon), IsEmpty());
}

}  // namespace
}  // namespace ballast
