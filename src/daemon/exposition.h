// A page in the text format 0.0.4 of Prometheus: families by name, series by labels.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/metric_families.h"

namespace ballast {

struct MetricLabel {
  std::string_view name;
  std::string value;
};
using MetricLabels = std::vector<MetricLabel>;

class Exposition {
 public:
  // `family` is one of metric_families(). Of two with the same labels the lower value stays, since
  // one page must not hold both: of a check's answers that is the bad one.
  void add(std::string_view family, const MetricLabels& labels, double value);
  // Families without a series are left out.
  std::string text() const;

 private:
  std::map<const MetricFamily*, std::map<std::string, double>> families_;
};

}  // namespace ballast
