// Hours of the week in which something is allowed, by the clocks of a time zone.
#pragma once

#include <bitset>
#include <chrono>
#include <string>

#include "base/time_zone.h"
#include "model/policy_values.h"

namespace ballast {

struct OpenHours {
  std::bitset<7> days;  // on which it begins; 0 is Sunday
  std::chrono::minutes from{};
  std::chrono::minutes to{};  // not included; before `from`: of the day after
  std::string zone;           // empty: the server's own
  std::string text;           // as it stands in the file

  bool hold(LocalTime moment) const;
};

// By the clocks there. Error(failed) when the zone is gone, or the server's own cannot be told.
bool is_open(const OpenHours& hours, Time moment);

// "Mon-Fri 08:00-20:00 Asia/Tokyo"; without days each day, without a zone the server's own.
OpenHours read_open_hours(const PolicyValue& value);

}  // namespace ballast
