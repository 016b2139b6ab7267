#include "session/observation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "session/image_difference.h"

namespace ballast {

namespace {

constexpr std::string_view schema = "ballast.session-before/1";

std::string_view change_text(docker::ChangeKind change) {
  switch (change) {
    case docker::ChangeKind::added: return "added";
    case docker::ChangeKind::removed: return "removed";
    case docker::ChangeKind::changed: break;
  }
  return "modified";
}

docker::ChangeKind change_in(std::string_view text) {
  if (text == "added") return docker::ChangeKind::added;
  return text == "removed" ? docker::ChangeKind::removed : docker::ChangeKind::changed;
}

Json container_json(const ObservedContainer& container) {
  Json files = Json::object();
  for (const auto& [path, file] : container.files)
    files[path] = {
        {"change", change_text(file.change)}, {"content", file.content}, {"digest", file.digest}};
  return {{"service", container.service},   {"id", container.id},
          {"image", container.image},       {"started", container.started},
          {"restarts", container.restarts}, {"files", files}};
}

ObservedContainer parse_container(const Json& json) {
  ObservedContainer container{.service = text_at(json, "service"),
                              .id = text_at(json, "id"),
                              .image = text_at(json, "image"),
                              .started = text_at(json, "started"),
                              .restarts = static_cast<int>(number_at(json, "restarts")),
                              .files = {}};
  for (const auto& [path, file] : member(json, "files").items())
    container.files[path] = {.change = change_in(text_at(file, "change")),
                             .content = text_at(file, "content"),
                             .digest = text_at(file, "digest"),
                             .now = {},
                             .image = {}};
  return container;
}

bool belongs(const docker::Container& container) {
  return container.label(docker::label_candidate).empty() &&
         lower(container.label(docker::label_one_off)) != "true";
}

ObservedContainer look_at(Server& server, const ObservedStack& stack,
                          const docker::Container& container, const std::string& session) {
  ObservedContainer seen{.service = container.label(docker::label_service),
                         .id = container.id,
                         .image = container.image_id,
                         .started = container.started_at,
                         .restarts = container.restart_count,
                         .files = {}};
  const bool is_released = std::ranges::find(stack.services, seen.service) != stack.services.end();
  seen.files = different_from_image(
      server, container,
      {.label = session, .has_code_in_volumes = is_released, .data = stack.data});
  return seen;
}

}  // namespace

ObservedStack observed_stack(const Stack& stack) {
  std::vector<std::string> services = stack.policy.companions;
  services.push_back(stack.policy.service);
  return {.project = stack.project,
          .services = std::move(services),
          .data = stack.policy.data_mounts,
          .addons = stack.policy.addons.path,
          .tag_variable = stack.policy.tag_variable};
}

Observation observe_for_session(Server& server, const ObservedStack& stack,
                                const std::string& session) {
  Observation observation;
  try {
    remove_image_copies(server, session);
    for (const docker::Container& container : server.engine.project_containers(stack.project))
      if (belongs(container))
        observation.containers.push_back(look_at(server, stack, container, session));
  } catch (const Error& error) {
    observation.trouble = error.message();
  }
  return observation;
}

Json observation_json(const ObservedStack& stack, const Observation& observation) {
  Json containers = Json::array();
  for (const ObservedContainer& container : observation.containers)
    containers.push_back(container_json(container));
  return {{"schema", schema},
          {"project", stack.project},
          {"services", stack.services},
          {"data", stack.data},
          {"addons", stack.addons},
          {"tag_variable", stack.tag_variable},
          {"trouble", observation.trouble},
          {"containers", containers}};
}

ObservedStack parse_observed_stack(const Json& json) {
  return {.project = text_at(json, "project"),
          .services = texts_in(member(json, "services")),
          .data = texts_in(member(json, "data")),
          .addons = text_at(json, "addons"),
          .tag_variable = text_at(json, "tag_variable")};
}

Observation parse_observation(const Json& json) {
  Observation observation{.trouble = text_at(json, "trouble"), .containers = {}};
  if (text_at(json, "schema") != schema) observation.trouble = "it was not looked at before";
  for (const Json& container : member(json, "containers"))
    observation.containers.push_back(parse_container(container));
  return observation;
}

}  // namespace ballast
