#include <fmt/format.h>

#include "watch/conditions.h"

namespace ballast::conditions {

Findings drill_failed(const Observed& observed, const AlertSettings&) {
  if (!observed.backups.value)
    return {unsure_of("", observed.backups.trouble, observed.backups.hint)};
  const auto& drill = observed.backups.value->drill;
  if (!drill) return {};
  if (drill->passed)
    return {good("", fmt::format("of {}, {}", drill->set, human_age(observed.now - drill->at)))};
  return {wrong("", fmt::format("of {}: {}", drill->set, drill->trouble), {}, drill->at)};
}

}  // namespace ballast::conditions
