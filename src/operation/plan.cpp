#include "operation/plan.h"

namespace ballast {

namespace {

Json step_json(const Step& step) {
  return {{"name", step.name},
          {"title", step.title},
          {"arguments", step.arguments},
          {"undo", step.undo},
          {"commits", step.commits}};
}

Step step_from_json(const Json& json) {
  return {.name = text_at(json, "name"),
          .title = text_at(json, "title"),
          .arguments = member(json, "arguments"),
          .undo = text_at(json, "undo"),
          .commits = flag_at(json, "commits")};
}

}  // namespace

Json plan_json(const Plan& plan) {
  Json steps = Json::array();
  for (const Step& step : plan.steps) steps.push_back(step_json(step));
  return {{"kind", plan.kind}, {"stack", plan.stack}, {"steps", steps}};
}

Plan plan_from_json(const Json& json) {
  Plan plan{.kind = text_at(json, "kind"), .stack = text_at(json, "stack"), .steps = {}};
  for (const Json& step : member(json, "steps")) plan.steps.push_back(step_from_json(step));
  return plan;
}

}  // namespace ballast
