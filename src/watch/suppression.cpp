#include "watch/suppression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ballast {

namespace {

using std::chrono::hours;

constexpr auto of_a_release = std::to_array<std::string_view>(
    {"container-down", "health-check-fail", "modified-by-hand", "not-ready-to-roll-back"});
constexpr auto of_an_adoption =
    std::to_array<std::string_view>({"modified-by-hand", "not-ready-to-roll-back"});
constexpr auto of_a_restore =
    std::to_array<std::string_view>({"container-down", "db-connection", "health-check-fail",
                                     "modified-by-hand", "not-ready-to-roll-back"});
constexpr auto of_a_backup =
    std::to_array<std::string_view>({"backup-failed", "backup-overdue", "offsite-behind"});
constexpr auto of_a_drill = std::to_array<std::string_view>({"drill-failed", "drill-overdue"});

constexpr auto table = std::to_array<Cause>({
    {"adopt", hours(1), of_an_adoption},
    {"backup", hours(24), of_a_backup},
    {"deploy", hours(6), of_a_release},  // with a set before it
    {"drill", hours(24), of_a_drill},
    {"recover", hours(12), of_a_restore},
    {"restore", hours(12), of_a_restore},
    {"restore-undo", hours(1), of_a_restore},
    {"rollback", hours(1), of_a_release},
});
static_assert(std::ranges::is_sorted(table, {}, &Cause::operation));

}  // namespace

std::span<const Cause> all_causes() { return table; }

std::optional<std::string> explanation(const std::optional<Holder>& operation,
                                       std::string_view alert, Time now) {
  if (!operation || !operation->alive) return std::nullopt;
  const auto* cause = std::ranges::find(table, operation->operation, &Cause::operation);
  if (cause == table.end() || now - operation->since > cause->longest) return std::nullopt;
  if (std::ranges::find(cause->alerts, alert) == cause->alerts.end()) return std::nullopt;
  return fmt::format("{} by {} for {}", operation->operation, operation->operator_name,
                     human_duration(std::max(now - operation->since, Duration::zero())));
}

}  // namespace ballast
