#include "model/pool_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace ballast {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Time now = *parse_time("2026-11-25T12:00:00Z");

AttachmentName name_of(std::uint32_t number) {
  AttachmentName name;
  for (int index = 0; index < 4; ++index)
    name.sha1[static_cast<std::size_t>(index)] =
        static_cast<std::uint8_t>(number >> (24 - 8 * index));
  return name;
}

PoolFile file_of(std::uint32_t number, Duration age = hours(49)) {
  const auto modified = std::chrono::floor<seconds>((now - age).time_since_epoch()).count();
  return {
      .name = name_of(number), .modified = static_cast<std::uint32_t>(modified), .size = number};
}

std::vector<std::uint64_t> numbers(const std::vector<PoolFile>& files) {
  std::vector<std::uint64_t> numbers;
  for (const PoolFile& file : files) numbers.push_back(file.size);
  return numbers;
}

std::vector<AttachmentName> names_of(const std::vector<std::uint32_t>& numbers) {
  std::vector<AttachmentName> names;
  for (const std::uint32_t number : numbers) names.push_back(name_of(number));
  return names;
}

TEST(PoolPlanTest, WhatNoSetNames) {
  const std::vector<PoolFile> files{file_of(1), file_of(2), file_of(5), file_of(9)};
  PoolPlan plan(files);
  EXPECT_THAT(plan.keep(names_of({2})), IsEmpty());
  EXPECT_THAT(plan.keep(names_of({9})), IsEmpty());
  EXPECT_THAT(numbers(plan.removable(now)), ElementsAre(1, 5));
}

TEST(PoolPlanTest, WithoutSetsEverythingOldMayGo) {
  const std::vector<PoolFile> files{file_of(1), file_of(2)};
  EXPECT_THAT(numbers(PoolPlan(files).removable(now)), ElementsAre(1, 2));
  EXPECT_THAT(PoolPlan({}).removable(now), IsEmpty());
}

TEST(PoolPlanTest, YoungFilesStay) {
  const std::vector<PoolFile> files{file_of(1, hours(48)), file_of(2, hours(48) + seconds(1)),
                                    file_of(3, seconds(0)), file_of(4, -hours(1000))};
  EXPECT_THAT(numbers(PoolPlan(files).removable(now)), ElementsAre(2));
  EXPECT_THAT(numbers(PoolPlan(files).removable(now, hours(1))), ElementsAre(1, 2));
}

TEST(PoolPlanTest, TellsWhatThePoolLacks) {
  const std::vector<PoolFile> files{file_of(2), file_of(4)};
  PoolPlan plan(files);
  EXPECT_EQ(plan.keep(names_of({1, 2, 3, 4, 5})), names_of({1, 3, 5}));
  EXPECT_EQ(PoolPlan({}).keep(names_of({1})), names_of({1}));
}

TEST(PoolPlanTest, AnyOrderKeepsTheSame) {
  const std::vector<PoolFile> files{file_of(1), file_of(2), file_of(3), file_of(4)};
  PoolPlan plan(files);
  EXPECT_THAT(plan.keep(names_of({4, 1, 1, 3, 3, 2})), IsEmpty());
  EXPECT_THAT(plan.removable(now), IsEmpty());
}

TEST(PoolPlanTest, AsASetOfNamesWouldHaveIt) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::vector<PoolFile> files;
    for (std::uint32_t number = 0; number < 60; ++number)
      if (random() % 3 != 0) files.push_back(file_of(number, hours(random() % 96)));
    std::set<AttachmentName> named;
    PoolPlan plan(files);
    for (auto lists = random() % 5; lists > 0; --lists) {
      std::vector<AttachmentName> names;
      for (std::uint32_t number = 0; number < 60; ++number)
        if (random() % 4 == 0) names.push_back(name_of(number));
      if (random() % 4 == 0) std::ranges::shuffle(names, random);
      const auto absent = plan.keep(names);
      for (const AttachmentName& name : names) {
        const bool there = std::ranges::binary_search(files, name, {}, &PoolFile::name);
        EXPECT_EQ(std::ranges::count(absent, name), there ? 0 : 1);
        named.insert(name);
      }
    }
    std::vector<std::uint64_t> expected;
    for (const PoolFile& file : files)
      if (!named.contains(file.name) && now - Time(seconds(file.modified)) > hours(48))
        expected.push_back(file.size);
    EXPECT_EQ(numbers(plan.removable(now)), expected) << seed;
  }
}

TEST(PoolPlanTest, AMillionNames) {
  constexpr std::uint32_t count = 1'000'000;
  std::vector<PoolFile> files;
  for (std::uint32_t number = 0; number < count; ++number) files.push_back(file_of(number * 4'000));
  PoolPlan plan(files);
  for (std::uint32_t tenant = 0; tenant < 40; ++tenant) {
    std::vector<AttachmentName> names;
    for (std::uint32_t number = tenant; number < count; number += 40)
      if (number % 1000 != 0) names.push_back(files[number].name);
    EXPECT_THAT(plan.keep(names), IsEmpty());
  }
  EXPECT_EQ(plan.removable(now).size(), 1000);
}

}  // namespace
}  // namespace ballast
