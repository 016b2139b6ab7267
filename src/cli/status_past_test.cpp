#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using testing::Bench;

const Time now = Time(std::chrono::seconds(1795573627));  // 2026-11-25T02:27:07Z
const std::string heading = "measured since " + iso_local(now - 1h) + "\n";
const std::string hint =
    "hint: the daemon measures: systemctl enable --now ballast; or: ballast watch\n";

SeriesPast memory() {
  return {.name = {.series = "memory web", .unit = "B"},
          .step = 3min,
          .points = {{.at = now - 60min, .mean = 1e9, .most = 1e9},
                     {.at = now - 57min, .mean = 1.1e9, .most = 3e9},
                     {.at = now - 51min, .mean = 2e9, .most = 2e9},
                     {.at = now - 3min, .mean = 1.2e9, .most = 1.2e9}}};
}

SeriesPast one(const std::string& series, const std::string& unit, double mean, double most) {
  return {.name = {.series = series, .unit = unit},
          .step = 1h,
          .points = {{.at = now - 1h, .mean = mean, .most = most}}};
}

StackPast shop(std::vector<SeriesPast> series) {
  return {.stack = "shop", .is_measured = true, .series = std::move(series)};
}

TEST(StatusSince, ALineForEachSeries) {
  Bench bench;
  bench.script.past = {shop({memory()})};
  bench.terminal.is_terminal = true;
  bench.terminal.width = 58;
  const auto ran = bench.run({"--no-color", "status", "shop", "--since", "1h"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "shop: " + heading +
                            "  SERIES      LAST    MIN     MAX\n"
                            "  memory web  1.2 GB  1.0 GB  3.0 GB  ▁█ ▅               ▁\n");
  EXPECT_EQ(bench.script.stack, "shop");
  EXPECT_EQ(bench.script.since, now - 1h);
  EXPECT_EQ(bench.script.until, now);
}

TEST(StatusSince, EachUnitAsPeopleReadIt) {
  Bench bench;
  bench.machine.variables["LC_ALL"] = "C";
  bench.script.past = {shop({one("alerts failing", "", 0, 2), one("connections", "", 12.25, 40),
                             one("disk used /srv", "%", 63.04, 63.5), one("disk\x1b", "B", -1, 17),
                             one("site answer", "s", 0.0351, 2.4)})};
  const auto ran = bench.run({"status", "shop", "--since", "1h"});
  const std::string plot(34, '@');
  EXPECT_EQ(ran.output, "shop: " + heading +
                            "  SERIES          LAST     MIN      MAX\n"
                            "  alerts failing  0        0        2         " +
                            plot +
                            "\n"
                            "  connections     12.3     12.3     40        " +
                            plot +
                            "\n"
                            "  disk used /srv  63 %     63 %     63.5 %    " +
                            plot +
                            "\n"
                            "  disk\\x1b        0 bytes  0 bytes  17 bytes  " +
                            plot +
                            "\n"
                            "  site answer     35 ms    35 ms    2.4 s     " +
                            plot + "\n");
}

TEST(StatusSince, WithoutMeasurementsItSaysWhatToDo) {
  Bench bench;
  bench.script.past = {{.stack = "blog", .is_measured = false, .series = {}}, shop({})};
  const auto ran = bench.run({"status", "--since", "1h"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "blog: nothing was measured yet\n" + hint +
                            "\nshop: nothing was measured since " + iso_local(now - 1h) + "\n" +
                            hint);
  EXPECT_EQ(bench.script.stack, "");
}

TEST(StatusSince, WithoutStacks) {
  Bench bench;
  const auto ran = bench.run({"status", "--since", "1h"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output.substr(0, 25), "no stacks in /srv/stacks\n");
}

TEST(StatusSince, ForPrograms) {
  Bench bench;
  bench.script.past = {shop({one("memory web", "B", 1e9, 2e9), one("alerts failing", "", 0, 0)})};
  const auto ran = bench.run({"status", "shop", "--since", "30d", "--json"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(Json::parse(ran.output), Json::parse(R"({"schema":"ballast.measured/1",
    "since":"2026-10-26T02:27:07Z","until":"2026-11-25T02:27:07Z","stacks":[
    {"name":"shop","measured":true,"series":[
      {"name":"memory web","unit":"B","step":3600,"points":[
        {"at":"2026-11-25T01:27:07Z","mean":1000000000.0,"max":2000000000.0}]},
      {"name":"alerts failing","unit":null,"step":3600,"points":[
        {"at":"2026-11-25T01:27:07Z","mean":0.0,"max":0.0}]}]}],"exit":0})"));
}

std::string refused(const std::string& since) {
  Bench bench;
  const auto ran = bench.run({"status", "--since", since});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(bench.script.until, Time{});
  return ran.errors;
}

TEST(StatusSince, WhatIsNoLengthOfTime) {
  for (const char* since : {"0", "soon", "2026-11-25"})
    EXPECT_EQ(refused(since), "error: --since `" + std::string(since) +
                                  "` is not a length of time\nhint: such as 1h, 24h or 30d\n");
  EXPECT_EQ(refused("32d"),
            "error: --since `32d` is longer than measurements are kept\nhint: at most 31 days\n");
  Bench bench;
  EXPECT_EQ(bench.run({"status", "--since", "31d"}).status, 0);
}

}  // namespace
}  // namespace ballast
