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

std::string yaml_text(const Json& value);

std::string yaml_map(const Json& value) {
  std::vector<std::string> entries;
  for (const auto& [key, inner] : value.items())
    entries.push_back(fmt::format("{}: {}", key, yaml_text(inner)));
  return fmt::format("{{{}}}", join(entries, ", "));
}

std::string yaml_text(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "on" : "off";
  if (value.is_string()) return yaml_scalar(value.get<std::string>());
  if (value.is_object()) return yaml_map(value);
  if (!value.is_array()) return json_text(value);
  std::vector<std::string> items;
  for (const Json& item : value) items.push_back(yaml_text(item));
  return fmt::format("[{}]", join(items, ", "));
}

// Of a map all entries have their defaults, where it stands as the default does.
bool is_nothing(const Json& value) {
  return value == Json("") || value == Json::array() || value.is_object();
}

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

// Only what differs, each on a line of its own.
std::string map_entry(const Json& value, const Json& standard, const std::string& indent) {
  std::string text;
  for (const auto& [key, inner] : value.items())
    if (!standard.contains(key) || inner != standard.at(key))
      text += fmt::format("\n{}  {}: {}", indent, key, yaml_text(inner));
  return text;
}

std::string value_text(const Policy& policy, const PolicyKey& key, const std::string& indent) {
  const Json value = key.value(policy);
  if (value.is_object()) return map_entry(value, key.value(defaults_of(policy.preset)), indent);
  return " " + yaml_text(value);
}

std::string entry(const Policy& policy, const PolicyKey& key) {
  const std::string indent = key.section().empty() ? "" : "  ";
  const std::string comment = fmt::format("{}# {}\n", indent, key.comment);
  if (is_left_out(policy, key))
    return fmt::format("{}{}# {}: {}\n", comment, indent, key.name(), key.example);
  return fmt::format("{}{}{}:{}\n", comment, indent, key.name(), value_text(policy, key, indent));
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
