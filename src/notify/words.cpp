#include "notify/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace ballast {

namespace {

std::string_view state_word(const Alert& alert) {
  if (alert.news == News::resolved) return "RESOLVED";
  if (alert.unknown) return alert.news == News::reminder ? "STILL UNKNOWN" : "UNKNOWN";
  return alert.news == News::reminder ? "STILL FIRING" : "FIRING";
}

const Alert& first_that_counts(const Message& message) {
  for (const Alert& alert : message.alerts)
    if (alert.news != News::resolved) return alert;
  return message.lead();
}

std::string alert_text(const Alert& alert) {
  std::string text = fmt::format("{} {}\n", state_word(alert), alert.name());
  if (!alert.text.empty()) text += fmt::format("  {}\n", alert.text);
  text += fmt::format("  {}\n", span_of(alert));
  if (!alert.hint.empty() && alert.news != News::resolved)
    text += fmt::format("  to do: {}\n", alert.hint);
  return text;
}

}  // namespace

std::string subject_of(const Message& message) {
  return fmt::format("{} {}", state_word(first_that_counts(message)), message.title());
}

std::string span_of(const Alert& alert) {
  if (!alert.until) return "since " + iso_local(alert.since);
  const auto length = Duration(*alert.until - alert.since);
  return fmt::format("from {} to {}, for {}", iso_local(alert.since), iso_local(*alert.until),
                     human_duration(std::max(length, Duration::zero())));
}

std::string plain_text(const Message& message) {
  std::string text;
  for (const Alert& alert : message.alerts) text += alert_text(alert);
  for (const std::string& line : message.explained)
    text += fmt::format("  also failing, explained by it: {}\n", line);
  if (!message.change.empty()) text += fmt::format("last change: {}\n", message.change);
  text += fmt::format("from {}, message {}\n", message.host, message.id);
  if (!message.audit_head.empty()) text += fmt::format("audit chain: {}\n", message.audit_head);
  return text;
}

}  // namespace ballast
