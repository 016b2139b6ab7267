// The times of ballast.yaml: "03:00", "Sun 04:00 Asia/Tokyo". Empty or `off`: none.
#pragma once

#include <optional>

#include "base/json.h"
#include "model/policy_values.h"
#include "model/schedule_time.h"

namespace ballast {

std::optional<ScheduleTime> read_daily_time(const PolicyValue& value);
std::optional<ScheduleTime> read_weekly_time(const PolicyValue& value);
// A weekly time, or `weekly`.
void read_drill_time(BackupSchedule& schedule, const PolicyValue& value);

// Their parts, each alone: "Sun" or "sunday", "03:00", "Asia/Tokyo".
std::chrono::weekday read_weekday(const PolicyValue& value, std::string_view word);
std::chrono::minutes read_time_of_day(const PolicyValue& value, std::string_view word);
std::string read_zone_name(const PolicyValue& value, std::string_view word);

// As they are written in the file.
Json schedule_time_json(const std::optional<ScheduleTime>& time);
Json drill_time_json(const BackupSchedule& schedule);

}  // namespace ballast
