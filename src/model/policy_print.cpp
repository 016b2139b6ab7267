#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/infer.h"
#include "model/policy.h"
#include "model/policy_keys.h"

namespace ballast {

namespace {

constexpr std::string_view heading =
    "# The policy of this stack. What is left out has its default; unknown keys are errors,\n"
    "# keys that begin with x- are free. `ballast config validate` checks the file.\n";

std::string yaml_text(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "on" : "off";
  if (value.is_string()) return yaml_scalar(value.get<std::string>());
  if (!value.is_array()) return json_text(value);
  std::vector<std::string> items;
  for (const Json& item : value) items.push_back(yaml_text(item));
  return fmt::format("[{}]", join(items, ", "));
}

bool is_nothing(const Json& value) { return value == Json("") || value == Json::array(); }

Policy defaults_of(Preset preset) {
  Policy policy;
  apply_preset(policy, preset);
  return policy;
}

// An empty value is written only where it differs from the default, or a line is to be seen.
bool is_left_out(const Policy& policy, const PolicyKey& key) {
  const Json value = key.value(policy);
  return !key.example.empty() && is_nothing(value) &&
         value == key.value(defaults_of(policy.preset));
}

std::string entry(const Policy& policy, const PolicyKey& key) {
  const std::string indent = key.section().empty() ? "" : "  ";
  const std::string comment = fmt::format("{}# {}\n", indent, key.comment);
  if (is_left_out(policy, key))
    return fmt::format("{}{}# {}: {}\n", comment, indent, key.name(), key.example);
  return fmt::format("{}{}{}: {}\n", comment, indent, key.name(), yaml_text(key.value(policy)));
}

std::string entries_at_top(const Policy& policy) {
  std::string text;
  for (const PolicyKey& key : policy_keys())
    if (key.section().empty()) text += "\n" + entry(policy, key);
  return text;
}

std::string sections(const Policy& policy) {
  std::string text;
  std::string_view section;
  for (const PolicyKey& key : policy_keys()) {
    if (key.section().empty()) continue;
    if (key.section() != section) text += fmt::format("\n{}:\n", key.section());
    section = key.section();
    text += entry(policy, key);
  }
  return text;
}

}  // namespace

std::string print_policy(const Policy& policy) {
  return std::string(heading) + entries_at_top(policy) + sections(policy);
}

Json policy_json(const Policy& policy) {
  Json json = Json::object();
  for (const PolicyKey& key : policy_keys()) {
    Json& place = key.section().empty() ? json : json[std::string(key.section())];
    place[std::string(key.name())] = key.value(policy);
  }
  return json;
}

}  // namespace ballast
