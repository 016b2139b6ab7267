// The tables and history.log against the chain.
#include "audit/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/line_difference.h"
#include "audit/test_chain.h"
#include "base/text.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() {
    for (const char* number : {"1", "2", "3", "4"})
      chain_.operate(std::string("op") + number, std::string("sha-") + number);
  }
  AuditFindings findings() { return audit_report(chain_.journal, chain_.history, {}).findings; }
  // "changed history.log: line 2", as they are found.
  std::vector<std::string> found() {
    std::vector<std::string> texts;
    for (const AuditFinding& finding : findings())
      texts.push_back(std::string(word_of(finding.what)) + " " + finding.place + ": " +
                      finding.subject);
    return texts;
  }
  std::vector<std::string> lines() const { return split_lines(chain_.history); }
  void set_lines(const std::vector<std::string>& lines) {
    chain_.history.clear();
    for (const std::string& line : lines) chain_.history += line + "\n";
  }

  TestChain chain_;
};

TEST_F(VerifyTest, WhatAgreesIsGood) {
  const AuditReport report = audit_report(chain_.journal, chain_.history, {});
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.records, 18U);
  EXPECT_EQ(report.head, chain_.head());
  EXPECT_TRUE(report.knows_history);
}

TEST_F(VerifyTest, APublishedHeadIsFoundWithWhatCameAfterIt) {
  const AuditHead head{10, chain_.journal.records[9].hash};
  const auto report = audit_report(chain_.journal, chain_.history, std::vector{head});
  ASSERT_EQ(report.heads.size(), 1U);
  EXPECT_EQ(report.heads[0].later, 8);
  const AuditHead other{10, std::string(64, 'e')};
  EXPECT_EQ(audit_report(chain_.journal, chain_.history, std::vector{other}).findings[0].what,
            Tampering::recomputed);
}

TEST_F(VerifyTest, AChangedRowOfEachTable) {
  chain_.journal.operations[1]["message"] = "all well";
  chain_.journal.releases[2]["outcome"] = "failed";
  chain_.journal.history[3]["operator"] = "eve";
  EXPECT_THAT(found(),
              ElementsAre("changed operations: operation op2", "changed releases: release 3",
                          "changed history: history row 4"));
  const AuditFinding finding = findings().front();
  EXPECT_EQ(finding.text,
            "`message` of operation op2 was changed: record 10 of the chain says otherwise");
  EXPECT_EQ(finding.says, "all well");
  EXPECT_EQ(finding.should, "done");
}

TEST_F(VerifyTest, AnEndThatWasTakenBack) {
  chain_.journal.operations[1]["state"] = "running";
  EXPECT_THAT(found(), ElementsAre("changed operations: operation op2"));
}

TEST_F(VerifyTest, OneThatHasOnlyBegunIsRunning) {
  chain_.append("operation", {{"event", "begun"}, {"id", "op5"}, {"kind", "deploy"}});
  Json row{{"id", "op5"},   {"kind", "deploy"}, {"state", "running"}, {"ended", nullptr},
           {"message", ""}, {"exit_status", 0}, {"steps", nullptr}};
  chain_.journal.operations.push_back(row);
  EXPECT_THAT(found(), IsEmpty());
  chain_.journal.operations.back()["state"] = "finished";
  EXPECT_THAT(found(), ElementsAre("changed operations: operation op5"));
}

TEST_F(VerifyTest, ARemovedRowOfEachTable) {
  chain_.journal.operations.pop_back();
  chain_.journal.releases.pop_back();
  chain_.journal.history.pop_back();
  EXPECT_THAT(found(),
              ElementsAre("removed operations: operation op4", "removed releases: release 4",
                          "removed history: history row 4"));
  EXPECT_THAT(findings().front().should, HasSubstr("\"tag\":\"sha-4\""));
}

TEST_F(VerifyTest, AnInsertedRow) {
  chain_.journal.operations.push_back({{"id", "op9"}, {"kind", "deploy"}});
  EXPECT_THAT(found(), ElementsAre("inserted operations: operation op9"));
}

TEST_F(VerifyTest, RowsThatChangedPlaces) {
  std::swap(chain_.journal.releases[0]["number"], chain_.journal.releases[1]["number"]);
  std::swap(chain_.journal.releases[0], chain_.journal.releases[1]);
  EXPECT_THAT(found(), ElementsAre("changed releases: release 1", "changed releases: release 1",
                                   "changed releases: release 2", "changed releases: release 2"));
}

TEST_F(VerifyTest, ACutOfTheChainAloneLeavesRowsThatItDoesNotTellOf) {
  chain_.journal.records.resize(14);
  EXPECT_THAT(found(),
              ElementsAre("inserted operations: operation op4", "inserted releases: release 4",
                          "inserted history: history row 4", "inserted history.log: line 4"));
}

class OlderTest : public VerifyTest {
 protected:
  // A chain that began when two operations stood there already, and a file with a line more.
  OlderTest() {
    TestChain newer;
    auto& records = newer.journal.records;
    newer.journal = chain_.journal;
    records.clear();
    const Audited& rows = chain_.journal;
    newer.append("beginning", {{"schema", 1},
                               {"operations", audit_digest(rows.operations).text()},
                               {"releases", audit_digest(rows.releases).text()},
                               {"history", audit_digest(rows.history).text()}});
    newer.history = "an older tool's line\n" + chain_.history;
    newer.append("history", history_file_content(newer.history));
    newer.operate("op5", "sha-5");
    chain_ = newer;
  }
};

