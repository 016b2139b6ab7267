// The part of a page that is about one stack, and how what was seen becomes a number.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "daemon/exposition.h"
#include "watch/finding.h"

namespace ballast {

class StackPage {
 public:
  StackPage(Exposition& page, const std::string& stack) : page_(page), stack_(stack) {}

  void add(std::string_view family, double value) { add(family, {}, value); }
  void add(std::string_view family, const std::optional<bool>& value);  // nullopt: not known
  void add(std::string_view family, const MetricLabels& more, double value);

 private:
  Exposition& page_;
  const std::string& stack_;
};

// As the alert's own condition finds it; nullopt: it cannot tell, or there is nothing to tell.
std::optional<bool> is_good(const Findings& findings);

double in_seconds(Duration duration);
double in_seconds(Time time);  // since 1970, as Prometheus counts

}  // namespace ballast
