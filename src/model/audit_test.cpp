#include "model/audit.h"

#include <gtest/gtest.h>

#include "base/hash.h"

namespace ballast {
namespace {

Time at(long long milliseconds) { return Time(Duration(milliseconds)); }

AuditEntry entry() {
  return {.kind = "silence",
          .stack = "shop",
          .who = "ken",
          .content = {{"reason", "new disk"}, {"for", 3600}},
          .at = at(1764236000123)};
}

TEST(Audit, TheFirstRecordFollowsNothing) {
  const AuditRecord first = next_audit_record(std::nullopt, entry());
  EXPECT_EQ(first.number, 1);
  EXPECT_EQ(first.previous, std::string(64, '0'));
  EXPECT_EQ(first.hash, audit_hash(first));
}

// As docs/formats.md says it: whoever checks the chain by other means relies on it.
TEST(Audit, TheHashIsOfTheFieldsALineEach) {
  const AuditRecord record = next_audit_record(AuditHead{6, std::string(64, 'a')}, entry());
  EXPECT_EQ(record.number, 7);
  EXPECT_EQ(record.hash, sha256_hex("ballast.audit/1\n7\n1764236000123\nsilence\nshop\nken\n"
                                    "{\"reason\":\"new disk\",\"for\":3600}\n" +
                                    std::string(64, 'a') + "\n"));
}

TEST(Audit, EveryFieldIsHashed) {
  const AuditRecord record = next_audit_record(std::nullopt, entry());
  std::vector<AuditRecord> changed(7, record);
  changed[0].number = 2;
  changed[1].at += Duration(1);
  changed[2].kind = "gate";
  changed[3].stack = "erp";
  changed[4].who = "eve";
  changed[5].content["for"] = 3601;
  changed[6].previous[63] = '1';
  for (const AuditRecord& one : changed) EXPECT_NE(audit_hash(one), record.hash);
}

TEST(Audit, WhatNoRecordCanHoldIsMadeVisible) {
  AuditEntry odd = entry();
  odd.who = "ken\nroot";
  odd.stack = "shop\xff";
  odd.content = {{"text", "\xff"}, {"number", 1.5}};
  const AuditRecord record = next_audit_record(std::nullopt, odd);
  EXPECT_EQ(record.who, "ken\\nroot");
  EXPECT_EQ(record.stack, "shop\\xff");
  EXPECT_EQ(json_text(record.content), "{\"text\":\"\xef\xbf\xbd\",\"number\":1.5}");
  EXPECT_EQ(*parse_json(json_text(record.content)), record.content);
}

TEST(Audit, AHeadIsReadAsItIsPublished) {
  const AuditHead head{57, std::string(64, 'b')};
  EXPECT_EQ(head.text(), "57:" + std::string(64, 'b'));
  EXPECT_EQ(parse_audit_head(head.text()), head);
  EXPECT_EQ(parse_audit_head(head.hash), (AuditHead{0, head.hash}));
  for (const std::string& text :
       {std::string(), std::string("57"), std::string(63, 'b'), std::string(65, 'b'),
        std::string(64, 'B'), "0:" + head.hash, "-1:" + head.hash, "x:" + head.hash,
        "57:" + head.hash + " ", "99999999999999999999:" + head.hash})
    EXPECT_FALSE(parse_audit_head(text)) << text;
}

TEST(Audit, ADigestCountsAndCoversRowsInTheirOrder) {
  const std::vector<Json> rows{{{"id", 1}}, {{"id", 2}}};
  const AuditDigest digest = audit_digest(rows);
  EXPECT_EQ(digest.text(), "2 sha256:" + sha256_hex("{\"id\":1}\n{\"id\":2}\n"));
  EXPECT_EQ(parse_audit_digest(digest.text()), digest);
  EXPECT_NE(audit_digest(std::vector<Json>{rows[1], rows[0]}), digest);
  EXPECT_FALSE(parse_audit_digest("2"));
}

}  // namespace
}  // namespace ballast
