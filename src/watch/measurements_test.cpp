#include "watch/measurements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <optional>

#include "host/posix_disk.h"
#include "host/test_error.h"
#include "host/test_folder.h"
#include "watch/measurement_history.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using measurement::block_size;
using measurement::SeriesName;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Time noon = *parse_time("2026-11-25T12:00:00Z");
const SeriesName web{.series = "memory web", .unit = "B"};
constexpr Duration an_hour = 1h;
constexpr Duration a_day = 24h;
constexpr Duration a_month = 24h * 30;

MeasuredPoint point(Time at, double value) { return {.at = at, .mean = value, .most = value}; }

class MeasurementsTest : public testing::Test {
 protected:
  MeasurementsTest() { restart(); }
  std::string path() const { return folder / "measurements/shop"; }
  std::uintmax_t size() const { return std::filesystem::file_size(path()); }

  void add(Time at, double value) { writer->add(at, {{"memory web", "B", value}}); }
  // As a daemon does that was started again.
  void restart() { writer.emplace(disk, path()); }
  void write(const std::string& content) {
    std::filesystem::create_directories(folder / "measurements");
    folder.write("measurements/shop", content);
    restart();
  }

  std::vector<MeasuredPoint> points(Duration past, Time until, const SeriesName& name = web) {
    const auto history = read_measurements(disk, path());
    return history ? history->read(name, until - past, until).points : std::vector<MeasuredPoint>();
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    if (const auto history = read_measurements(disk, path()))
      for (const SeriesName& name : history->series()) found.push_back(name.series + name.unit);
    return found;
  }

  const TestFolder folder;
  PosixDisk disk;
  std::optional<Measurements> writer;
};

TEST_F(MeasurementsTest, WhatWasAddedIsReadByTheFinestSteps) {
  for (int index = 0; index < 3; ++index) add(noon + index * 5s + 120ms, 1e9 * index);
  EXPECT_THAT(points(an_hour, noon + 10s),
              ElementsAre(point(noon, 0), point(noon + 5s, 1e9), point(noon + 10s, 2e9)));
  EXPECT_THAT(points(5s, noon + 10s), ElementsAre(point(noon + 5s, 1e9), point(noon + 10s, 2e9)));
  EXPECT_THAT(points(5s, noon + 4s), ElementsAre(point(noon, 0)));
  const auto history = read_measurements(disk, path());
  ASSERT_TRUE(history);
  EXPECT_THAT(history->series(), ElementsAre(web));
  EXPECT_EQ(history->read(web, noon - an_hour, noon).step, 5s);
  EXPECT_EQ(history->read(web, noon - an_hour - 1ms, noon).step, 1min);
  EXPECT_EQ(history->read(web, noon - a_day - 1ms, noon).step, 15min);
  EXPECT_THAT(history->read({"memory db", "B"}, noon - a_day, noon).points, IsEmpty());
}

TEST_F(MeasurementsTest, CoarserStepsHoldTheMeanAndThePeak) {
  for (int index = 0; index < 24; ++index) add(noon + index * 5s, index == 3 ? 70 : 10);
  EXPECT_THAT(points(a_day, noon + 2min),
              ElementsAre(MeasuredPoint{noon, 15, 70}, point(noon + 1min, 10)));
  EXPECT_THAT(points(a_month, noon + 2min), ElementsAre(MeasuredPoint{noon, 12.5, 70}));
}

TEST_F(MeasurementsTest, ARestartGoesOnWithTheStepsThatAreNotOver) {
  add(noon, 10);
  add(noon + 5s, 20);
  restart();
  add(noon + 10s, 30);
  EXPECT_THAT(points(a_day, noon + 10s), ElementsAre(MeasuredPoint{noon, 20, 30}));
  EXPECT_THAT(points(a_month, noon + 10s), ElementsAre(MeasuredPoint{noon, 20, 30}));
  EXPECT_THAT(points(an_hour, noon + 10s), SizeIs(3));
}

TEST_F(MeasurementsTest, ARingGoesRoundAndRound) {
  const Time end = noon + 3h;
  for (Time at = noon; at <= end; at += 5s) add(at, static_cast<double>((at - noon) / 5s));
  const auto found = points(an_hour, end);
  ASSERT_THAT(found, SizeIs(720));
  for (int index = 0; index < 720; ++index)
    EXPECT_EQ(found.at(static_cast<std::size_t>(index)),
              point(end - 1h + (index + 1) * 5s, 1441 + index));
  EXPECT_THAT(points(a_day, end), SizeIs(181));
  EXPECT_THAT(points(a_month, end), SizeIs(13));
}

TEST_F(MeasurementsTest, AGapIsAHoleAndNotWhatWasThereALapBefore) {
  add(noon, 1);
  add(noon + 10min, 2);
  EXPECT_THAT(points(an_hour, noon + 10min), ElementsAre(point(noon, 1), point(noon + 10min, 2)));
  add(noon + 3h, 3);
  EXPECT_THAT(points(an_hour, noon + 3h), ElementsAre(point(noon + 3h, 3)));
  EXPECT_THAT(points(an_hour, noon + 9h), IsEmpty());
}

