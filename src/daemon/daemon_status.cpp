#include "daemon/daemon_status.h"

#include <algorithm>

namespace ballast {

namespace {

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Time time_at(const Json& json, std::string_view key) {
  return parse_time(text_at(json, key)).value_or(Time{});
}

Json list_json(const auto& values, auto&& json_of) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back(json_of(value));
  return list;
}

auto list_from(const Json& list, auto&& parse) {
  std::vector<decltype(parse(list))> values;
  for (const Json& one : list)
    if (one.is_object()) values.push_back(parse(one));
  return values;
}

Json stack_json(const WatchedStack& stack) {
  return {{"name", stack.name},
          {"looked_at", stack.was_looked_at},
          {"trouble", text_or_null(stack.trouble)}};
}

WatchedStack stack_from(const Json& json) {
  return {.name = text_at(json, "name"),
          .was_looked_at = flag_at(json, "looked_at"),
          .trouble = text_at(json, "trouble")};
}

Alert alert_from(const Json& json) {
  Alert alert;
  alert.rule = text_at(json, "alert");
  alert.stack = text_at(json, "stack");
  alert.subject = text_at(json, "subject");
  alert.title = text_at(json, "title");
  // What is not said to fail is not known to.
  alert.unknown = text_at(json, "state") != "firing";
  alert.severity = parse_severity(text_at(json, "severity")).value_or(Severity::warn);
  alert.text = text_at(json, "text");
  alert.hint = text_at(json, "hint");
  alert.since = time_at(json, "since");
  return alert;
}

AlertSilence silence_from(const Json& json) {
  return {.stack = text_at(json, "stack"),
          .rule = text_at(json, "alert"),
          .from = time_at(json, "from"),
          .until = time_at(json, "until"),
          .reason = text_at(json, "reason"),
          .operator_name = text_at(json, "operator"),
          .id = text_at(json, "id")};
}

Json channel_json(const ChannelReport& channel) {
  return {{"channel", channel.channel},
          {"waiting", channel.waiting},
          {"refused", channel.dead},
          {"trouble", text_or_null(channel.trouble)},
          {"next", channel.next ? Json(iso_utc(*channel.next)) : Json()}};
}

std::size_t count_at(const Json& json, std::string_view key) {
  return static_cast<std::size_t>(std::max(0LL, number_at(json, key)));
}

ChannelReport channel_from(const Json& json) {
  return {.channel = text_at(json, "channel"),
          .delivered = 0,
          .refused = 0,
          .waiting = count_at(json, "waiting"),
          .dead = count_at(json, "refused"),
          .trouble = text_at(json, "trouble"),
          .next = parse_time(text_at(json, "next"))};
}

}  // namespace

const WatchedStack* DaemonStatus::stack(std::string_view name) const {
  const auto found = std::ranges::find(stacks, name, &WatchedStack::name);
  return found == stacks.end() ? nullptr : &*found;
}

Json standing_json(const Alert& alert) {
  return {{"alert", alert.rule},
          {"title", alert.title},
          {"stack", text_or_null(alert.stack)},
          {"subject", text_or_null(alert.subject)},
          {"state", alert.unknown ? "unknown" : "firing"},
          {"severity", severity_text(alert.severity)},
          {"since", iso_utc(alert.since)},
          {"text", alert.text},
          {"hint", text_or_null(alert.hint)}};
}

Json standing_json(const AlertSilence& silence) {
  return {{"id", silence.id},
          {"stack", text_or_null(silence.stack)},
          {"alert", text_or_null(silence.rule)},
          {"from", iso_utc(silence.from)},
          {"until", iso_utc(silence.until)},
          {"reason", silence.reason},
          {"operator", silence.operator_name}};
}

Json status_json(const DaemonStatus& status) {
  const auto standing = [](const auto& one) { return standing_json(one); };
  return {{"schema", control_schema},
          {"pid", status.pid},
          {"since", iso_utc(status.since)},
          {"engine_trouble", text_or_null(status.engine_trouble)},
          {"stacks", list_json(status.stacks, stack_json)},
          {"alerts", list_json(status.alerts, standing)},
          {"silences", list_json(status.silences, standing)},
          {"channels", list_json(status.channels, channel_json)}};
}

std::optional<DaemonStatus> parse_daemon_status(const Json& json) {
  if (text_at(json, "schema") != control_schema || !member(json, "stacks").is_array())
    return std::nullopt;
  return DaemonStatus{.pid = number_at(json, "pid"),
                      .since = time_at(json, "since"),
                      .engine_trouble = text_at(json, "engine_trouble"),
                      .stacks = list_from(member(json, "stacks"), stack_from),
                      .alerts = list_from(member(json, "alerts"), alert_from),
                      .silences = list_from(member(json, "silences"), silence_from),
                      .channels = list_from(member(json, "channels"), channel_from)};
}

}  // namespace ballast
