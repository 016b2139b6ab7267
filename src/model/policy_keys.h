// The keys of ballast.yaml: one table from which it is read, checked, printed and explained.
#pragma once

#include <span>
#include <string_view>

#include "base/json.h"
#include "model/policy.h"
#include "model/policy_values.h"

namespace ballast {

struct PolicyKey {
  std::string_view path;  // "verify.timeout"
  void (*read)(Policy&, const PolicyValue&);
  Json (*value)(const Policy&);
  std::string_view comment;
  std::string_view example;  // shown commented out where nothing is set

  std::string_view section() const;  // "verify"; empty for keys at the top
  std::string_view name() const;     // "timeout"
};

// Sorted by path.
std::span<const PolicyKey> policy_keys();

}  // namespace ballast
