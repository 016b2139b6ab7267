#include "doctor/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "model/compose_syntax.h"
#include "model/reference.h"

namespace ballast::doctor {

namespace {

constexpr std::array databases{"postgres", "postgis", "mysql", "mariadb",
                               "redis",    "valkey",  "mongo", "pgvector"};

void expand(Yaml& node, const std::map<std::string, std::string>& values) {
  if (node.scalar.find('$') != std::string::npos)
    node.scalar = expand_variables(node.scalar, values);
  for (Yaml& item : node.items) expand(item, values);
  for (auto& entry : node.entries) expand(entry.second, values);
}

bool is_nothing(const Yaml& node) {
  return node.type == Yaml::Type::null || (node.type == Yaml::Type::scalar && node.scalar.empty());
}

const Yaml* find_below(const Yaml& node, std::string_view keys) {
  const Yaml* found = &node;
  for (const std::string& key : split(keys, '.')) {
    found = found->find(key);
    if (found == nullptr) return nullptr;
  }
  return is_nothing(*found) ? nullptr : found;
}

Service& service_named(std::vector<Service>& services, const std::string& name) {
  const auto found = std::ranges::find(services, name, &Service::name);
  if (found != services.end()) return *found;
  return services.emplace_back(Service{.name = name, .layers = {}});
}

std::set<std::string> awaited_to_end(const std::vector<Service>& services) {
  std::set<std::string> names;
  for (const Service& service : services)
    if (const auto depends = service.find("depends_on"))
      for (const auto& [name, node] : depends->node->entries)
        if (const Yaml* condition = node.find("condition");
            condition != nullptr && condition->scalar == "service_completed_successfully")
          names.insert(name.scalar);
  return names;
}

Yaml list_of(const Yaml& item) {
  Yaml list;
  list.type = Yaml::Type::list;
  list.line = item.line;
  list.items = {item};
  return list;
}

}  // namespace

std::string Written::subject() const { return fmt::format("{}:{}", path, node->line); }

std::optional<Written> Service::find(std::string_view keys) const {
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
    if (const Yaml* found = find_below(layer->node, keys)) return Written{layer->path, found};
  return std::nullopt;
}

std::string Service::text(std::string_view keys) const {
  const auto found = find(keys);
  return found ? found->node->scalar : "";
}

std::vector<Written> Service::items(std::string_view key) const {
  std::vector<Written> found;
  for (const ServiceLayer& layer : layers)
    if (const Yaml* list = find_below(layer.node, key))
      for (const Yaml& item : list->items) found.push_back({layer.path, &item});
  return found;
}

std::string Service::subject() const {
  return fmt::format("{}:{}", layers.front().path, layers.front().line);
}

bool Service::extends() const { return find("extends").has_value(); }

std::vector<Service> read_services(const std::vector<ComposeText>& files,
                                   const std::map<std::string, std::string>& values) {
  std::vector<Service> services;
  for (const ComposeText& file : files) {
    Yaml root = parse_yaml(file.path, file.text);
    expand(root, values);
    const Yaml* found = root.type == Yaml::Type::map ? root.find("services") : nullptr;
    if (found == nullptr) continue;
    for (const auto& [key, node] : found->entries)
      service_named(services, key.scalar)
          .layers.push_back({.path = file.path, .line = key.line, .node = node});
  }
  if (services.empty()) throw Error(Kind::usage, files.front().path + " has no services");
  const auto awaited = awaited_to_end(services);
  for (Service& service : services) service.ends_by_itself = awaited.contains(service.name);
  return services;
}

std::vector<WrittenPort> ports_of(const Service& service) {
  std::vector<WrittenPort> ports;
  for (const Written& at : service.items("ports"))
    for (const ComposePort& port : read_ports({at.path, "`ports`", list_of(*at.node)}))
      ports.push_back({at, port});
  return ports;
}

std::vector<WrittenMount> mounts_of(const Service& service) {
  std::vector<WrittenMount> mounts;
  for (const Written& at : service.items("volumes"))
    for (const ComposeMount& mount : read_mounts({at.path, "`volumes`", list_of(*at.node)}))
      mounts.push_back({at, mount});
  return mounts;
}

std::string image_name(std::string_view image) {
  const std::string repository = parse_reference(image).repository;
  return repository.substr(repository.rfind('/') + 1);
}

bool is_database(const Service& service) {
  const std::string name = image_name(service.image());
  return std::ranges::any_of(databases,
                             [&](const char* database) { return name.starts_with(database); });
}

}  // namespace ballast::doctor
