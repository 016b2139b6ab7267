// What enters the audit chain, in which transaction, and what becomes of an older journal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/journal.h"
#include "journal/published_head.h"
#include "journal/test_journal.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

class ChainTest : public JournalTest {
 protected:
  std::vector<AuditRecord> records() const { return Journal(path()).audit_records(); }
  std::vector<std::string> events() const {
    std::vector<std::string> found;
    for (const AuditRecord& record : records())
      found.push_back(record.kind + " " + text_at(record.content, "event"));
    return found;
  }
  void expect_whole() const {
    std::string previous(64, '0');
    long long number = 0;
    for (const AuditRecord& record : records()) {
      EXPECT_EQ(record.number, ++number);
      EXPECT_EQ(record.previous, previous);
      EXPECT_EQ(record.hash, audit_hash(record));
      previous = record.hash;
    }
  }
  void make_older_schema() { sql("DROP TABLE audit; PRAGMA user_version = 1"); }
};

TEST_F(ChainTest, ANewJournalBeginsOne) {
  const Journal journal(path());
  ASSERT_EQ(journal.audit_records().size(), 1u);
  const AuditRecord first = journal.audit_records().front();
  EXPECT_EQ(first.kind, "beginning");
  EXPECT_EQ(number_at(first.content, "schema", -1), 0);
  EXPECT_THAT(text_at(first.content, "operations"), StartsWith("0 sha256:e3b0c442"));
  EXPECT_EQ(journal.audit_head(), (AuditHead{1, first.hash}));
}

TEST_F(ChainTest, AnOperationEntersWithAllThatIsWrittenOfIt) {
  Journal journal(path());
  journal.begin(operation("one"));
  journal.record_step("one", {.number = 0, .name = "gates", .state = StepState::done, .at = at(1)});
  journal.take_over("one", 43, "next boot");
  journal.record_step("one", {.number = 1, .name = "commit", .state = StepState::done, .at = at(2)},
                      {line("deployed"), line("success")}, release("one", "sha-a000001", "good"));
  journal.end("one", OperationState::finished, 0, "done", at(3000));
  EXPECT_THAT(events(),
              ElementsAre("beginning ", "operation begun", "operation taken-over", "history line",
                          "history line", "operation release", "operation ended"));
  expect_whole();
  const auto all = journal.audit_records();
  EXPECT_EQ(all[1].at, at(1000));
  EXPECT_EQ(all[1].stack, "shop");
  EXPECT_EQ(all[1].who, "ken");
  EXPECT_EQ(text_at(member(all[1].content, "request"), "tag"), "sha-a000001");
  EXPECT_THAT(text_at(all[1].content, "plan"), StartsWith("sha256:"));
  EXPECT_EQ(number_at(all[2].content, "process"), 43);
  EXPECT_EQ(text_at(all[4].content, "status"), "success");
  EXPECT_EQ(number_at(all[4].content, "number"), 2);
  EXPECT_EQ(all[4].at, at(2));
  EXPECT_EQ(text_at(all[5].content, "tag"), "sha-a000001");
  EXPECT_EQ(text_at(all[6].content, "state"), "finished");
  EXPECT_THAT(text_at(all[6].content, "steps"), StartsWith("2 sha256:"));
  EXPECT_EQ(all[6].at, at(3000));
}

TEST_F(ChainTest, WhatIsOverAtOnceBeginsAndEnds) {
  Journal journal(path());
  OperationRecord taken = operation("one");
  taken.state = OperationState::finished;
  taken.ended = at(7);
  journal.record(taken, release("one", "sha-a000001", "good"));
  EXPECT_THAT(events(),
              ElementsAre("beginning ", "operation begun", "operation ended", "operation release"));
}

TEST_F(ChainTest, ARefusedTransactionLeavesNoRecord) {
  Journal journal(path());
  journal.begin(operation("one"));
  EXPECT_THROW(journal.begin(operation("one")), Error);
  EXPECT_THROW(journal.end("none", OperationState::finished, 0, "", at(1)), Error);
  EXPECT_THROW(journal.record_step("one", {.number = 0, .name = "commit", .state = StepState::done},
                                   {line("success")}, release("none", "sha-a000001", "good")),
               Error);
  EXPECT_THAT(events(), ElementsAre("beginning ", "operation begun"));
}

