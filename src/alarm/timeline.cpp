#include "alarm/timeline.h"

#include <algorithm>

namespace ballast {

namespace {

constexpr Duration longest_reboot = std::chrono::hours(24);

Duration passed(const Clocks& from, const Clocks& to) {
  if (from.boot == to.boot)
    return std::max(std::chrono::duration_cast<Duration>(to.monotonic - from.monotonic),
                    Duration::zero());
  return std::clamp(Duration(to.wall - from.wall), Duration::zero(), longest_reboot);
}

long long milliseconds(Monotonic time) {
  return std::chrono::duration_cast<Duration>(time.time_since_epoch()).count();
}

}  // namespace

Instant Timeline::advance(const Clocks& clocks) {
  if (!last_.boot.empty()) now_ += passed(last_, clocks);
  last_ = clocks;
  return now_;
}

Json Timeline::json() const {
  return {{"now", now_.count()},
          {"wall", last_.wall.time_since_epoch().count()},
          {"monotonic", milliseconds(last_.monotonic)},
          {"boot", last_.boot}};
}

Timeline Timeline::parse(const Json& json) {
  Timeline timeline;
  timeline.now_ = std::max(Duration(number_at(json, "now")), Duration::zero());
  timeline.last_ = {.wall = Time(Duration(number_at(json, "wall"))),
                    .monotonic = Monotonic(Duration(number_at(json, "monotonic"))),
                    .boot = text_at(json, "boot")};
  return timeline;
}

}  // namespace ballast
