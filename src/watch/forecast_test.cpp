#include "watch/forecast.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace ballast {
namespace {

using namespace std::chrono_literals;

const Time noon = *parse_time("2026-11-25T12:00:00Z");
constexpr double gigabyte = 1e9;

// What was free in each minute up to noon.
std::vector<FreeSpace> past(int minutes, const std::function<double(int minute)>& free) {
  std::vector<FreeSpace> spaces;
  for (int minute = 0; minute <= minutes; ++minute)
    spaces.push_back({.at = noon - (minutes - minute) * 1min, .bytes = free(minute)});
  return spaces;
}

std::optional<DiskForecast> forecast(int minutes, const std::function<double(int minute)>& free) {
  return forecast_of(past(minutes, free), noon);
}

double steady(int minute) { return 200 * gigabyte - minute / 60.0 * 10 * gigabyte; }

void expect_no_filling(const std::optional<DiskForecast>& found) {
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->full_in) << found->full_in->count();
  EXPECT_EQ(found->bytes_an_hour, 0);
}

TEST(Forecast, NothingIsClaimedWithoutEnoughOfAPast) {
  EXPECT_FALSE(forecast_of({}, noon));
  EXPECT_FALSE(forecast(0, steady));
  EXPECT_FALSE(forecast(29, steady));
  EXPECT_TRUE(forecast(30, steady));
}

TEST(Forecast, NorOfAPastThatIsOver) {
  EXPECT_TRUE(forecast_of(past(360, steady), noon + 10min));
  EXPECT_FALSE(forecast_of(past(360, steady), noon + 11min));
  EXPECT_FALSE(forecast_of(past(360, steady), noon - 6h));
}

TEST(Forecast, SteadyFilling) {
  const auto found = forecast(360, steady);
  ASSERT_TRUE(found && found->full_in);
  EXPECT_NEAR(found->bytes_an_hour, 10 * gigabyte, 1);
  EXPECT_EQ(*found->full_in, 14h);
}

TEST(Forecast, AShortPastIsEnoughForWhatFillsFast) {
  const auto found = forecast(40, [](int minute) { return (60 - minute) * gigabyte; });
  ASSERT_TRUE(found && found->full_in);
  EXPECT_EQ(*found->full_in, 20min);
}

TEST(Forecast, AMinuteIsTheLeast) {
  const auto found = forecast(40, [](int minute) { return (40 - minute) * gigabyte; });
  ASSERT_TRUE(found && found->full_in);
  EXPECT_EQ(*found->full_in, 1min);
}

TEST(Forecast, WhatStaysOrGetsEmptierDoesNotFillUp) {
  expect_no_filling(forecast(360, [](int) { return 5 * gigabyte; }));
  expect_no_filling(forecast(360, [](int minute) { return minute * gigabyte; }));
}

TEST(Forecast, AJumpThatIsOverIsNone) {
  for (const int minutes : {30, 45, 90, 360})
    for (int jump = 1; jump < minutes; ++jump) {
      SCOPED_TRACE(std::to_string(jump) + " of " + std::to_string(minutes));
      expect_no_filling(
          forecast(minutes, [jump](int minute) { return (minute < jump ? 100 : 20) * gigabyte; }));
    }
}

TEST(Forecast, ACopyThatHasEndedIsNone) {
  for (const int end : {120, 240, 300, 320})
    expect_no_filling(forecast(360, [end](int minute) {
      return 100 * gigabyte - std::min(minute, end) * 0.2 * gigabyte;
    }));
}

TEST(Forecast, NoiseIsNone) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto found = forecast(360, [&](int) {
      return 20 * gigabyte + static_cast<double>(random()) / 4294967296.0 * 2 * gigabyte;
    });
    ASSERT_TRUE(found);
    EXPECT_TRUE(!found->full_in || *found->full_in > 24h * 7) << seed;
  }
}

TEST(Forecast, WhatGoesUpAndDownIsNone) {
  for (const int length : {7, 30, 60, 180})
    expect_no_filling(forecast(
        360, [length](int minute) { return 20 * gigabyte - minute % length * 0.05 * gigabyte; }));
}

TEST(Forecast, NoiseDoesNotHideWhatFillsUp) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    const auto found = forecast(360, [&](int minute) {
      return steady(minute) + static_cast<double>(random()) / 4294967296.0 * 3 * gigabyte;
    });
    ASSERT_TRUE(found && found->full_in) << seed;
    EXPECT_NEAR(found->bytes_an_hour, 10 * gigabyte, 0.5 * gigabyte) << seed;
  }
}

TEST(Forecast, ARateThatIsTinyIsNone) {
  expect_no_filling(forecast(360, [](int minute) { return 500 * gigabyte - minute / 60.0 * 1e6; }));
}

TEST(Forecast, OnlyTheLastHoursCount) {
  expect_no_filling(
      forecast(720, [](int minute) { return 500 * gigabyte - std::min(minute, 360) * gigabyte; }));
}

TEST(Forecast, HolesAreNotGuessed) {
  std::vector<FreeSpace> thinned;
  for (const FreeSpace& space : past(360, steady))
    if ((noon - space.at) / 1min % 7 == 0) thinned.push_back(space);
  const auto found = forecast_of(thinned, noon);
  ASSERT_TRUE(found && found->full_in);
  EXPECT_NEAR(found->bytes_an_hour, 10 * gigabyte, 1);
  std::erase_if(
      thinned, [](const FreeSpace& space) { return space.at > noon - 5h && space.at < noon - 1h; });
  EXPECT_FALSE(forecast_of(thinned, noon));
}

}  // namespace
}  // namespace ballast
