// What a stack is watched for: one table of alerts, and what the policy may say of each.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/severity.h"

namespace ballast {

// What an alert's threshold counts. In the policy each is written with its unit.
enum class ThresholdUnit { none, percent, bytes, time };

struct AlertKind {
  std::string_view id;     // "high-memory": in the policy, and for machines
  std::string_view title;  // "High Memory"
  Severity severity;
  std::chrono::seconds hold;  // `for`: how long it must be so before anybody is told
  std::string_view key{};     // of its threshold: "over"; empty: it has none
  ThresholdUnit unit = ThresholdUnit::none;
  // Percent, bytes or milliseconds. 0: nothing is asked until the policy names one.
  double threshold = 0;
  std::string_view hint;  // what to do, where the finding itself knows nothing better
};

// Sorted by id.
std::span<const AlertKind> all_alerts();
const AlertKind* find_alert(std::string_view id);  // nullptr: there is none

// What holds for one alert of one stack.
struct AlertSettings {
  bool enabled = true;
  Severity severity = Severity::warn;
  Duration hold{};
  double threshold = 0;
  std::string hint;  // of the policy, before all others; empty: none

  Duration as_time() const { return Duration(static_cast<Duration::rep>(threshold)); }
  bool operator==(const AlertSettings&) const = default;
};
AlertSettings default_settings(const AlertKind& kind);

// By id: the alerts that the policy speaks of, each with all that holds for it.
using GivenAlerts = std::map<std::string, AlertSettings, std::less<>>;
AlertSettings settings_of(const GivenAlerts& given, const AlertKind& kind);

// As in the policy: "85%", "3.5GB", "14d".
std::string threshold_text(ThresholdUnit unit, double threshold);

}  // namespace ballast
