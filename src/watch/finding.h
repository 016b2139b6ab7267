// What one alert found out of one thing that it looks at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/check.h"

namespace ballast {

// The same as a number, for those who draw it.
struct Measure {
  std::string name;  // "memory_web"
  double value = 0;
  std::string unit;             // as monitoring plugins write it: "B", "%", "s", "c" or nothing
  std::optional<double> limit;  // from which on it is wrong
  bool wrong_below = false;     // else above
};

struct Finding {
  std::string subject;  // "web", "ten_a", "/srv"; may be empty
  Verdict verdict = Verdict::unknown;
  std::string measured;       // "3.8 GB, the limit is 3.5 GB"
  std::string hint = {};      // empty: the alert's own
  std::optional<Time> since;  // when it began, where that can be known
  std::optional<Measure> measure;
};
using Findings = std::vector<Finding>;

}  // namespace ballast