TEST_F(ChainTest, OthersAppendTheirOwn) {
  Journal journal(path());
  const AuditRecord record = journal.append_audit({.kind = "silence",
                                                   .stack = "shop",
                                                   .who = "ken",
                                                   .content = {{"reason", "new \xff disk"}},
                                                   .at = at(9)});
  EXPECT_EQ(record.number, 2);
  EXPECT_EQ(journal.audit_head(), (AuditHead{2, record.hash}));
  EXPECT_EQ(journal.audit_records().back().content, record.content);
  expect_whole();
}

TEST_F(ChainTest, ItsHeadIsToldWhereThereIsOne) {
  EXPECT_EQ(published_head(path()), "");
  const std::string head = Journal(path()).audit_head()->text();
  EXPECT_EQ(published_head(path()), head);
  sql("PRAGMA user_version = 99");
  EXPECT_EQ(published_head(path()), "");
}

TEST_F(ChainTest, TheRowsReadAsTheChainHasThem) {
  Journal journal(path());
  journal.begin(operation("one"));
  journal.end("one", OperationState::finished, 0, "done", at(3), {line("success")},
              release("one", "sha-a000001", "good"));
  const Audited rows = journal.audited();
  const auto all = journal.audit_records();
  ASSERT_EQ(rows.operations.size(), 1u);
  for (const auto& [name, value] : all[1].content.items())
    EXPECT_TRUE(name == "event" || member(rows.operations[0], name) == value) << name;
  EXPECT_EQ(text_at(rows.operations[0], "steps"), text_at(all[2].content, "steps"));
  ASSERT_EQ(rows.history.size(), 1u);
  EXPECT_EQ(text_at(rows.history[0], "timestamp"), text_at(all[3].content, "timestamp"));
  ASSERT_EQ(rows.releases.size(), 1u);
  EXPECT_EQ(text_at(rows.releases[0], "outcome"), "good");
}

TEST_F(ChainTest, AnOlderJournalIsTakenOverByADigestOfItsRows) {
  {
    Journal journal(path());
    journal.begin(operation("one"));
    journal.end("one", OperationState::finished, 0, "done", at(3), {line("success")},
                release("one", "sha-a000001", "good"));
    journal.begin(operation("two", "shop", 2000));
  }
  make_older_schema();
  EXPECT_THAT(events(), ElementsAre("beginning ", "operation begun"));
  expect_whole();
  Journal journal(path());
  const Json beginning = journal.audit_records().front().content;
  Audited rows = journal.audited();
  EXPECT_EQ(number_at(beginning, "schema"), 1);
  EXPECT_EQ(text_at(beginning, "history"), audit_digest(rows.history).text());
  EXPECT_EQ(text_at(beginning, "releases"), audit_digest(rows.releases).text());
  rows.operations.pop_back();
  EXPECT_EQ(text_at(beginning, "operations"), audit_digest(rows.operations).text());
  EXPECT_EQ(text_at(journal.audit_records()[1].content, "id"), "two");
  EXPECT_EQ(journal.operation("one")->message, "done");
}

TEST_F(ChainTest, WhoOnlyReadsAnOlderJournalIsToldWhatToDo) {
  { const Journal journal(path()); }
  make_older_schema();
  try {
    Journal::open_for_reading(path());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "the journal " + path() + " is of an older ballast (schema 1, this one is 2)");
    EXPECT_EQ(error.hint(), "bring it up to date as root: ballast recover");
  }
}

TEST_F(ChainTest, ARecordThatIsWrittenOtherwiseHasAnotherHash) {
  {
    Journal journal(path());
    journal.append_audit({.kind = "gate", .stack = "", .who = "", .content = {{"a", 1}}, .at = {}});
  }
  sql("UPDATE audit SET content = '{\"a\":2,\"a\":1}' WHERE number = 2");
  const AuditRecord changed = records().back();
  EXPECT_NE(audit_hash(changed), changed.hash);
}

}  // namespace
}  // namespace ballast
