// Events API v2: one incident a group, from its first alert until all of it is resolved.
#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "notify/channel.h"
#include "notify/http_parts.h"
#include "notify/labels.h"
#include "notify/words.h"

namespace ballast {

namespace {

constexpr std::string_view events = "https://events.pagerduty.com/v2/enqueue";
constexpr std::size_t longest_key = 255;
constexpr std::size_t longest_summary = 1000;

std::string dedup_key(const Message& message) {
  std::string key = fmt::format("{}/{}", message.host, message.group);
  return key.size() <= longest_key ? key : "ballast-" + sha256_hex(key);
}

std::string_view severity_there(Severity severity) {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::warn: return "warning";
    case Severity::page: break;
  }
  return "critical";
}

Json details_of(const Message& message) {
  Json details = {{"text", plain_text(message)}, {"hint", message.lead().hint}};
  if (!message.audit_head.empty()) details["audit_head"] = message.audit_head;
  return details;
}

Json payload_of(const Message& message) {
  const Alert& lead = message.lead();
  return {{"summary", shortened(subject_of(message), longest_summary)},
          {"source", message.host},
          {"severity", severity_there(message.severity())},
          {"timestamp", json_time(message.at)},
          {"component", lead.stack.empty() ? message.host : lead.stack},
          {"class", lead.rule},
          {"custom_details", details_of(message)}};
}

Json event_of(const Envelope& envelope) {
  const bool closes = !envelope.message.firing();
  Json event = {{"routing_key", envelope.secrets.key},
                {"event_action", closes ? "resolve" : "trigger"},
                {"dedup_key", dedup_key(envelope.message)}};
  if (closes) return event;
  event["client"] = "ballast";
  event["payload"] = payload_of(envelope.message);
  return event;
}

}  // namespace

// While something of the incident still fires it stays open.
std::optional<Outgoing> channels::pagerduty(const Envelope& envelope) {
  if (!envelope.message.firing() && !envelope.message.closes) return std::nullopt;
  const std::string& url = envelope.settings.url;
  return json_post(envelope, url.empty() ? std::string(events) : url, event_of(envelope));
}

}  // namespace ballast
