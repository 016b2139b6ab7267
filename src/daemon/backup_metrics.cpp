#include "daemon/backup_metrics.h"

#include <ranges>

#include "watch/conditions.h"

namespace ballast {

namespace {

void add_sets_of(StackPage& page, const std::vector<SetSeen>& sets, BackupKind kind) {
  const MetricLabels labels{{"kind", std::string(text_of(kind))}};
  const SetSeen* newest = nullptr;
  int count = 0;
  for (const SetSeen& set : sets)
    if (set.complete && set.kind == kind) newest = &set, ++count;
  page.add("ballast_backup_complete_sets", labels, count);
  if (newest != nullptr)
    page.add("ballast_backup_complete_timestamp_seconds", labels, in_seconds(newest->started));
}

// A set that has arrived holds all that an older one could bring back.
void add_offsite(StackPage& page, const std::vector<SetSeen>& sets, const std::string& remote) {
  if (remote.empty()) return;
  const MetricLabels labels{{"remote", remote}};
  const SetSeen* pending = nullptr;
  for (const SetSeen& set : std::views::reverse(sets)) {
    if (!set.complete) continue;
    if (set.is_offsite) {
      page.add("ballast_backup_offsite_timestamp_seconds", labels, in_seconds(set.started));
      break;
    }
    pending = &set;
  }
  if (pending != nullptr)
    page.add("ballast_backup_offsite_pending_timestamp_seconds", labels,
             in_seconds(pending->started));
}

void add_drills(StackPage& page, const BackupsSeen& backups) {
  if (const auto& drill = backups.drill) {
    page.add("ballast_drill_timestamp_seconds", in_seconds(drill->at));
    page.add("ballast_drill_success", std::optional(drill->passed));
    if (drill->passed)
      page.add("ballast_drill_restore_duration_seconds", in_seconds(drill->restored));
  }
  if (const auto& passed = backups.passed_drill)
    page.add("ballast_drill_passed_timestamp_seconds", in_seconds(passed->at));
}

// How often it is due stands in the policy alone, so that no rule of Prometheus could know it.
void add_due(StackPage& page, const Policy& policy, std::string_view alert,
             const std::optional<Duration>& by_schedule, std::string_view family) {
  const AlertSettings settings = settings_of(policy.alerts, *find_alert(alert));
  const auto longest = longest_of(settings, by_schedule);
  if (settings.enabled && longest) page.add(family, in_seconds(*longest));
}

}  // namespace

void add_backup_metrics(StackPage& page, const Observed& observed) {
  const BackupSchedule& schedule = observed.policy.backup.schedule;
  add_due(page, observed.policy, "backup-overdue", schedule.longest_without_set(),
          "ballast_backup_overdue_after_seconds");
  add_due(page, observed.policy, "drill-overdue", schedule.longest_without_drill(),
          "ballast_drill_overdue_after_seconds");
  page.add("ballast_backup_scheduled_success", is_good(conditions::backup_failed(observed, {})));
  if (!observed.backups.value) return;
  const BackupsSeen& backups = *observed.backups.value;
  for (const BackupKind kind : backup_kinds) add_sets_of(page, backups.sets, kind);
  add_offsite(page, backups.sets, observed.policy.offsite.remote);
  add_drills(page, backups);
}

}  // namespace ballast
