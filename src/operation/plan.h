// A plan is data: a list of named steps with their arguments. What a step does is looked up by its
// name, so that a plan read back from the journal runs, or is undone, by the same code.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace ballast {

struct Step {
  std::string name;   // "switch"
  std::string title;  // "switch web to sha-a000002"
  Json arguments = Json::object();
  std::string undo;  // what its undo does, in words; empty: nothing to undo
  // From here on there is no way back: the operation is finished forward by recovery, not undone.
  bool commits = false;
};

struct Plan {
  std::string kind;  // "deploy"
  std::string stack;
  std::vector<Step> steps;
};

Json plan_json(const Plan& plan);
Plan plan_from_json(const Json& json);

}  // namespace ballast
