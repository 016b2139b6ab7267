#include "daemon/drift_message.h"

#include <fmt/format.h>

#include "model/alerts.h"

namespace ballast {

namespace {

constexpr std::string_view rule = "modified-by-hand";
constexpr Duration day = std::chrono::hours(24);

}  // namespace

std::optional<DriftMessage> drift_message(const std::string& stack, const PendingFinding& pending,
                                          const Policy& policy) {
  const AlertSettings settings = settings_of(policy.alerts, *find_alert(rule));
  if (!settings.enabled) return std::nullopt;
  const DriftFinding& finding = pending.finding;
  Alert alert{.rule = std::string(rule),
              .stack = stack,
              .subject = finding.changes_release ? policy.service : finding.subject,
              .title = "Changed By Hand",
              .news = News::firing,
              .unknown = false,
              .severity = settings.severity,
              .text = fmt::format("{}; {}", finding.text, author_text(pending.users)),
              .hint = settings.hint.empty() ? fmt::format("look at it: ballast drift {}", stack)
                                            : settings.hint,
              .since = finding.at,
              .until = {}};
  DriftMessage made{.message = {}, .begins_alert = finding.changes_release};
  made.message.id = pending.id;
  made.message.group =
      made.begins_alert ? alert.key() : fmt::format("{}/{}", alert.key(), pending.id);
  if (!made.begins_alert) made.message.lasts = day;
  made.message.alerts.push_back(std::move(alert));
  return made;
}

}  // namespace ballast
