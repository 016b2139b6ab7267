// What a policy that comes with a release changes of the one that holds.
#pragma once

#include <string>
#include <vector>

#include "model/policy.h"

namespace ballast {

struct PolicyChange {
  std::string key;     // "gates.disk"
  std::string before;  // as JSON
  std::string after;
};

// Keys that say what a stack is and where its files come from: no release may change them.
std::vector<PolicyChange> firm_changes(const Policy& before, const Policy& after);

// Every other change, but for those that only make the proof of a release stricter or give it more
// time: those change nothing that somebody relies on.
std::vector<PolicyChange> loosening_changes(const Policy& before, const Policy& after);

}  // namespace ballast
