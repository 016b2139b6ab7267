#include "model/compose_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "model/compose_syntax.h"

namespace ballast {

namespace {

bool is_given(const Yaml* node) { return node != nullptr && node->type != Yaml::Type::null; }

bool says_true(const Yaml* node) { return node != nullptr && lower(node->scalar) == "true"; }

bool is_switched_off(const Yaml& health_check) {
  if (says_true(health_check.find("disable"))) return true;
  const Yaml* test = health_check.find("test");
  if (test == nullptr) return false;
  return test->scalar == "NONE" || (!test->items.empty() && test->items.front().scalar == "NONE");
}

class ServiceReader {
 public:
  ServiceReader(const std::string& path, const Yaml& key, const Yaml& node)
      : path_(path), node_(node) {
    service_.name = key.scalar;
    service_.line = key.line;
  }

  ComposeService read() {
    if (node_.type != Yaml::Type::map)
      refuse_compose({path_, fmt::format("service `{}`", service_.name), node_}, "a map");
    read_texts();
    read_lists();
    read_flags();
    return std::move(service_);
  }

 private:
  void with(std::string_view key, auto&& action) const {
    if (const Yaml* found = node_.find(key))
      action(ComposeValue{path_, fmt::format("`{}` of service `{}`", key, service_.name), *found});
  }

  void read_texts() {
    with("image", [&](const ComposeValue& value) { service_.image = read_text(value); });
    with("container_name",
         [&](const ComposeValue& value) { service_.container_name = read_text(value); });
    with("network_mode",
         [&](const ComposeValue& value) { service_.network_mode = read_text(value); });
  }

  void read_lists() {
    with("ports", [&](const ComposeValue& value) { service_.ports = read_ports(value); });
    with("volumes", [&](const ComposeValue& value) { service_.mounts = read_mounts(value); });
    with("tmpfs", [&](const ComposeValue& value) {
      for (ComposeMount& mount : read_tmpfs(value)) service_.mounts.push_back(std::move(mount));
    });
    with("environment",
         [&](const ComposeValue& value) { service_.environment = read_environment(value); });
    with("labels", [&](const ComposeValue& value) { service_.labels = read_label_keys(value); });
    with("command", [&](const ComposeValue& value) { service_.command = read_command(value); });
  }

  void read_flags() {
    service_.builds = is_given(node_.find("build"));
    const Yaml* health_check = node_.find("healthcheck");
    service_.has_health_check = is_given(health_check) && !is_switched_off(*health_check);
    service_.has_stop_grace_period = is_given(node_.find("stop_grace_period"));
    service_.has_env_file = is_given(node_.find("env_file"));
  }

  const std::string& path_;
  const Yaml& node_;
  ComposeService service_;
};

const Yaml& required_services(const std::string& path, const Yaml& root) {
  const std::string hint = "a compose file lists its containers under `services:`";
  if (root.type == Yaml::Type::null)
    throw Error(Kind::usage, fmt::format("{} is empty", path), hint);
  if (root.type != Yaml::Type::map) refuse_compose({path, "the compose file", root}, "a map");
  const Yaml* services = root.find("services");
  if (services == nullptr)
    throw Error(Kind::usage, fmt::format("{} has no `services:`", path), hint);
  if (services->type != Yaml::Type::null && services->type != Yaml::Type::map)
    refuse_compose({path, "`services`", *services}, "a map");
  if (services->entries.empty())
    throw Error(Kind::usage, fmt::format("{}:{}: `services` is empty", path, services->line), hint);
  return *services;
}

// Of several uses the one that asks most is kept: a plain ${X} asks for more than ${X:-d}.
int demand(const ComposeVariable& variable) {
  if (variable.nested) return 0;
  if (variable.has_default) return 1;
  if (variable.required && !variable.empty_is_unset) return 2;
  return 3;
}

class VariableCollector {
 public:
  void collect(const Yaml& node) {
    if (node.type == Yaml::Type::scalar) add(node);
    for (const Yaml& item : node.items) collect(item);
    for (const auto& entry : node.entries) collect(entry.second);
  }

  std::vector<ComposeVariable> variables() { return std::move(found_); }

 private:
  void add(const Yaml& node) {
    for (ComposeVariable& variable : variables_of(node.scalar)) {
      variable.line = node.line;
      const auto [place, is_new] = places_.try_emplace(variable.name, found_.size());
      if (is_new)
        found_.push_back(std::move(variable));
      else if (demand(variable) > demand(found_[place->second]))
        found_[place->second] = std::move(variable);
    }
  }

  std::map<std::string, std::size_t> places_;
  std::vector<ComposeVariable> found_;
};

bool names_a_file(const Yaml* section) {
  return section != nullptr && std::ranges::any_of(section->entries, [](const auto& entry) {
           return is_given(entry.second.find("file"));
         });
}

bool refers_to_files(const Yaml& root, const Yaml& services) {
  if (is_given(root.find("include"))) return true;
  if (names_a_file(root.find("configs")) || names_a_file(root.find("secrets"))) return true;
  return std::ranges::any_of(services.entries, [](const auto& entry) {
    return is_given(entry.second.find("env_file")) || is_given(entry.second.find("extends"));
  });
}

std::vector<std::string> keys_of(const Yaml* section) {
  std::vector<std::string> keys;
  if (section != nullptr)
    for (const auto& entry : section->entries) keys.push_back(entry.first.scalar);
  return keys;
}

}  // namespace

const ComposeService* ComposeFile::service(std::string_view name) const {
  const auto found = std::ranges::find(services, name, &ComposeService::name);
  return found == services.end() ? nullptr : &*found;
}

ComposeFile parse_compose(const std::string& path, std::string_view text) {
  const Yaml root = parse_yaml(path, text);
  const Yaml& services = required_services(path, root);
  ComposeFile compose;
  compose.path = path;
  if (const Yaml* name = root.find("name"))
    compose.project_name = read_text({path, "`name`", *name});
  for (const auto& [key, node] : services.entries)
    compose.services.push_back(ServiceReader(path, key, node).read());
  compose.volumes = keys_of(root.find("volumes"));
  VariableCollector collector;
  collector.collect(root);
  compose.variables = collector.variables();
  compose.refers_to_other_files = refers_to_files(root, services);
  return compose;
}

}  // namespace ballast
