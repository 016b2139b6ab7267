#include "audit/chain_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

namespace ballast {

namespace {

constexpr std::string_view keep_hint =
    "keep a copy of the journal as it is; compare it with an older `ballast audit export`, and "
    "with "
    "the heads in notifications and backup sets: ballast audit verify --head HEAD";
constexpr long long farthest = 64;  // how far off a number is looked for

// A record as it stands there, and as which one it was written.
struct Placed {
  const AuditRecord& record;
  long long number = 0;   // as which it was written; where that cannot be told: where it stands
  bool is_whole = false;  // it has the hash of what stands in it, under that number
  bool is_extra = false;  // it is none of the chain's
};

bool fits(const AuditRecord& record, long long number) {
  AuditRecord written = record;
  written.number = number;
  return audit_hash(written) == record.hash;
}

// Numbers are hashed too: a record that was moved still fits under its own.
std::optional<long long> written_number(const AuditRecord& record, long long shift) {
  if (fits(record, record.number)) return record.number;
  if (fits(record, record.number + shift)) return record.number + shift;
  for (long long off = 1; off <= farthest; ++off)
    for (const long long number : {record.number + off, record.number - off})
      if (fits(record, number)) return number;
  return std::nullopt;
}

std::vector<Placed> placed(const std::vector<AuditRecord>& records) {
  std::vector<Placed> all;
  long long shift = 0;
  for (const AuditRecord& record : records) {
    const auto number = written_number(record, shift);
    if (number) shift = *number - record.number;
    all.push_back({.record = record,
                   .number = number.value_or(record.number + shift),
                   .is_whole = number.has_value()});
  }
  return all;
}

class ChainCheck {
 public:
  explicit ChainCheck(const std::vector<AuditRecord>& records) : all_(placed(records)) {}

  AuditFindings run() {
    find_extra();
    for (const Placed& one : all_) by_number_.emplace(one.number, &one);
    for (const Placed& one : all_) judge(one);
    find_moved();
    find_removed();
    find_rewritten();
    return std::move(findings_);
  }

 private:
  void add(Tampering what, std::string subject, std::string text, std::string says = {},
           std::string should = {}) {
    findings_.push_back({.what = what,
                         .place = "chain",
                         .subject = std::move(subject),
                         .text = std::move(text),
                         .says = std::move(says),
                         .should = std::move(should),
                         .hint = std::string(keep_hint)});
  }

  // Of two that claim one place, the one that others follow was there first. And what follows
  // another record than its number says was not written by a journal.
  void find_extra() {
    std::unordered_map<std::string, long long> number_of_hash;
    std::unordered_map<std::string, int> followed;
    for (const Placed& one : all_) {
      if (one.is_whole) number_of_hash.emplace(one.record.hash, one.number);
      ++followed[one.record.previous];
    }
    std::map<long long, Placed*> first;
    for (Placed& one : all_) {
      const auto before = number_of_hash.find(one.record.previous);
      one.is_extra = before != number_of_hash.end() && before->second != one.number - 1;
      if (one.is_extra) continue;
      const auto [other, is_first] = first.emplace(one.number, &one);
      if (is_first) continue;
      const bool is_followed = one.is_whole && followed.contains(one.record.hash);
      (is_followed ? *other->second : one).is_extra = true;
      if (is_followed) other->second = &one;
    }
  }

  const Placed* at(long long number) const {
    const auto [begin, end] = by_number_.equal_range(number);
    const auto found =
        std::find_if(begin, end, [](const auto& one) { return !one.second->is_extra; });
    return found == end ? nullptr : found->second;
  }

  void judge(const Placed& one) {
    const std::string subject = fmt::format("record {}", one.record.number);
    if (one.is_extra) {
      add(Tampering::inserted, subject,
          fmt::format("{} was inserted: no record of the chain follows it ({})", subject,
                      record_text(one.record)),
          audit_hash(one.record));
    } else if (!one.is_whole) {
      const Placed* next = at(one.number + 1);
      const std::string hash = audit_hash(one.record);
      const bool only_hash = next != nullptr && next->record.previous == hash;
      add(Tampering::changed, subject,
          only_hash
              ? fmt::format("the hash of {} was changed ({})", subject, record_text(one.record))
              : fmt::format("{} was changed: it has not the hash of what stands in it ({})",
                            subject, record_text(one.record)),
          only_hash ? one.record.hash : hash, only_hash ? hash : one.record.hash);
    }
  }

  // Many that moved by the same way are one finding.
  void find_moved() {
    for (std::size_t index = 0; index < all_.size();) {
      const long long shift = shift_of(all_[index]);
      std::size_t end = index + 1;
      while (shift != 0 && end < all_.size() && shift_of(all_[end]) == shift) ++end;
      if (shift != 0) add_moved(all_[index], all_[end - 1]);
      index = end;
    }
  }

