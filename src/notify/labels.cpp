#include "notify/labels.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"

namespace ballast {

Json labels_of(const Alert& alert, const std::string& host) {
  Json labels = {{"alertname", alert.rule}, {"host", host}};
  if (!alert.stack.empty()) labels["stack"] = alert.stack;
  if (!alert.subject.empty()) labels["subject"] = alert.subject;
  labels["severity"] = severity_text(alert.severity);
  return labels;
}

Json annotations_of(const Alert& alert, const Message& message) {
  Json annotations = {{"summary", alert.name()}, {"description", alert.text}};
  if (!alert.hint.empty()) annotations["hint"] = alert.hint;
  if (!message.change.empty()) annotations["last_change"] = message.change;
  if (!message.explained.empty()) annotations["explains"] = join(message.explained, "; ");
  if (!message.audit_head.empty()) annotations["audit_head"] = message.audit_head;
  return annotations;
}

std::string fingerprint_of(const Alert& alert, const std::string& host) {
  return sha256_hex(host + "/" + alert.key()).substr(0, 16);
}

std::string json_time(Time time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  std::string text = iso_utc(whole);
  text.pop_back();
  return fmt::format("{}.{:03}Z", text, (time - whole).count());
}

}  // namespace ballast
