#include "model/alert_keys.h"

#include <fmt/format.h>

#include <cctype>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view sizes = "one of B, kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 3.5GB";
constexpr std::string_view times = "one of s, m, h, d or w, such as 90s or 14d";

bool is_free(const Yaml& key) { return key.scalar.starts_with("x-"); }

void require_map(const PolicyValue& value, const std::string& hint) {
  if (value.node.type != Yaml::Type::map) refuse_value(value, "keys belong under it", hint);
}

std::string_view units_of(ThresholdUnit unit) {
  switch (unit) {
    case ThresholdUnit::percent: return "%, such as 85%";
    case ThresholdUnit::bytes: return sizes;
    case ThresholdUnit::time: return times;
    case ThresholdUnit::none: break;
  }
  return "";
}

// "0" is the same in every unit.
void require_unit(const PolicyValue& value, ThresholdUnit unit) {
  const std::string text = read_text(value);
  const std::string_view number = trim(text);
  const bool is_bare =
      !number.empty() &&
      (std::isdigit(static_cast<unsigned char>(number.back())) || number.back() == '.');
  if (is_bare && number.find_first_not_of("0.") != std::string_view::npos)
    refuse_value(value, fmt::format("\"{}\" has no unit", printable(shortened(number, 80))),
                 fmt::format("write it with {}", units_of(unit)));
}

// `90 s` and `3.5 GB` are written with a blank as often as without.
Duration read_time(const PolicyValue& value) {
  require_unit(value, ThresholdUnit::time);
  Yaml close = value.node;
  close.scalar = replace_all(close.scalar, " ", "");
  return read_duration({value.path, value.key, close});
}

double read_threshold(const PolicyValue& value, ThresholdUnit unit) {
  require_unit(value, unit);
  switch (unit) {
    case ThresholdUnit::percent: return read_percent(value);
    case ThresholdUnit::bytes: return static_cast<double>(read_size(value));
    case ThresholdUnit::time: return static_cast<double>(read_time(value).count());
    case ThresholdUnit::none: break;
  }
  return 0;
}

Severity read_severity(const PolicyValue& value) {
  return *parse_severity(read_choice(value, {"info", "warn", "page"}));
}

std::vector<std::string> keys_of(const AlertKind& kind) {
  std::vector<std::string> keys{"enabled", "for", "hint", "severity"};
  if (!kind.key.empty()) keys.emplace_back(kind.key);
  return keys;
}

[[noreturn]] void refuse_key(const PolicyValue& value, const AlertKind& kind) {
  const std::string name(value.key.substr(value.key.rfind('.') + 1));
  const auto near = nearest(name, keys_of(kind));
  throw Error(Kind::usage,
              fmt::format("{}:{}: unknown key `{}`", value.path, value.node.line,
                          printable(shortened(value.key, 60))),
              near ? fmt::format("did you mean `{}`?", *near)
                   : fmt::format("known keys: {}", join(keys_of(kind), ", ")));
}

void read_key(AlertSettings& settings, const AlertKind& kind, std::string_view name,
              const PolicyValue& value) {
  if (name == "enabled")
    settings.enabled = read_flag(value);
  else if (name == "for")
    settings.hold = read_time(value);
  else if (name == "hint")
    settings.hint = read_text(value);
  else if (name == "severity")
    settings.severity = read_severity(value);
  else if (!kind.key.empty() && name == kind.key)
    settings.threshold = read_threshold(value, kind.unit);
  else
    refuse_key(value, kind);
}

// `high-memory: off` is the short form of `high-memory: {enabled: false}`.
AlertSettings read_alert(const PolicyValue& value, const AlertKind& kind) {
  AlertSettings settings = default_settings(kind);
  if (value.node.type == Yaml::Type::null) return settings;
  if (value.node.type == Yaml::Type::scalar) {
    settings.enabled = read_flag(value);
    return settings;
  }
  require_map(value, fmt::format("known keys: {}", join(keys_of(kind), ", ")));
  for (const auto& [key, node] : value.node.entries) {
    if (is_free(key)) continue;
    const std::string path = fmt::format("{}.{}", value.key, key.scalar);
    read_key(settings, kind, key.scalar, {value.path, path, node});
  }
  return settings;
}

std::vector<std::string> alert_names() {
  std::vector<std::string> names;
  for (const AlertKind& kind : all_alerts()) names.emplace_back(kind.id);
  return names;
}

const AlertKind& require_alert(const PolicyValue& value, const Yaml& key) {
  if (const AlertKind* kind = find_alert(key.scalar)) return *kind;
  const auto near = nearest(key.scalar, alert_names());
  throw Error(Kind::usage,
              fmt::format("{}:{}: `alerts` names no alert: `{}`", value.path, key.line,
                          printable(shortened(key.scalar, 60))),
              near ? fmt::format("did you mean `{}`?", *near)
                   : fmt::format("alerts: {}", join(alert_names(), ", ")));
}

Json alert_json(const AlertKind& kind, const AlertSettings& settings) {
  Json json = {
      {"enabled", settings.enabled},
      {"severity", severity_text(settings.severity)},
      {"for", threshold_text(ThresholdUnit::time, static_cast<double>(settings.hold.count()))}};
  if (!kind.key.empty())
    json[std::string(kind.key)] = threshold_text(kind.unit, settings.threshold);
  if (!settings.hint.empty()) json["hint"] = settings.hint;
  return json;
}

}  // namespace

GivenAlerts read_alerts(const PolicyValue& value) {
  GivenAlerts alerts;
  if (value.node.type == Yaml::Type::null) return alerts;
  require_map(value, fmt::format("alerts: {}", join(alert_names(), ", ")));
  for (const auto& [key, node] : value.node.entries) {
    if (is_free(key)) continue;
    const AlertKind& kind = require_alert(value, key);
    const std::string path = fmt::format("alerts.{}", kind.id);
    alerts[std::string(kind.id)] = read_alert({value.path, path, node}, kind);
  }
  return alerts;
}

Json alerts_json(const GivenAlerts& given) {
  Json json = Json::object();
  for (const AlertKind& kind : all_alerts())
    json[std::string(kind.id)] = alert_json(kind, settings_of(given, kind));
  return json;
}

}  // namespace ballast
