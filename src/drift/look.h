// Looks at a stack and says what of it is not as it was deployed. Takes no lock, changes nothing.
#pragma once

#include <map>
#include <set>
#include <string>

#include "drift/difference.h"

namespace ballast {

// Paths that a container changed by itself when it began, by the container's id.
using OwnPaths = std::map<std::string, std::set<std::string>>;

struct DriftLook {
  OwnPaths own;
  bool patches = false;   // with the lines that differ
  bool contents = false;  // of text files in the release's containers, too
};

// A stack that cannot be read any more has its files compared all the same. `journal` null: nothing
// was ever recorded.
DriftReport look_for_drift(Server& server, const std::string& stack, const Journal* journal,
                           const DriftLook& look);

// The services that a release consists of: the one that is released, and its companions.
std::vector<std::string> release_services(const Policy& policy);

}  // namespace ballast
