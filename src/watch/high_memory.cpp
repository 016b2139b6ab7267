#include <fmt/format.h>

#include "base/text.h"
#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

Finding judged(const MemorySeen& memory, double limit) {
  const auto bytes = static_cast<double>(memory.bytes);
  const std::string size = human_bytes(memory.bytes);
  Finding finding =
      bytes <= limit
          ? good(memory.service, size)
          : wrong(memory.service, fmt::format("{}; the limit is {}", size,
                                              human_bytes(static_cast<std::uint64_t>(limit))));
  finding.measure = {
      .name = measure_name("memory", memory.service), .value = bytes, .unit = "B", .limit = limit};
  return finding;
}

}  // namespace

Findings high_memory(const Observed& observed, const AlertSettings& settings) {
  if (!observed.memory.value) return {unsure_of("", observed.memory.trouble, observed.memory.hint)};
  Findings findings;
  for (const MemorySeen& memory : *observed.memory.value)
    findings.push_back(judged(memory, settings.threshold));
  return findings;
}

}  // namespace ballast::conditions
