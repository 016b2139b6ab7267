// Measurements drawn as one line of text.
#pragma once

#include <string>

#include "host/machine.h"
#include "watch/measurement_history.h"

namespace ballast {

struct PlotFrame {
  Time since{};
  Time until{};
  double lowest = 0;
  double highest = 0;
  std::size_t width = 0;
  bool blocks = true;  // else plain ASCII
};

// One letter for each of `width` parts of the time: the highest that was measured in it, and a
// blank where nothing was.
std::string plot_of(const SeriesPast& series, const PlotFrame& frame);

// Not where the locale names another character set than UTF-8.
bool draws_blocks(Machine& machine);

}  // namespace ballast
