// What the daemon tells of itself over the control socket: one value for both ends of it. Its form
// is described in docs/formats.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alarm/mute.h"
#include "base/json.h"
#include "model/alert.h"
#include "notify/channel_delivery.h"

namespace ballast {

inline constexpr std::string_view control_schema = "ballast.control/1";

struct WatchedStack {
  std::string name;
  bool was_looked_at = false;  // not yet: nothing is known of it
  std::string trouble;         // why it cannot be read
};

struct DaemonStatus {
  long long pid = 0;
  Time since{};
  std::string engine_trouble;  // empty: the engine answers
  std::vector<WatchedStack> stacks;
  std::vector<Alert> alerts;  // that were told and are not over; some of them unknown
  std::vector<AlertSilence> silences;
  std::vector<ChannelReport> channels;

  const WatchedStack* stack(std::string_view name) const;  // nullptr: it is not watched
};

Json status_json(const DaemonStatus& status);
std::optional<DaemonStatus> parse_daemon_status(const Json& json);  // nullopt: that is none

// Each as it stands in the answers for programs: times in ISO 8601.
Json standing_json(const Alert& alert);
Json standing_json(const AlertSilence& silence);

}  // namespace ballast
