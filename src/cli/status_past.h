// `ballast status --since`: what was measured, for people and for programs.
#pragma once

#include <vector>

#include "cli/output.h"
#include "cli/plot.h"
#include "watch/past.h"

namespace ballast {

struct PastReport {
  Time since{};
  Time until{};
  std::vector<StackPast> stacks;
};

Json past_json(const PastReport& report);
void show_past(Output& output, const PastReport& report, bool blocks);

}  // namespace ballast
