#include "model/service_changes.h"

#include <map>

#include "model/compose_ground.h"

namespace ballast {

namespace {

std::map<std::string, std::string> services_of(std::string_view text) {
  std::map<std::string, std::string> found;
  const Yaml root = parse_yaml("what compose resolved", text);
  if (const Yaml* services = root.find("services"))
    for (const auto& [name, node] : services->entries) found[name.scalar] = flattened(node);
  return found;
}

}  // namespace

ServiceChanges service_changes(std::string_view before, std::string_view after) {
  const auto old = services_of(before);
  const auto now = services_of(after);
  ServiceChanges changes;
  for (const auto& [name, text] : now) {
    const auto was = old.find(name);
    if (was == old.end())
      changes.added.push_back(name);
    else if (was->second != text)
      changes.changed.push_back(name);
  }
  for (const auto& entry : old)
    if (!now.contains(entry.first)) changes.dropped.push_back(entry.first);
  return changes;
}

}  // namespace ballast
