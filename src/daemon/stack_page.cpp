#include "daemon/stack_page.h"

#include <algorithm>
#include <iterator>

namespace ballast {

void StackPage::add(std::string_view family, const std::optional<bool>& value) {
  if (value) add(family, {}, *value ? 1 : 0);
}

void StackPage::add(std::string_view family, const MetricLabels& more, double value) {
  MetricLabels labels{{"stack", stack_}};
  std::ranges::copy(more, std::back_inserter(labels));
  page_.add(family, labels, value);
}

std::optional<bool> is_good(const Findings& findings) {
  const auto has = [&](Verdict verdict) {
    return std::ranges::find(findings, verdict, &Finding::verdict) != findings.end();
  };
  if (has(Verdict::fail)) return false;
  if (findings.empty() || has(Verdict::unknown)) return std::nullopt;
  return true;
}

double in_seconds(Duration duration) { return static_cast<double>(duration.count()) / 1000; }
double in_seconds(Time time) { return in_seconds(time.time_since_epoch()); }

}  // namespace ballast
