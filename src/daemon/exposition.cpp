#include "daemon/exposition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr double largest_exact = 1e15;

// One byte that is not UTF-8 would cost the whole page.
std::string escaped(std::string_view value) {
  return replace_all(replace_all(printable(value), "\\", "\\\\"), "\"", "\\\"");
}

std::string labels_text(const MetricLabels& labels) {
  std::vector<std::string> parts;
  for (const MetricLabel& label : labels)
    parts.push_back(fmt::format("{}=\"{}\"", label.name, escaped(label.value)));
  return parts.empty() ? std::string() : "{" + join(parts, ",") + "}";
}

std::string number_text(double value) {
  const bool is_whole = std::trunc(value) == value && std::abs(value) < largest_exact;
  return is_whole ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
}

const MetricFamily& family_named(std::string_view name) {
  const auto families = metric_families();
  const auto found = std::ranges::lower_bound(families, name, {}, &MetricFamily::name);
  if (found == families.end() || found->name != name)
    throw Error(Kind::failed, fmt::format("there is no family of metrics `{}`", name));
  return *found;
}

}  // namespace

void Exposition::add(std::string_view family, const MetricLabels& labels, double value) {
  auto& series = families_[&family_named(family)];
  const auto [place, is_new] = series.emplace(labels_text(labels), value);
  if (!is_new) place->second = std::min(place->second, value);
}

std::string Exposition::text() const {
  std::string page;
  for (const auto& [family, series] : families_) {
    page += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family->name, family->help, family->name,
                        family->type);
    for (const auto& [labels, value] : series)
      page += fmt::format("{}{} {}\n", family->name, labels, number_text(value));
  }
  return page;
}

}  // namespace ballast
