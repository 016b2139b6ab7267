#include "model/privileges.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "model/service_privileges.h"

namespace ballast {

namespace {

constexpr auto kinds = std::to_array<PrivilegeKind>({
    {"build", "something to build on the server"},
    {"capability", "a capability of the kernel"},
    {"cgroup", "a parent of its control group"},
    {"device", "a device of the host"},
    {"file", "a file outside of the stack's folder"},
    {"group", "a further group"},
    {"host-path", "a path of the host"},
    {"key", "a key that is not known to be harmless"},
    {"logging", "another place for the log"},
    {"namespace", "a namespace that is not its own"},
    {"network", "a network that is not the stack's own"},
    {"network-mode", "a network that is not its own"},
    {"port", "a published port"},
    {"privileged", "all privileges"},
    {"project-name", "the name of the project"},
    {"restriction", "a restriction that is lifted"},
    {"runtime", "another runtime"},
    {"security-option", "a security option"},
    {"sysctl", "a setting of the kernel"},
    {"user", "root in the container"},
    {"volume", "a volume that is not the stack's own"},
});
static_assert(std::ranges::is_sorted(kinds, {}, &PrivilegeKind::name));

// Each scalar as Compose would see it; keys have no variables.
Yaml filled_in(Yaml node, const std::map<std::string, std::string>& values) {
  if (node.type == Yaml::Type::scalar) node.scalar = expand_variables(node.scalar, values);
  for (Yaml& item : node.items) item = filled_in(std::move(item), values);
  for (auto& entry : node.entries) entry.second = filled_in(std::move(entry.second), values);
  return node;
}

bool is_given(const Yaml* node) { return node != nullptr && node->type != Yaml::Type::null; }

std::string text_at(const Yaml& node, std::string_view key) {
  const Yaml* found = node.find(key);
  return found == nullptr ? std::string() : found->scalar;
}

class FileReader {
 public:
  FileReader(const std::string& path, const Yaml& root, const ComposeGround& ground)
      : path_(path), root_(root), ground_(ground) {}

  Privileges read() {
    for (const auto& [key, node] : root_.entries) read_top(key, node);
    return std::move(found_);
  }

 private:
  void want(std::string kind, std::string value, std::string detail = {}) {
    found_.wanted.insert({std::move(kind), std::move(value), std::move(detail)});
  }

  void read_top(const Yaml& key, const Yaml& node) {
    const std::string& name = key.scalar;
    if (name == "services") return read_services(node);
    if (name == "volumes") return read_named(node, "volume", {"labels"});
    if (name == "networks") return read_named(node, "network", {"attachable", "labels"});
    if (name == "configs" || name == "secrets") return read_files(name, node);
    if (name == "include") return read_includes(node);
    if (name == "name" && node.scalar != ground_.project) return want("project-name", node.scalar);
    if (name != "name" && name != "version" && !name.starts_with("x-"))
      want("key", name, flattened(node));
  }

  void read_services(const Yaml& services) {
    const std::set<std::string> externals = external_networks();
    for (const auto& [name, service] : services.entries)
      read_service_privileges(found_, {ground_, path_, externals}, name, service);
  }

  std::set<std::string> external_networks() const {
    std::set<std::string> names;
    const Yaml* networks = root_.find("networks");
    if (networks == nullptr) return names;
    for (const auto& [name, node] : networks->entries)
      if (is_external(name.scalar, node)) names.insert(name.scalar);
    return names;
  }

  bool is_own_name(const std::string& key, const std::string& name) const {
    return name.empty() || name == fmt::format("{}_{}", ground_.project, key);
  }

  bool is_external(const std::string& key, const Yaml& node) const {
    const std::string external = lower(text_at(node, "external"));
    const Yaml* given = node.find("external");
    const bool says_so = is_given(given) && external != "false";
    return says_so || !is_own_name(key, text_at(node, "name"));
  }

  // A volume or network of the stack's own has a driver of the engine's and no options: those of a
  // volume may name any path or device of the host.
  void read_named(const Yaml& section, const std::string& kind,
                  const std::vector<std::string_view>& harmless) {
    for (const auto& [name, node] : section.entries) {
      if (is_external(name.scalar, node)) want(kind, name.scalar, text_at(node, "name"));
      for (const auto& [key, value] : node.entries)
        read_setting(kind, name.scalar, key.scalar, value, harmless);
    }
  }

