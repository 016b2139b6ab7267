// The clocks on the wall, by the system's own time zones (package tzdata), whose changes are known
// to the end of 2037.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace date {
class time_zone;
}

namespace ballast {

// What a clock shows, without saying where.
using LocalTime = std::chrono::local_seconds;

class TimeZone {
 public:
  // "Asia/Tokyo"; nullopt when the system knows none of that name.
  static std::optional<TimeZone> named(std::string_view name);
  // What the server is set to, whatever TZ is in this process's environment. Error(failed) when
  // that cannot be told.
  static TimeZone own();

  const std::string& name() const;
  LocalTime local(Time time) const;
  // When clocks there show it: of two such moments the first; where they jump over it, the moment
  // at which they jump.
  Time instant(LocalTime local) const;
  // 2026-11-29T04:00:00+09:00
  std::string iso(Time time) const;

 private:
  explicit TimeZone(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_;  // lives as long as the program
};

// The name that was probably meant: written otherwise ("asia/tokyo"), only its city ("Tokyo"), or
// with a typing error.
std::optional<std::string> nearest_time_zone(std::string_view name);

}  // namespace ballast
