#include "model/alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/policy_values.h"

namespace ballast {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using enum Severity;
using enum ThresholdUnit;

constexpr double gigabyte = 1e9;
constexpr double in_milliseconds(Duration duration) {
  return static_cast<double>(duration.count());
}

constexpr auto table = std::to_array<AlertKind>({
    {.id = "backup-failed",
     .title = "Backup Failed",
     .severity = warn,
     .hold = seconds(0),
     .hint = "look at what it says, mend it, and make one: ballast backup {stack}"},
    {.id = "backup-overdue",
     .title = "Backup Overdue",
     .severity = warn,
     .hold = seconds(0),
     .key = "after",
     .unit = time,
     .hint = "see why none was made (cron, timer, disk), and make one: ballast backup {stack}"},
    {.id = "certificate-expiring",
     .title = "Certificate Expiring",
     .severity = warn,
     .hold = hours(1),
     .key = "within",
     .unit = time,
     .threshold = in_milliseconds(hours(24 * 14)),
     .hint = "renew it, and reload what serves it"},
    {.id = "clock-wrong",
     .title = "Clock Wrong",
     .severity = warn,
     .hold = minutes(5),
     .key = "over",
     .unit = time,
     .threshold = in_milliseconds(seconds(30)),
     .hint = "see what sets the clock: timedatectl; chronyc tracking"},
    {.id = "container-down",
     .title = "Container Down",
     .severity = page,
     .hold = seconds(0),
     .hint = "look at its log, then: cd /srv/stacks/{stack} && docker compose up -d"},
    {.id = "db-connection",
     .title = "DB Connection",
     .severity = page,
     .hold = seconds(0),
     .key = "over",
     .unit = percent,
     .threshold = 90,
     .hint = "check the database container: its log, its memory, its disk"},
    {.id = "deploy-failed",
     .title = "Deploy Failed And Rolled Back",
     .severity = warn,
     .hold = seconds(0),
     .key = "within",
     .unit = time,
     .threshold = in_milliseconds(hours(24)),
     .hint = "the release before it serves; mend the new one, give it another tag, deploy again"},
    {.id = "disk-filling",
     .title = "Disk Full Soon",
     .severity = warn,
     .hold = minutes(30),
     .key = "within",
     .unit = time,
     .threshold = in_milliseconds(hours(24)),
     .hint = "find what grows: docker system df; du -xhd1 /; see what would be freed: ballast "
             "prune --dry-run"},
    {.id = "disk-full",
     .title = "Disk Full",
     .severity = page,
     .hold = seconds(0),
     .key = "over",
     .unit = percent,
     .threshold = 85,
     .hint = "see what would be freed: ballast prune --dry-run; then what fills it: docker "
             "system df; du -xhd1 /"},
    {.id = "drill-failed",
     .title = "Drill Failed",
     .severity = warn,
     .hold = seconds(0),
     .hint = "the backups may not restore: see the report, then: ballast backup {stack}; ballast "
             "drill {stack}"},
    {.id = "drill-overdue",
     .title = "Drill Overdue",
     .severity = info,
     .hold = seconds(0),
     .key = "after",
     .unit = time,
     .hint = "rehearse a restore: ballast drill {stack}"},
    {.id = "health-check-fail",
     .title = "Health Check Fail",
     .severity = page,
     .hold = minutes(3),
     .hint = "check the application's logs"},
    {.id = "high-memory",
     .title = "High Memory",
     .severity = warn,
     .hold = minutes(1),
     .key = "over",
     .unit = bytes,
     .threshold = 3.5 * gigabyte,
     .hint = "it may need a restart: docker restart; look for what grew first"},
    {.id = "modified-by-hand",
     .title = "Modified By Hand",
     .severity = warn,
     .hold = minutes(10),
     .hint = "record it when it is meant: ballast adopt {stack}; else go back: ballast rollback "
             "{stack}"},
    {.id = "not-ready-to-roll-back",
     .title = "Not Ready To Roll Back",
     .severity = info,
     .hold = minutes(10),
     .hint = "pull or build that image again, or let the next deploy make a new way back"},
    {.id = "offsite-behind",
     .title = "Off-site Behind",
     .severity = warn,
     .hold = seconds(0),
     .key = "after",
     .unit = time,
     .threshold = in_milliseconds(hours(26)),
     .hint = "send what is missing: ballast backup send {stack}"},
    {.id = "operation-interrupted",
     .title = "Operation Interrupted And Not Recovered",
     .severity = page,
     .hold = seconds(0),
     .hint = "finish or undo it: ballast recover {stack}"},
    {.id = "rollback-failed",
     .title = "Rollback Failed",
     .severity = page,
     .hold = seconds(0),
     .hint = "see what runs: ballast status {stack}; ballast verify {stack}; then return to a "
             "release that was good: ballast history {stack}; ballast rollback {stack} --to TAG"},
});
static_assert(std::ranges::is_sorted(table, {}, &AlertKind::id));

struct TimeUnit {
  std::string_view name;
  Duration length;
};
constexpr auto time_units = std::to_array<TimeUnit>(
    {{"d", hours(24)}, {"h", hours(1)}, {"m", minutes(1)}, {"s", seconds(1)}});

// In the largest unit that divides it.
std::string time_text(Duration duration) {
  for (const TimeUnit& unit : time_units)
    if (duration != Duration::zero() && duration % unit.length == Duration::zero())
      return fmt::format("{}{}", duration / unit.length, unit.name);
  return duration_json(duration).get<std::string>();
}

}  // namespace

std::span<const AlertKind> all_alerts() { return table; }

const AlertKind* find_alert(std::string_view id) {
  const auto* found = std::ranges::lower_bound(table, id, {}, &AlertKind::id);
  return found != table.end() && found->id == id ? found : nullptr;
}

AlertSettings default_settings(const AlertKind& kind) {
  return {.enabled = true,
          .severity = kind.severity,
          .hold = kind.hold,
          .threshold = kind.threshold,
          .hint = {}};
}

AlertSettings settings_of(const GivenAlerts& given, const AlertKind& kind) {
  const auto found = given.find(kind.id);
  return found == given.end() ? default_settings(kind) : found->second;
}

std::string threshold_text(ThresholdUnit unit, double threshold) {
  switch (unit) {
    case percent: return percent_json(threshold).get<std::string>();
    case bytes: return size_json(static_cast<std::uint64_t>(threshold)).get<std::string>();
    case time: return time_text(Duration(static_cast<Duration::rep>(threshold)));
    case none: break;
  }
  return {};
}

}  // namespace ballast