TEST_F(OlderTest, RowsFromBeforeAreCoveredByTheDigest) {
  EXPECT_THAT(found(), IsEmpty());
  chain_.journal.operations[0]["message"] = "x";
  EXPECT_THAT(found(), ElementsAre("changed operations: operations from before the chain"));
  chain_.journal.operations.erase(chain_.journal.operations.begin());
  EXPECT_THAT(found(), ElementsAre("removed operations: operations from before the chain"));
  chain_.journal.operations.push_back({{"id", "op8"}});
  chain_.journal.operations.push_back({{"id", "op9"}});
  EXPECT_THAT(found(), ElementsAre("inserted operations: operations from before the chain"));
}

TEST_F(OlderTest, LinesFromBeforeAreCoveredByTheirDigest) {
  auto changed = lines();
  changed[0] = "another line";
  set_lines(changed);
  EXPECT_THAT(found(), ElementsAre("changed history.log: lines 1 to 5"));
  changed[5] += "x";
  set_lines(changed);
  EXPECT_THAT(found(),
              ElementsAre("changed history.log: lines 1 to 5", "changed history.log: line 6"));
}

TEST_F(OlderTest, ALineRemovedFromThoseIsFoundAndTheOthersStayGood) {
  auto changed = lines();
  changed.erase(changed.begin());
  set_lines(changed);
  EXPECT_THAT(found(), ElementsAre("changed history.log: lines 1 to 5"));
}

TEST_F(OlderTest, ATornLineThatWasCompletedIsGood) {
  TestChain torn;
  torn.journal.records.pop_back();
  torn.append("history", history_file_content("2026-11-25 | shop | sha-"));
  torn.operate("op1", "sha-1");
  chain_ = torn;
  EXPECT_THAT(found(), IsEmpty());
  torn.journal.records.resize(1);
  torn.append("history", history_file_content("torn"));
  torn.history = "torn\n";
  torn.journal.operations.clear();
  torn.journal.releases.clear();
  torn.journal.history.clear();
  torn.operate("op1", "sha-1");
  chain_ = torn;
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(VerifyTest, AChangedLine) {
  auto changed = lines();
  changed[1] = "2026-11-25 | shop | sha-2 | prod | success | eve";
  set_lines(changed);
  EXPECT_THAT(found(), ElementsAre("changed history.log: line 2"));
  const AuditFinding finding = findings().front();
  EXPECT_EQ(finding.says, changed[1]);
  EXPECT_EQ(finding.should, "2026-11-25 | shop | sha-2 | prod | success | ken");
}

TEST_F(VerifyTest, ARemovedLine) {
  auto changed = lines();
  changed.erase(changed.begin() + 1);
  set_lines(changed);
  EXPECT_THAT(found(), ElementsAre("removed history.log: line 2"));
  EXPECT_FALSE(audit_report(chain_.journal, chain_.history, {}).lags_only);
}

TEST_F(VerifyTest, AnInsertedLine) {
  auto changed = lines();
  changed.insert(changed.begin() + 2, "2026-11-25 | shop | sha-9 | prod | success | eve");
  set_lines(changed);
  EXPECT_THAT(found(), ElementsAre("inserted history.log: line 3"));
}

TEST_F(VerifyTest, LinesThatChangedPlaces) {
  auto changed = lines();
  std::swap(changed[0], changed[2]);
  set_lines(changed);
  for (const AuditFinding& finding : findings()) EXPECT_EQ(finding.what, Tampering::reordered);
  EXPECT_FALSE(findings().empty());
}

TEST_F(VerifyTest, ALineThatWasRemovedAndAppendedAgain) {
  auto changed = lines();
  changed.push_back(changed[1]);
  changed.erase(changed.begin() + 1);
  set_lines(changed);
  EXPECT_THAT(found(), ElementsAre("reordered history.log: line 4"));
  EXPECT_EQ(findings().front().text,
            "line 4 should be line 2: lines were moved, or one was removed and a later command "
            "appended it again");
}

TEST_F(VerifyTest, NewestLinesThatAreMissingMayJustBeBeingWritten) {
  auto changed = lines();
  changed.resize(2);
  set_lines(changed);
  const AuditReport report = audit_report(chain_.journal, chain_.history, {});
  EXPECT_TRUE(report.lags_only);
  EXPECT_THAT(found(), ElementsAre("removed history.log: line 3", "removed history.log: line 4"));
  EXPECT_THAT(report.findings[0].hint, HasSubstr("`ballast recover` appends them"));
}

TEST_F(VerifyTest, AFileThatEndsWithoutALineBreakIsNotAsWritten) {
  chain_.history.pop_back();
  EXPECT_FALSE(findings().empty());
}

TEST_F(VerifyTest, ABlankMoreIsAChange) {
  chain_.history.insert(chain_.history.size() - 1, " ");
  EXPECT_THAT(found(), ElementsAre("changed history.log: line 4"));
}

TEST(LineDifferencesTest, LongFilesAreComparedToo) {
  std::vector<std::string> there;
  for (int number = 0; number < 6000; ++number) there.push_back(std::to_string(number));
  auto expected = there;
  std::reverse(there.begin(), there.end());
  EXPECT_EQ(line_differences(there, expected).size(), 6000U);
  EXPECT_THAT(line_differences(expected, expected), IsEmpty());
}

}  // namespace
}  // namespace ballast