TEST_F(MeasurementsTest, ASeriesThatWasNotMeasuredHasAHole) {
  writer->add(noon, {{"memory web", "B", 1}, {"connections db", "", 7}});
  writer->add(noon + 5s, {{"connections db", "", 8}});
  EXPECT_THAT(points(an_hour, noon + 5s), ElementsAre(point(noon, 1)));
  EXPECT_THAT(points(an_hour, noon + 5s, {"connections db", ""}),
              ElementsAre(point(noon, 7), point(noon + 5s, 8)));
}

TEST_F(MeasurementsTest, TimeDoesNotMakeTheFileLarger) {
  add(noon, 0);
  EXPECT_EQ(size(), block_size);
  const Time end = noon + 24h * 40;
  for (Time at = noon; at <= end; at += 1min) add(at, at == end - 24h * 20 ? 900 : 5);
  EXPECT_EQ(size(), block_size);
  const auto found = points(a_month, end);
  ASSERT_THAT(found, SizeIs(30 * 96 + 1));
  EXPECT_EQ(found.front(), point(end - a_month, 5));
  EXPECT_EQ(found.at(10 * 96).at, end - 24h * 20);
  EXPECT_EQ(found.at(10 * 96).most, 900);
}

TEST_F(MeasurementsTest, AClockThatIsSetBackLeavesNothingOfTheTimeAfterIt) {
  for (Time at = noon; at <= noon + 20min; at += 5s) add(at, 1);
  add(noon - 10min, 2);
  for (const Duration past : {an_hour, a_day, a_month}) {
    const auto found = points(past, noon + 20min);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found.front().mean, 2);
  }
  add(noon, 3);
  EXPECT_THAT(points(an_hour, noon + 20min), ElementsAre(point(noon - 10min, 2), point(noon, 3)));
}

TEST_F(MeasurementsTest, AlsoWhenItWasSetBackBetweenTwoRuns) {
  const Time later = noon + 24h * 400 + 7min;
  add(noon, 1);
  add(later, 2);
  restart();
  add(noon + 1min, 3);
  EXPECT_THAT(points(an_hour, noon + 1min), ElementsAre(point(noon, 1), point(noon + 1min, 3)));
  EXPECT_THAT(points(a_month, later), IsEmpty());
}

TEST_F(MeasurementsTest, WithinAStepAClockMayGoBack) {
  add(noon + 4s, 1);
  add(noon + 1s, 3);
  EXPECT_THAT(points(an_hour, noon + 4s), ElementsAre(point(noon, 2)));
}

TEST_F(MeasurementsTest, WhatIsNoFileOfOursIsBegunAnew) {
  add(noon, 1);
  const std::string whole = folder.read("measurements/shop");
  std::string older = whole;
  older[older.find("/1\n") + 1] = '0';
  std::string endless = whole;
  endless.replace(256 + 16, 240, 240, 'n');
  for (const std::string& content :
       {std::string(), std::string("x"), whole.substr(0, 4096), whole.substr(0, block_size - 1),
        whole + "x", std::string(block_size, 'x'), older, endless,
        std::string(17 * block_size, '\0')}) {
    write(content);
    EXPECT_FALSE(read_measurements(disk, path()));
    add(noon + 1min, 2);
    EXPECT_EQ(size(), block_size);
    EXPECT_THAT(points(a_month, noon + 1min), ElementsAre(point(noon, 2)));
  }
}

TEST_F(MeasurementsTest, AFileThatIsCutIsNotWholeWhereverItIsCut) {
  for (int index = 0; index < 16; ++index)
    writer->add(noon, {{"memory " + std::to_string(index), "B", 1}});
  const std::string whole = folder.read("measurements/shop");
  ASSERT_EQ(whole.size(), 2 * block_size);
  for (std::size_t length = 0; length <= whole.size(); ++length)
    EXPECT_EQ(measurement::is_whole(std::string_view(whole).substr(0, length)),
              length > 0 && length % block_size == 0);
}

TEST_F(MeasurementsTest, AnEmptyBlockIsOneWithoutSeries) {
  write(std::string(2 * block_size, '\0'));
  EXPECT_THAT(names(), IsEmpty());
  add(noon, 1);
  EXPECT_EQ(size(), 2 * block_size);
  EXPECT_THAT(points(an_hour, noon), ElementsAre(point(noon, 1)));
}

std::vector<Measured> many(int count, double value) {
  std::vector<Measured> measured;
  for (int index = 100; index < 100 + count; ++index)
    measured.push_back({"memory " + std::to_string(index), "B", value});
  return measured;
}