  static long long shift_of(const Placed& one) {
    return one.is_extra ? 0 : one.number - one.record.number;
  }

  void add_moved(const Placed& first, const Placed& last) {
    const auto range = [](long long from, long long to) {
      return from == to ? fmt::format("record {}", from)
                        : fmt::format("records {} to {}", from, to);
    };
    const std::string stand = range(first.record.number, last.record.number);
    const std::string written = range(first.number, last.number);
    add(Tampering::reordered, stand,
        fmt::format("{} moved: written as {}",
                    first.number == last.number ? stand + " was" : stand + " were", written),
        stand, written);
  }

  void find_removed() {
    if (all_.empty()) return;
    long long expected = 1;
    std::map<long long, const Placed*> there;
    for (const Placed& one : all_)
      if (!one.is_extra) there.emplace(one.number, &one);
    for (const auto& [number, one] : there) {
      if (number > expected) add_removed(expected, number - 1, one->record);
      expected = std::max(expected, number + 1);
    }
  }

  void add_removed(long long from, long long to, const AuditRecord& next) {
    const std::string subject =
        from == to ? fmt::format("record {}", from) : fmt::format("records {} to {}", from, to);
    add(Tampering::removed, subject,
        fmt::format("{} {} removed: the one that follows ({}) was made after what is not there",
                    subject, from == to ? "was" : "were", record_text(next)),
        {}, next.previous);
  }

  // Its hash was computed anew; the one that follows still has the old one.
  void find_rewritten() {
    for (const Placed& one : all_) {
      if (one.is_extra || !one.is_whole) continue;
      const Placed* before = at(one.number - 1);
      const std::string nothing(64, '0');
      if (one.number == 1 && one.record.previous != nothing) {
        add(Tampering::changed, "record 1", "record 1 does not begin a chain", one.record.previous,
            nothing);
      } else if (before != nullptr && before->is_whole &&
                 before->record.hash != one.record.previous) {
        const std::string subject = fmt::format("record {}", before->record.number);
        add(Tampering::changed, subject,
            fmt::format("{} was changed and its hash made anew: record {} was made after another "
                        "({})",
                        subject, one.record.number, record_text(before->record)),
            before->record.hash, one.record.previous);
      }
    }
  }

  std::vector<Placed> all_;
  std::multimap<long long, const Placed*> by_number_;
  AuditFindings findings_;
};

}  // namespace

std::string_view word_of(Tampering what) {
  constexpr auto words = std::to_array<std::string_view>(
      {"changed", "removed", "inserted", "reordered", "cut", "recomputed"});
  return words.at(static_cast<std::size_t>(what));
}

std::string record_text(const AuditRecord& record) {
  std::string text = record.kind;
  const std::string event = text_at(record.content, "event");
  if (!event.empty()) text += " " + event;
  if (!record.stack.empty()) text += ", " + record.stack;
  if (!record.who.empty()) text += ", by " + record.who;
  return fmt::format("{}, {}", text, iso_local(record.at));
}

AuditFindings check_chain(const std::vector<AuditRecord>& records) {
  return ChainCheck(records).run();
}

std::optional<HeadFound> find_head(const std::vector<AuditRecord>& records, const AuditHead& head) {
  const auto found = std::ranges::find(records, head.hash, &AuditRecord::hash);
  if (found == records.end() || audit_hash(*found) != head.hash) return std::nullopt;
  if (head.number != 0 && head.number != found->number) return std::nullopt;
  return HeadFound{.head = {.number = found->number, .hash = head.hash},
                   .later = records.end() - found - 1};
}

AuditFinding head_not_found(const std::vector<AuditRecord>& records, const AuditHead& head) {
  const long long last = records.empty() ? 0 : records.back().number;
  AuditFinding finding{.what = Tampering::recomputed,
                       .place = "head",
                       .subject = head.number == 0 ? "the head " + head.hash : head.text(),
                       .should = head.hash,
                       .hint = std::string(keep_hint)};
  if (head.number > last) {
    finding.what = Tampering::cut;
    finding.text = fmt::format(
        "the chain ends with record {}, but record {} was published: the newest were cut off, or "
        "an "
        "older copy of the journal stands in its place",
        last, head.number);
    return finding;
  }
  const auto now = std::ranges::find(records, head.number, &AuditRecord::number);
  if (now != records.end()) finding.says = now->hash;
  finding.text =
      head.number == 0
          ? "no record has the hash that was published: the chain was computed anew, or cut off "
            "before it, or the journal is another one"
          : fmt::format(
                "record {} was published with another hash: the chain was computed anew "
                "from there or from an earlier record on, or the journal is another one",
                head.number);
  return finding;
}

}  // namespace ballast
