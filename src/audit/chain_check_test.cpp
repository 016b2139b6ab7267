// Every kind of tampering with the chain itself, and what it is called.
#include "audit/chain_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/test_chain.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ChainCheckTest : public ::testing::Test {
 protected:
  ChainCheckTest() {
    for (int count = 0; count < 10; ++count) chain_.append("gate", {{"call", count}});
  }
  std::vector<AuditRecord>& records() { return chain_.journal.records; }
  AuditRecord& record(std::size_t number) { return records().at(number - 1); }
  void remove(std::size_t number) {
    records().erase(records().begin() + static_cast<std::ptrdiff_t>(number) - 1);
  }
  // "changed record 5", as they are found.
  std::vector<std::string> found() {
    std::vector<std::string> texts;
    for (const AuditFinding& finding : check_chain(records())) {
      EXPECT_EQ(finding.place, "chain");
      EXPECT_FALSE(finding.hint.empty());
      texts.push_back(std::string(word_of(finding.what)) + " " + finding.subject);
    }
    return texts;
  }

  TestChain chain_;
};

TEST_F(ChainCheckTest, AWholeOneIsGood) { EXPECT_THAT(found(), IsEmpty()); }

TEST_F(ChainCheckTest, AChangedRecord) {
  record(5).content = {{"call", 99}};
  EXPECT_THAT(found(), ElementsAre("changed record 5"));
  const AuditFinding finding = check_chain(records()).front();
  EXPECT_THAT(finding.text, HasSubstr("record 5 was changed: it has not the hash of what stands in "
                                      "it (gate, shop, by ken, "));
  EXPECT_EQ(finding.says, audit_hash(record(5)));
  EXPECT_EQ(finding.should, record(6).previous);
}

TEST_F(ChainCheckTest, EveryFieldOfARecord) {
  const AuditRecord was = record(5);
  const auto changes = std::to_array<void (*)(AuditRecord&)>(
      {[](AuditRecord& one) { one.at += Duration(1); }, [](AuditRecord& one) { one.kind = "x"; },
       [](AuditRecord& one) { one.stack = "x"; }, [](AuditRecord& one) { one.who = "x"; },
       [](AuditRecord& one) { one.content = 1; }, [](AuditRecord& one) { one.previous[0] = 'x'; },
       [](AuditRecord& one) { one.hash[0] = 'x'; }});
  for (const auto& change : changes) {
    record(5) = was;
    change(record(5));
    EXPECT_THAT(found(), ElementsAre("changed record 5"));
  }
}

TEST_F(ChainCheckTest, AHashThatWasChangedIsCalledThat) {
  record(5).hash = std::string(64, 'a');
  EXPECT_THAT(check_chain(records()).front().text, HasSubstr("the hash of record 5 was changed"));
}

TEST_F(ChainCheckTest, AChangedRecordWhoseHashWasMadeAnew) {
  record(5).content = {{"call", 99}};
  record(5).hash = audit_hash(record(5));
  EXPECT_THAT(found(), ElementsAre("changed record 5"));
  EXPECT_THAT(check_chain(records()).front().text,
              HasSubstr("its hash made anew: record 6 was made after another"));
}

TEST_F(ChainCheckTest, ARemovedRecord) {
  remove(5);
  EXPECT_THAT(found(), ElementsAre("removed record 5"));
  remove(5);
  EXPECT_THAT(found(), ElementsAre("removed records 5 to 6"));
}

TEST_F(ChainCheckTest, TheFirstOne) {
  remove(1);
  EXPECT_THAT(found(), ElementsAre("removed record 1"));
}

TEST_F(ChainCheckTest, ARemovedRecordWhereTheOthersTookItsNumber) {
  remove(5);
  chain_.renumber();
  EXPECT_THAT(found(), ElementsAre("reordered records 5 to 11", "removed record 5"));
  EXPECT_EQ(check_chain(records()).front().should, "records 6 to 12");
}

TEST_F(ChainCheckTest, AnInsertedRecord) {
  AuditRecord made =
      next_audit_record(AuditHead{5, record(5).hash},
                        {.kind = "gate", .stack = "shop", .who = "eve", .content = {}, .at = {}});
  records().insert(records().begin() + 5, made);
  chain_.renumber();
  EXPECT_THAT(found(), ElementsAre("inserted record 6", "reordered records 7 to 13"));
  record(6).hash = std::string(64, '1');
  EXPECT_THAT(found(), ElementsAre("inserted record 6", "reordered records 7 to 13"));
}

TEST_F(ChainCheckTest, OneThatWasInsertedBeforeOrBehindAll) {
  AuditRecord made =
      next_audit_record(AuditHead{5, record(5).hash},
                        {.kind = "gate", .stack = "shop", .who = "eve", .content = {}, .at = {}});
  made.number = 1000;
  made.hash = audit_hash(made);
  records().push_back(made);
  EXPECT_THAT(found(), ElementsAre("inserted record 1000"));
  records().pop_back();
  made.number = 0;
  made.hash = audit_hash(made);
  records().insert(records().begin(), made);
  EXPECT_THAT(found(), ElementsAre("inserted record 0"));
}

TEST_F(ChainCheckTest, ReorderedRecords) {
  std::swap(record(5), record(7));
  chain_.renumber();
  EXPECT_THAT(found(), ElementsAre("reordered record 5", "reordered record 7"));
  EXPECT_EQ(check_chain(records()).front().text, "record 5 was moved: written as record 7");
}

TEST_F(ChainCheckTest, SeveralAtOnce) {
  record(3).who = "eve";
  remove(8);
  remove(5);
  EXPECT_THAT(found(), ElementsAre("changed record 3", "removed record 5", "removed record 8"));
}

// Nothing inside tells: that is what heads are published for.
TEST_F(ChainCheckTest, OneThatWasComputedAnewIsFoundByAPublishedHead) {
  const AuditHead published = chain_.head();
  const AuditHead earlier{4, record(4).hash};
  record(5).content = {{"call", 99}};
  chain_.recompute(4);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(find_head(records(), earlier)->later, 8);
  EXPECT_FALSE(find_head(records(), published));
  const AuditFinding finding = head_not_found(records(), published);
  EXPECT_EQ(finding.what, Tampering::recomputed);
  EXPECT_THAT(finding.text, HasSubstr("record 12 was published with another hash"));
  EXPECT_EQ(finding.says, chain_.head().hash);
  EXPECT_EQ(finding.should, published.hash);
  EXPECT_THAT(head_not_found(records(), {0, published.hash}).text,
              HasSubstr("no record has the hash that was published"));
}

TEST_F(ChainCheckTest, OneThatWasCutOffIsFoundByAPublishedHead) {
  const AuditHead published = chain_.head();
  records().resize(9);
  EXPECT_THAT(found(), IsEmpty());
  const AuditFinding finding = head_not_found(records(), published);
  EXPECT_EQ(finding.what, Tampering::cut);
  EXPECT_THAT(finding.text, HasSubstr("the chain ends with record 9, but record 12 was published"));
}

TEST_F(ChainCheckTest, AHeadMustBeTheHashOfItsRecord) {
  const AuditHead published = chain_.head();
  record(12).content = {{"call", 99}};
  EXPECT_FALSE(find_head(records(), published));
  EXPECT_FALSE(find_head(records(), {11, published.hash}));
}

}  // namespace
}  // namespace ballast