TEST_F(MeasurementsTest, ASeriesGivesItsPlaceAwayAfterAMonth) {
  writer->add(noon, many(15, 1));
  restart();
  const auto others = many(14, 2);
  for (int day = 1; day <= 31; ++day) writer->add(noon + day * 24h, others);
  EXPECT_EQ(names().size(), 15U);
  add(noon + 32 * 24h, 3);
  EXPECT_EQ(size(), block_size);
  EXPECT_EQ(names().front() + names().back(), "memory 100Bmemory webB");
  EXPECT_EQ(names().size(), 15U);
  EXPECT_THAT(points(a_month, noon + 32 * 24h), ElementsAre(point(noon + 32 * 24h, 3)));
  EXPECT_THAT(points(a_month, noon + 32 * 24h, {"memory 113", "B"}), SizeIs(30));
}

TEST_F(MeasurementsTest, ThereIsRoomForSoManySeriesAndNoMore) {
  writer->add(noon, many(15, 1));
  EXPECT_EQ(size(), block_size);
  writer->add(noon + 5s, many(16, 1));
  EXPECT_EQ(size(), 2 * block_size);
  writer->add(noon + 10s, many(250, 1));
  EXPECT_EQ(size(), 16 * block_size);
  EXPECT_EQ(names().size(), 240U);
  EXPECT_EQ(names().back(), "memory 339B");
  EXPECT_THAT(points(an_hour, noon + 10s, {"memory 339", "B"}), ElementsAre(point(noon + 10s, 1)));
}

TEST_F(MeasurementsTest, WhatIsNoMeasurementIsPassedOver) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  writer->add(noon, {{"a", "B", none},
                     {"b", "B", -std::numeric_limits<double>::infinity()},
                     {"c", "B", 1e300},
                     {"", "B", 1},
                     {std::string(240, 'n'), "B", 1},
                     {"d", std::string(16, 'u'), 1},
                     {std::string("e\0f", 3), "B", 1},
                     {std::string(239, 'n'), std::string(15, 'u'), -1}});
  EXPECT_THAT(names(), ElementsAre(std::string(239, 'n') + std::string(15, 'u')));
  writer->add(Time{}, {{"a", "B", 1}});
  writer->add(Time{} - 24h, {{"a", "B", 1}});
  EXPECT_EQ(names().size(), 1U);
}

TEST_F(MeasurementsTest, AFileThatIsRemovedComesAgain) {
  add(noon, 1);
  std::filesystem::remove(path());
  add(noon + 5s, 2);
  EXPECT_THAT(points(an_hour, noon + 5s), ElementsAre(point(noon + 5s, 2)));
  EXPECT_EQ(disk.info(path())->mode, 0600U);
  EXPECT_EQ(disk.info(folder / "measurements")->mode, 0700U);
}

TEST_F(MeasurementsTest, WhereItCannotBeKeptTheNextOneTriesAgain) {
  folder.write("measurements", "");
  EXPECT_NE(error_of([&] { add(noon, 1); }).message(), "(no error)");
  std::filesystem::remove(folder / "measurements");
  add(noon + 5s, 2);
  EXPECT_THAT(points(an_hour, noon + 5s), ElementsAre(point(noon + 5s, 2)));
}

TEST_F(MeasurementsTest, NothingIsWrittenThroughALink) {
  std::filesystem::create_directories(folder / "measurements");
  std::filesystem::create_symlink(folder / "aim", path());
  EXPECT_EQ(error_of([&] { add(noon, 1); }).message(), path() + " is a symbolic link");
  EXPECT_FALSE(std::filesystem::exists(folder / "aim"));
  EXPECT_FALSE(read_measurements(disk, path()));
}

// As docs/formats.md has it, for other readers.
TEST_F(MeasurementsTest, TheBytesAreThoseOfTheFormat) {
  const Time at = Time(1'795'608'005s);  // step 359'121'601 of 5 s, 29'926'800 of 1 min
  writer->add(at, {{"connections db", "", 3}, {"disk used /srv", "%", 1.5}});
  const std::string file = folder.read("measurements/shop");
  EXPECT_EQ(file.substr(0, 24), std::string("ballast.measurements/1\n\0", 24));
  EXPECT_EQ(file.substr(256, 17), std::string(16, '\0') + "c");
  EXPECT_EQ(file.substr(512, 31), "%" + std::string(15, '\0') + "disk used /srv" + '\0');
  const std::string nothing("\x00\x00\xc0\x7f", 4);
  EXPECT_EQ(file.substr(4096 + 359'121'601 % 720 * 64, 16),
            std::string("\xc1\xc2\x67\x15\x00\x00\x40\x40\x00\x00\xc0\x3f", 12) + nothing);
  EXPECT_EQ(file.substr(50'176 + 29'926'800 % 1440 * 128, 24),
            std::string("\x90\xa5\xc8\x01\x00\x00\x40\x40\x00\x00\x40\x40\x00\x00\xc0\x3f\x00\x00"
                        "\xc0\x3f",
                        20) +
                nothing);
  EXPECT_EQ(file.substr(234'496 + 1'995'120 % 2976 * 128, 8),
            std::string("\x70\x71\x1e\x00\x00\x00\x40\x40", 8));
}

}  // namespace
}  // namespace ballast
