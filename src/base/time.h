// Points in time and lengths of time, their texts.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ballast {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Monotonic = std::chrono::steady_clock::time_point;
using Duration = std::chrono::milliseconds;

// ISO 8601 with offset in the machine's zone, to the second: 2026-11-25T11:27:07+09:00
std::string iso_local(Time time);
// The same in UTC with Z: 2026-11-25T02:27:07Z; compact form for names: 20261125T022707Z
std::string iso_utc(Time time);
std::string compact_utc(Time time);

// Reads every form above, plus "2026-11-25" (midnight, local) and "2026-11-25 11:27[:07]" (local).
std::optional<Time> parse_time(std::string_view text);

// "90", "90s", "2m", "1h30m", "7d", "1w"; a bare number is seconds. nullopt when it is none of
// these, negative, or over ten years.
std::optional<Duration> parse_duration(std::string_view text);

// "850 ms", "4.2 s", "3 min 20 s", "2 h 5 min", "6 days"
std::string human_duration(Duration duration);
// "just now", "4 min ago", "in 3 h"
std::string human_age(Duration age);

}  // namespace ballast
