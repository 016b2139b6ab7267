#include "drift/own_paths.h"

#include <algorithm>

namespace ballast {

namespace {

bool is_untouched(const docker::Container& container, const Deployed& deployed,
                  const DriftState& state, Time watched_since) {
  const auto created = parse_time(container.created_at);
  if (!created || *created < watched_since || (state.deed && *state.deed >= *created)) return false;
  return std::ranges::find(deployed.containers, container.id, &DeployedContainer::id) !=
         deployed.containers.end();
}

std::set<std::string> paths_of(const std::vector<docker::ChangedPath>& changes) {
  std::set<std::string> paths;
  for (const docker::ChangedPath& one : changes) paths.insert(one.path);
  return paths;
}

}  // namespace

OwnPaths own_paths(Server& server, const Stack& stack, const Journal& journal,
                   const DriftState& state, Time watched_since) {
  OwnPaths own;
  const auto left = deployed(journal, stack.name);
  const Running running = observe(server, stack);
  for (const std::string& service : release_services(stack.policy)) {
    const docker::Container* container = running.of(service);
    if (container == nullptr) continue;
    if (const auto known = state.own.find(container->id); known != state.own.end())
      own.insert(*known);
    else if (left && is_untouched(*container, *left, state, watched_since))
      own[container->id] = paths_of(server.engine.changes_of(container->id));
  }
  return own;
}

}  // namespace ballast
