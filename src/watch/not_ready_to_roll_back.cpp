#include "watch/conditions.h"

namespace ballast::conditions {

Findings not_ready_to_roll_back(const Observed& observed, const AlertSettings&) {
  if (!observed.way_back.value)
    return {unsure_of("", observed.way_back.trouble, observed.way_back.hint)};
  const WayBack& found = *observed.way_back.value;
  if (found.ready == "yes" || found.none_yet) return {good("", found.because)};
  if (found.ready == "no") return {wrong("", found.because)};
  return {unsure_of("", found.because)};
}

}  // namespace ballast::conditions
