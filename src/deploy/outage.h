// How long a release that changed the databases kept its users out.
#pragma once

#include <optional>
#include <string>

#include "live/work.h"

namespace ballast {

struct Outage {
  std::optional<Duration> measured;  // from the stop to the first answer to every check
  std::optional<Duration> expected;  // by the rehearsal
};

// At the first pass of the verification after the switch; keeps it in the running step's fact.
void note_outage(Work& work, StepRun& run);
Outage outage_of(const StepRun& run);
Outage outage_of(const Facts& facts);

std::string outage_text(const Outage& outage);  // "outage 13 s (expected 12 s)"

}  // namespace ballast
