// Every metric that Ballast shows, with its meaning: one table.
#pragma once

#include <span>
#include <string_view>

namespace ballast {

struct MetricFamily {
  std::string_view name;  // with its unit: "ballast_container_memory_bytes"
  std::string_view type;  // "gauge", "counter"
  std::string_view help;
};

std::span<const MetricFamily> metric_families();  // sorted by name

}  // namespace ballast
