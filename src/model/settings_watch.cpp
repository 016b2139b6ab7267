#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "model/settings_keys.h"

namespace ballast {

namespace {

using Value = PolicyValue;

constexpr Duration shortest_interval = std::chrono::seconds(1);
constexpr Duration longest_interval = std::chrono::minutes(1);
constexpr Duration longest_drift = std::chrono::hours(24);
constexpr Duration longest_pause = std::chrono::hours(7 * 24);
constexpr int largest_port = 65535;

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_between(std::string_view text, int least, int most) {
  const auto number = whole_number(text);
  return number && *number >= least && *number <= most;
}

bool is_version_4(std::string_view host) {
  const auto parts = split(host, '.');
  return parts.size() == 4 && std::ranges::all_of(parts, [](const std::string& part) {
           return is_between(part, 0, 255);
         });
}

// The kernel refuses what only looks like one.
bool is_version_6(std::string_view host) {
  return std::ranges::count(host, ':') > 1 &&
         host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

bool is_address(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']'))
    return is_version_6(host.substr(1, host.size() - 2));
  return is_version_4(host);
}

std::string_view host_of(std::string_view listen) { return listen.substr(0, listen.rfind(':')); }

std::string read_listen(const Value& value) {
  std::string text = read_text(value);
  if (text == "off") return {};
  const auto colon = text.rfind(':');
  const bool is_good = colon != std::string::npos && is_address(host_of(text)) &&
                       is_between(text.substr(colon + 1), 1, largest_port);
  if (!is_good)
    refuse_value(
        value, fmt::format("\"{}\" is not an address with a port", printable(shortened(text, 80))),
        "write it in figures, such as 127.0.0.1:9478 or [::1]:9478, or `listen: off`");
  return text;
}

std::string read_text_file(const Value& value) {
  std::string text = read_absolute_path(value);
  if (!text.empty() && !text.ends_with(".prom"))
    refuse_value(value, "node-exporter reads only files whose names end in .prom",
                 "write `text-file: /var/lib/prometheus/node-exporter/ballast.prom`");
  return text;
}

Duration read_interval(const Value& value) {
  const Duration interval = read_duration(value);
  if (interval < shortest_interval || interval > longest_interval)
    refuse_value(value, "must be from 1s to 1m", "write `interval: 5s`");
  return interval;
}

Duration read_drift(const Value& value) {
  const Duration interval = read_duration(value);
  if (interval < shortest_interval || interval > longest_drift)
    refuse_value(value, "must be from 1s to 1d", "write `drift: 1h`");
  return interval;
}

Duration read_pause(const Value& value) {
  const Duration pause = read_duration(value);
  if (pause > longest_pause)
    refuse_value(value, "must be at most 7d", "write `remind: 4h`, or 0s for never");
  return pause;
}

constexpr auto keys = std::to_array<WatchKey>({
    {"metrics", "beyond-this-machine",
     [](WatchSettings& watch, const Value& value) { watch.metrics_beyond = read_flag(value); }},
    {"metrics", "listen",
     [](WatchSettings& watch, const Value& value) { watch.metrics_listen = read_listen(value); }},
    {"metrics", "text-file",
     [](WatchSettings& watch, const Value& value) { watch.metrics_file = read_text_file(value); }},
    {"watch", "drift",
     [](WatchSettings& watch, const Value& value) { watch.drift = read_drift(value); }},
    {"watch", "flap-hold",
     [](WatchSettings& watch, const Value& value) { watch.flap_hold = read_pause(value); }},
    {"watch", "interval",
     [](WatchSettings& watch, const Value& value) { watch.interval = read_interval(value); }},
    {"watch", "remind",
     [](WatchSettings& watch, const Value& value) { watch.remind = read_pause(value); }},
});

}  // namespace

std::span<const WatchKey> watch_keys() { return keys; }

bool is_of_this_machine(std::string_view listen) {
  const std::string_view host = host_of(listen);
  return listen.empty() || host == "[::1]" || host.starts_with("127.");
}

}  // namespace ballast
