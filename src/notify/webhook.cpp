// The body that Alertmanager sends to webhooks, version 4: what takes that takes ours.
#include <fmt/format.h>

#include "notify/channel.h"
#include "notify/http_parts.h"
#include "notify/labels.h"

namespace ballast {

namespace {

constexpr std::string_view never = "0001-01-01T00:00:00Z";

Json alert_of(const Alert& alert, const Message& message) {
  const bool is_over = alert.news == News::resolved;
  return {{"status", is_over ? "resolved" : "firing"},
          {"labels", labels_of(alert, message.host)},
          {"annotations", annotations_of(alert, message)},
          {"startsAt", json_time(alert.since)},
          {"endsAt", is_over ? json_time(alert.until.value_or(message.at)) : std::string(never)},
          {"generatorURL", ""},
          {"fingerprint", fingerprint_of(alert, message.host)}};
}

// What all alerts of the message say alike.
Json common(const Json& alerts, std::string_view what) {
  Json shared = member(alerts.front(), what);
  for (const Json& alert : alerts) {
    Json kept = Json::object();
    for (const auto& [key, value] : shared.items())
      if (member(member(alert, what), key) == value) kept[key] = value;
    shared = std::move(kept);
  }
  return shared;
}

Json body_of(const Message& message) {
  Json alerts = Json::array();
  for (const Alert& alert : message.alerts) alerts.push_back(alert_of(alert, message));
  return {{"version", "4"},
          {"groupKey", fmt::format("{}/{}", message.host, message.group)},
          {"truncatedAlerts", 0},
          {"status", message.firing() ? "firing" : "resolved"},
          {"receiver", "ballast"},
          {"groupLabels", {{"alertname", message.lead().rule}, {"stack", message.lead().stack}}},
          {"commonLabels", common(alerts, "labels")},
          {"commonAnnotations", common(alerts, "annotations")},
          {"externalURL", ""},
          {"alerts", alerts}};
}

}  // namespace

std::optional<Outgoing> channels::webhook(const Envelope& envelope) {
  return json_post(envelope, url_of(envelope), body_of(envelope.message));
}

}  // namespace ballast
