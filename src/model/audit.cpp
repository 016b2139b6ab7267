#include "model/audit.h"

#include <fmt/format.h>

#include <charconv>

#include "base/hash.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view form = "ballast.audit/1";
constexpr std::string_view before_digest = " sha256:";
constexpr std::size_t digits_of_hash = 64;

bool is_hash(std::string_view text) { return text.size() == digits_of_hash && is_hex(text); }

// "57", what stands between, 64 digits.
std::optional<std::pair<long long, std::string>> numbered_hash(std::string_view text,
                                                               std::string_view between) {
  const std::size_t middle = text.find(between);
  if (middle == std::string_view::npos) return std::nullopt;
  const std::string_view hash = text.substr(middle + between.size());
  long long number = 0;
  const char* end = text.data() + middle;
  const auto [stopped, failure] = std::from_chars(text.data(), end, number);
  if (!is_hash(hash) || failure != std::errc() || stopped != end) return std::nullopt;
  return std::pair(number, std::string(hash));
}

// As it will be read again: bytes that are no text have been replaced.
Json as_kept(const Json& content) { return parse_json(json_text(content)).value_or(Json()); }

}  // namespace

std::string AuditHead::text() const { return fmt::format("{}:{}", number, hash); }

std::optional<AuditHead> parse_audit_head(std::string_view text) {
  if (is_hash(text)) return AuditHead{.number = 0, .hash = std::string(text)};
  const auto parts = numbered_hash(text, ":");
  if (!parts || parts->first < 1) return std::nullopt;
  return AuditHead{.number = parts->first, .hash = parts->second};
}

std::string AuditDigest::text() const {
  return fmt::format("{}{}{}", count, before_digest, sha256);
}

AuditDigest audit_digest(std::span<const Json> rows) {
  Sha256 digest;
  for (const Json& row : rows) digest.add(json_text(row) + "\n");
  return {.count = static_cast<long long>(rows.size()), .sha256 = digest.hex()};
}

std::optional<AuditDigest> parse_audit_digest(std::string_view text) {
  const auto parts = numbered_hash(text, before_digest);
  if (!parts || parts->first < 0) return std::nullopt;
  return AuditDigest{.count = parts->first, .sha256 = parts->second};
}

// No field holds a line break, so that no two records have the same lines.
std::string audit_hash(const AuditRecord& record) {
  return sha256_hex(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", form, record.number,
                                record.at.time_since_epoch().count(), record.kind, record.stack,
                                record.who, json_text(record.content), record.previous));
}

AuditRecord next_audit_record(const std::optional<AuditHead>& head, const AuditEntry& entry) {
  AuditRecord record{.number = head ? head->number + 1 : 1,
                     .at = entry.at,
                     .kind = printable(entry.kind),
                     .stack = printable(entry.stack),
                     .who = printable(entry.who),
                     .content = as_kept(entry.content),
                     .previous = head ? head->hash : std::string(digits_of_hash, '0'),
                     .hash = {}};
  record.hash = audit_hash(record);
  return record;
}

Json audit_json(const AuditHead& head) { return {{"number", head.number}, {"hash", head.hash}}; }

Json audit_json(const AuditRecord& record) {
  return {{"number", record.number},     {"at", record.at.time_since_epoch().count()},
          {"kind", record.kind},         {"stack", record.stack},
          {"who", record.who},           {"content", record.content},
          {"previous", record.previous}, {"hash", record.hash}};
}

}  // namespace ballast
