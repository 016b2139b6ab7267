#include "model/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

namespace ballast {

namespace {

std::optional<int> limit_of(BackupKind kind, const RetentionLimits& limits) {
  switch (kind) {
    case BackupKind::daily: return limits.daily;
    case BackupKind::weekly_full: return limits.weekly;
    case BackupKind::pre_deploy: return limits.pre_deploy;
    case BackupKind::manual: break;
  }
  return std::nullopt;
}

bool is_newer(const KeptSet& left, const KeptSet& right) {
  return std::tie(left.time, left.id) > std::tie(right.time, right.id);
}

bool is_complete(const KeptSet& set) { return set.complete; }
bool is_proved(const KeptSet& set) { return set.proved; }
bool is_complete_and_proved(const KeptSet& set) { return set.complete && set.proved; }

class Retention {
 public:
  Retention(std::span<const KeptSet> sets, const RetentionLimits& limits, Time now)
      : limits_(limits), now_(now) {
    for (const KeptSet& set : sets)
      if (set.ours && set.time <= now) counted_.push_back(&set);
    std::ranges::sort(counted_,
                      [](const auto* left, const auto* right) { return is_newer(*left, *right); });
  }

  RetentionVerdict verdict(const KeptSet& set) const {
    if (const auto reason = protection(set)) return {set.id, false, "kept: " + *reason};
    return set.complete ? by_number(set) : incomplete(set);
  }

 private:
  std::optional<std::string> protection(const KeptSet& set) const {
    if (!set.ours) return "not made by Ballast";
    if (set.needed) return "an operation needs it";
    if (set.time > now_) return "dated after now";
    if (&set == newest(is_complete)) return "newest complete set";
    // The second, so that an incomplete set that passed a drill takes no protection away.
    if (&set == newest(is_proved) || &set == newest(is_complete_and_proved))
      return "newest set proved by a drill";
    if (!limit_of(set.kind, limits_))
      return fmt::format("{}, until removed by hand", text_of(set.kind));
    return std::nullopt;
  }

  const KeptSet* newest(bool (*is_wanted)(const KeptSet&)) const {
    const auto found =
        std::ranges::find_if(counted_, [&](const KeptSet* set) { return is_wanted(*set); });
    return found == counted_.end() ? nullptr : *found;
  }

  // Complete ones of the same kind.
  std::ptrdiff_t newer_than(const KeptSet& set) const {
    return std::ranges::count_if(counted_, [&](const KeptSet* other) {
      return other->complete && other->kind == set.kind && is_newer(*other, set);
    });
  }

  RetentionVerdict by_number(const KeptSet& set) const {
    const int limit = *limit_of(set.kind, limits_);
    if (newer_than(set) < limit)
      return {set.id, false,
              fmt::format("kept: {}, among the newest {}", text_of(set.kind), limit)};
    return {set.id, true, fmt::format("{}: beyond the newest {}", text_of(set.kind), limit)};
  }

  RetentionVerdict incomplete(const KeptSet& set) const {
    if (newer_than(set) == 0)
      return {set.id, false,
              fmt::format("kept: incomplete, but no newer {} set is complete", text_of(set.kind))};
    return {set.id, true,
            fmt::format("{}: incomplete, and a newer one is complete", text_of(set.kind))};
  }

  const RetentionLimits& limits_;
  Time now_;
  std::vector<const KeptSet*> counted_;  // newest first
};

}  // namespace

std::vector<RetentionVerdict> plan_retention(std::span<const KeptSet> sets,
                                             const RetentionLimits& limits, Time now) {
  const Retention retention(sets, limits, now);
  std::vector<RetentionVerdict> verdicts;
  for (const KeptSet& set : sets) verdicts.push_back(retention.verdict(set));
  return verdicts;
}

}  // namespace ballast
