#include "model/history.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(HistoryTest, ReadsALine) {
  const auto entry = parse_history_line(
      "2026-11-25T11:27:07+09:00 | odoo18-prod | sha-abc1234 | prod | success | ken");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->timestamp, "2026-11-25T11:27:07+09:00");
  EXPECT_EQ(entry->stack, "odoo18-prod");
  EXPECT_EQ(entry->version, "sha-abc1234");
  EXPECT_EQ(entry->environment, "prod");
  EXPECT_EQ(entry->status, "success");
  EXPECT_EQ(entry->operator_name, "ken");
  ASSERT_TRUE(entry->time);
  EXPECT_EQ(iso_utc(*entry->time), "2026-11-25T02:27:07Z");
}

TEST(HistoryTest, BlanksDoNotMatter) {
  const auto entry =
      parse_history_line("  2026-11-25T11:27:07Z|shop |\tsha-1|prod|  rollback |Ken O'Hara\r");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->line(), "2026-11-25T11:27:07Z | shop | sha-1 | prod | rollback | Ken O'Hara");
}

TEST(HistoryTest, ATimeOfAnotherFormIsKept) {
  const auto entry = parse_history_line("25/11/2026 11:27 | shop | sha-1 | | success |");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->timestamp, "25/11/2026 11:27");
  EXPECT_FALSE(entry->time);
  EXPECT_EQ(entry->operator_name, "");
}

TEST(HistoryTest, WhatIsNoEntry) {
  for (const char* line :
       {"", "# by hand", "|||||", "a | b | c", "2026-11-25 | shop | 1 | prod | success",
        "2026-11-25 | shop | 1 | prod | success | ken | more",
        "timestamp | stack | version | env | status | operator",
        "2026-11-25 | | 1 | prod | success | ken", "2026-11-25 | shop | 1 | prod | | ken"})
    EXPECT_FALSE(parse_history_line(line)) << line;
}

TEST(HistoryTest, WhatIsWrittenReadsBack) {
  const Time time{std::chrono::seconds(1'795'573'627)};
  const HistoryEntry entry = history_entry(time, "shop", "sha-1", "prod", "failed", "ken");
  const auto read = parse_history_line(entry.line());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->time, time);
  EXPECT_EQ(read->line(), entry.line());
  EXPECT_EQ(entry.line(), iso_local(time) + " | shop | sha-1 | prod | failed | ken");
}

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

}  // namespace
}  // namespace ballast
