// The audit chain: records, each with the SHA-256 of the one before. What is hashed is described in
// docs/formats.md, so that sqlite3 and sha256sum can do it again. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/time.h"

namespace ballast {

struct AuditEntry {
  std::string kind;  // operation, history, gate, session, drift, silence, install
  std::string stack;
  std::string who;
  Json content;
  Time at{};
};

struct AuditRecord {
  long long number = 0;  // 1 is the oldest
  Time at{};
  std::string kind;
  std::string stack;
  std::string who;
  Json content;
  std::string previous;  // the hash of the record before; of the first: 64 zeros
  std::string hash;
};

// What is published: whoever has it can tell whether the chain still leads there.
struct AuditHead {
  long long number = 0;
  std::string hash;

  std::string text() const;  // "57:3f9a…"
  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

// "57:3f9a…", or the hash alone: number 0.
std::optional<AuditHead> parse_audit_head(std::string_view text);

// Of rows that a record covers without repeating them.
struct AuditDigest {
  long long count = 0;
  std::string sha256;  // of their JSON texts, a line each

  std::string text() const;  // "12 sha256:3f9a…"
  friend bool operator==(const AuditDigest&, const AuditDigest&) = default;
};

AuditDigest audit_digest(std::span<const Json> rows);
std::optional<AuditDigest> parse_audit_digest(std::string_view text);

std::string audit_hash(const AuditRecord& record);
// What cannot stand in a record as it is (a control character, bytes that are no text) is made
// visible.
AuditRecord next_audit_record(const std::optional<AuditHead>& head, const AuditEntry& entry);

Json audit_json(const AuditHead& head);
Json audit_json(const AuditRecord& record);

}  // namespace ballast
