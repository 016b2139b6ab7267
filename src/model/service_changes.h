// Which services of a Compose file are not as they were.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ballast {

struct ServiceChanges {
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> dropped;
};

// Both as Compose resolves them: what has a profile that is not active is not among them.
// Error(usage) where one is broken.
ServiceChanges service_changes(std::string_view before, std::string_view after);

}  // namespace ballast
