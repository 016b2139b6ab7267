// For tests: jobs, and what is known of them.
#pragma once

#include <string>
#include <string_view>

#include "schedule/standing.h"

namespace ballast {

inline Time utc(std::string_view text) { return parse_time(text).value(); }

inline Job daily_job(const std::string& zone, std::chrono::minutes at, Duration jitter = {}) {
  const ScheduleTime time{.day = std::nullopt, .at = at, .zone = zone};
  return {"shop", JobKind::daily, time, zone_of(time), jitter};
}

inline Job weekly_job(const std::string& zone, std::chrono::weekday day, std::chrono::minutes at,
                      Duration jitter = {}) {
  const ScheduleTime time{.day = day, .at = at, .zone = zone};
  return {"shop", JobKind::weekly_full, time, zone_of(time), jitter};
}

inline JobNote known_since(const Job& job, std::string_view since) {
  return {.schedule = job.time.text(), .since = utc(since), .attempt = std::nullopt};
}

}  // namespace ballast
