#include <fmt/format.h>

#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

Finding judged(const DiskUse& use, double limit) {
  const bool is_full = use.space.used_percent >= limit;
  Finding finding =
      is_full ? wrong(use.paths, fmt::format("{}; the limit is {:g} %", use.text(), limit))
              : good(use.paths, use.text());
  finding.measure = {.name = measure_name("disk", use.first_path()),
                     .value = use.space.used_percent,
                     .unit = "%",
                     .limit = limit};
  return finding;
}

}  // namespace

Findings disk_full(const Observed& observed, const AlertSettings& settings) {
  if (!observed.disks.value) return {unsure_of("", observed.disks.trouble, observed.disks.hint)};
  Findings findings;
  for (const DiskUse& use : observed.disks.value->uses)
    findings.push_back(judged(use, settings.threshold));
  if (const std::string& trouble = observed.disks.value->docker_trouble; !trouble.empty())
    findings.push_back(unsure_of("docker", trouble));
  return findings;
}

}  // namespace ballast::conditions
