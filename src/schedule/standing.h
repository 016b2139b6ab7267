// Whether a job is to run now: a plan over plain data.
#pragma once

#include <optional>

#include "schedule/job_notes.h"

namespace ballast {

inline constexpr Duration time_to_next_attempt = std::chrono::minutes(30);
inline constexpr int most_attempts = 2;  // for one of its times

struct Standing {
  std::optional<Slot> due;  // the time for which it is to run now
  int attempt = 1;          // the first for it, or the second
  Time next{};              // when it runs; in the past when it is due
};

// `done` is when the newest run began that brought what was asked for, by whomever. However many
// times were missed, only the newest of them is made up.
Standing standing_of(const Job& job, const JobNote& note, const std::optional<Time>& done,
                     Time now);

}  // namespace ballast