  void read_setting(const std::string& kind, const std::string& name, const std::string& key,
                    const Yaml& value, const std::vector<std::string_view>& harmless) {
    const bool is_default =
        !is_given(&value) || (value.type != Yaml::Type::scalar && flattened(value) == "{}");
    const bool is_usual =
        key == "name" || key == "external" ||
        (key == "driver" &&
         (value.scalar == "local" || value.scalar == "bridge" || value.scalar == "default")) ||
        key.starts_with("x-") || std::ranges::find(harmless, key) != harmless.end();
    if (is_default || is_usual || (kind == "network" && key == "ipam")) return;
    if (kind == "network" && key == "internal") {
      if (lower(value.scalar) == "true")
        found_.restrictions.insert({"restriction", fmt::format("network {}:internal", name), {}});
      return;
    }
    want(kind, fmt::format("{}:{}", name, key), flattened(value));
  }

  void read_files(const std::string& section, const Yaml& node) {
    for (const auto& [name, value] : node.entries)
      if (const Yaml* file = value.find("file"); is_given(file))
        want("host-path",
             fmt::format("{}:{}:{}", section, name.scalar, resolved_path(ground_, file->scalar)));
  }

  void read_includes(const Yaml& node) {
    for (const std::string_view key : {"path", "project_directory", "env_file"})
      for (const std::string& path : texts_or_maps(node, key))
        if (leads_outside(ground_, path)) want("file", "include:" + path);
  }

  const std::string& path_;
  const Yaml& root_;
  const ComposeGround& ground_;
  Privileges found_;
};

bool has(const Privileges& privileges, const Privilege& wanted) {
  return privileges.wanted.contains(wanted);
}

// "web:8069" allows "web:127.0.0.1:8069".
bool had_on_all_addresses(const Privileges& before, const Privilege& port) {
  const auto service = port.value.find(':');
  const auto published = port.value.rfind(':');
  if (port.kind != "port" || service == published) return false;
  return has(before, {port.kind, port.value.substr(0, service) + port.value.substr(published),
                      port.detail});
}

bool had_writable(const Privileges& before, const Privilege& path) {
  constexpr std::string_view read_only = ":ro";
  if (path.kind != "host-path" || !path.value.ends_with(read_only)) return false;
  return has(before,
             {path.kind, path.value.substr(0, path.value.size() - read_only.size()), path.detail});
}

bool is_of(const Privileges& after, const Privilege& restriction) {
  const std::string service = restriction.value.substr(0, restriction.value.find(':'));
  return service.starts_with("network ") || after.services.contains(service);
}

}  // namespace

std::span<const PrivilegeKind> privilege_kinds() { return kinds; }

std::string_view words_of(const Privilege& privilege) {
  const auto found = std::ranges::find(kinds, privilege.kind, &PrivilegeKind::name);
  return found == kinds.end() ? std::string_view() : found->words;
}

Privileges privileges_of(const std::string& path, std::string_view text,
                         const ComposeGround& ground) {
  const Yaml root = filled_in(parse_yaml(path, text), ground.variables);
  if (root.type != Yaml::Type::map) refuse_compose({path, "the compose file", root}, "a map");
  return FileReader(path, root, ground).read();
}

std::vector<Privilege> new_privileges(const Privileges& before, const Privileges& after) {
  std::vector<Privilege> found;
  for (const Privilege& privilege : after.wanted)
    if (!has(before, privilege) && !had_on_all_addresses(before, privilege) &&
        !had_writable(before, privilege))
      found.push_back(privilege);
  for (const Privilege& restriction : before.restrictions)
    if (!after.restrictions.contains(restriction) && is_of(after, restriction))
      found.push_back(restriction);
  std::ranges::sort(found);
  return found;
}

bool is_accepted(const Privilege& privilege, const std::vector<std::string>& words) {
  return std::ranges::any_of(words, [&](const std::string& word) {
    return word == privilege.kind || word == privilege.text();
  });
}

}  // namespace ballast
