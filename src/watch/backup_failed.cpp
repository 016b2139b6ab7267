#include <fmt/format.h>

#include <ranges>

#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

bool is_scheduled(const SetSeen& set) {
  return set.kind == BackupKind::daily || set.kind == BackupKind::weekly_full;
}

const SetSeen* newest_scheduled(const std::vector<SetSeen>& sets) {
  for (const SetSeen& set : std::views::reverse(sets))
    if (is_scheduled(set)) return &set;
  return nullptr;
}

Finding judged(const SetSeen& set) {
  if (set.complete) return good("", fmt::format("{} is complete", set.id));
  return wrong("", fmt::format("{} is not complete: {}", set.id, set.trouble), {}, set.started);
}

}  // namespace

Findings backup_failed(const Observed& observed, const AlertSettings&) {
  if (!observed.backups.value)
    return {unsure_of("", observed.backups.trouble, observed.backups.hint)};
  if (!observed.records.value)
    return {unsure_of("", observed.records.trouble, observed.records.hint)};
  const SetSeen* set = newest_scheduled(observed.backups.value->sets);
  const auto& run = observed.records.value->backup;
  const bool run_is_newer = run && (set == nullptr || run->started > set->started);
  if (run_is_newer && run->exit_status != 0)
    return {wrong("", run->message, {}, run->ended.value_or(run->started))};
  return set == nullptr ? Findings{} : Findings{judged(*set)};
}

}  // namespace ballast::conditions
