#include "live/deployed.h"

#include <algorithm>

namespace ballast {

namespace {

constexpr const char* fact_name = "deployed";

Json observed_json(Work& work) {
  try {
    Deployed deployed{.operation = work.operation.id, .containers = {}};
    for (const docker::Container& container : observe(work.server, work.stack).services)
      deployed.containers.push_back({.service = container.label(docker::label_service),
                                     .id = container.id,
                                     .image_id = container.image_id,
                                     .config_hash = container.label(docker::label_config_hash)});
    return deployed_json(deployed);
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace

const DeployedContainer* Deployed::of(const std::string& service) const {
  const auto found = std::ranges::find(containers, service, &DeployedContainer::service);
  return found == containers.end() ? nullptr : &*found;
}

void note_what_was_deployed(Work& work) {
  work.journal.set_fact(work.stack.name, fact_name, observed_json(work),
                        work.server.host.clock.now());
}

std::optional<Deployed> deployed(const Journal& journal, const std::string& stack) {
  const auto fact = journal.fact(stack, fact_name);
  return fact ? parse_deployed(fact->value) : std::nullopt;
}

Json deployed_json(const Deployed& deployed) {
  Json containers = Json::array();
  for (const DeployedContainer& one : deployed.containers)
    containers.push_back({{"service", one.service},
                          {"id", one.id},
                          {"image", one.image_id},
                          {"config_hash", one.config_hash}});
  return {{"operation", deployed.operation}, {"containers", containers}};
}

std::optional<Deployed> parse_deployed(const Json& json) {
  const Json& containers = member(json, "containers");
  if (!containers.is_array()) return std::nullopt;
  Deployed deployed{.operation = text_at(json, "operation"), .containers = {}};
  for (const Json& one : containers)
    deployed.containers.push_back({.service = text_at(one, "service"),
                                   .id = text_at(one, "id"),
                                   .image_id = text_at(one, "image"),
                                   .config_hash = text_at(one, "config_hash")});
  return deployed;
}

}  // namespace ballast
