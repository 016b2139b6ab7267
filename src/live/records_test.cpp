#include "live/records.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(MissingHistoryTest, NothingIsMissingWhenEveryRowStandsThere) {
  EXPECT_EQ(missing_history("a\nb\n", {"a", "b"}), "");
  EXPECT_EQ(missing_history("old | line\na\nb\n", {"a", "b"}), "");
}

TEST(MissingHistoryTest, WhatIsMissingIsAppendedInOrder) {
  EXPECT_EQ(missing_history("", {"a", "b"}), "a\nb\n");
  EXPECT_EQ(missing_history("old\na\n", {"a", "b", "c"}), "b\nc\n");
}

TEST(MissingHistoryTest, ALineThatStandsTwiceInTheJournalMustStandTwiceInTheFile) {
  EXPECT_EQ(missing_history("a\n", {"a", "a"}), "a\n");
  EXPECT_EQ(missing_history("a\na\n", {"a", "a"}), "");
}

TEST(MissingHistoryTest, ATornLineIsCompletedAtEveryLength) {
  const std::string row = "2026-11-25T11:27:07+09:00 | shop | sha-a000001 | prod | success | ken";
  for (std::size_t length = 1; length <= row.size(); ++length) {
    const std::string torn = "older\n" + row.substr(0, length);
    EXPECT_EQ(torn + missing_history(torn, {row}), "older\n" + row + "\n") << length;
  }
}

TEST(MissingHistoryTest, AnOldFileWithoutALastLineBreakKeepsItsLine) {
  EXPECT_EQ(missing_history("old tool's line", {"a"}), "\na\n");
}

TEST(OperationIdTest, SortsByTimeWithinASecond) {
  using namespace std::chrono_literals;
  const Time second{1764124027s};
  EXPECT_EQ(operation_id(second, 0), "20251126T022707Z-0000");
  EXPECT_EQ(operation_id(second + 999ms, 63), "20251126T022707Z-f9ff");
  EXPECT_LT(operation_id(second + 1ms, 255), operation_id(second + 2ms, 0));
}

TEST(TornWriteTest, OnlyOurOwnTemporaryNamesAreTorn) {
  EXPECT_TRUE(is_torn_write("..env.ballast-zzj2mq"));
  EXPECT_TRUE(is_torn_write(".shop.ballast-A1b2C3"));
  EXPECT_FALSE(is_torn_write(".env"));
  EXPECT_FALSE(is_torn_write("ballast.yaml"));
  EXPECT_FALSE(is_torn_write(".env.ballast-"));
  EXPECT_FALSE(is_torn_write("env.ballast-zzj2mq"));
}

}  // namespace
}  // namespace ballast
