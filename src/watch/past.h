// What was measured of the stacks of a server, to be shown.
#pragma once

#include <string>
#include <vector>

#include "live/server.h"
#include "watch/measurement_history.h"

namespace ballast {

struct StackPast {
  std::string stack;
  bool is_measured = false;        // there is a file of it
  std::vector<SeriesPast> series;  // by name; those that have a point
};

// Of all stacks when `stack` is empty. Error(usage) for one that there is not.
std::vector<StackPast> past_of(Server& server, const std::string& stack, Time since, Time until);

}  // namespace ballast
