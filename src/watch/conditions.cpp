#include "watch/conditions.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace ballast {

namespace {

constexpr auto table = std::to_array<Condition>({
    {"backup-failed", conditions::backup_failed},
    {"backup-overdue", conditions::backup_overdue},
    {"certificate-expiring", conditions::certificate_expiring},
    {"clock-wrong", conditions::clock_wrong},
    {"container-down", conditions::container_down},
    {"db-connection", conditions::db_connection},
    {"deploy-failed", conditions::deploy_failed},
    {"disk-filling", conditions::disk_filling},
    {"disk-full", conditions::disk_full},
    {"drill-failed", conditions::drill_failed},
    {"drill-overdue", conditions::drill_overdue},
    {"health-check-fail", conditions::health_check_fail},
    {"high-memory", conditions::high_memory},
    {"modified-by-hand", conditions::modified_by_hand},
    {"not-ready-to-roll-back", conditions::not_ready_to_roll_back},
    {"offsite-behind", conditions::offsite_behind},
    {"operation-interrupted", conditions::operation_interrupted},
    {"rollback-failed", conditions::rollback_failed},
});
static_assert(std::ranges::is_sorted(table, {}, &Condition::alert));

}  // namespace

std::span<const Condition> all_conditions() { return table; }

Finding good(std::string subject, std::string measured) {
  return {.subject = std::move(subject),
          .verdict = Verdict::pass,
          .measured = std::move(measured),
          .since = {},
          .measure = {}};
}

Finding wrong(std::string subject, std::string measured, std::string hint,
              std::optional<Time> since) {
  return {.subject = std::move(subject),
          .verdict = Verdict::fail,
          .measured = std::move(measured),
          .hint = std::move(hint),
          .since = since,
          .measure = {}};
}

Finding unsure_of(std::string subject, std::string trouble, std::string hint) {
  return {.subject = std::move(subject),
          .verdict = Verdict::unknown,
          .measured = std::move(trouble),
          .hint = std::move(hint),
          .since = {},
          .measure = {}};
}

std::optional<Duration> longest_of(const AlertSettings& settings,
                                   const std::optional<Duration>& by_schedule) {
  return settings.threshold == 0 ? by_schedule : std::optional(settings.as_time());
}

std::string measure_name(std::string_view what, std::string_view subject) {
  std::string name = std::string(what);
  if (!subject.empty()) name += '_';
  for (const char letter : subject)
    name += std::isalnum(static_cast<unsigned char>(letter)) != 0 ? letter : '_';
  return name;
}

bool Observed::was_never_started() const {
  if (!services.value || !records.value) return false;
  const bool runs = std::ranges::any_of(
      *services.value, [](const ServiceSeen& service) { return service.container.has_value(); });
  return !runs && !records.value->good && !records.value->change;
}

const ServiceSeen* Observed::service(const std::string& name) const {
  if (!services.value) return nullptr;
  const auto found = std::ranges::find(*services.value, name, &ServiceSeen::name);
  return found == services.value->end() ? nullptr : &*found;
}

}  // namespace ballast
