#include "model/service_privileges.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ballast {

namespace {

// What a container may be told without more of the host being in its reach.
constexpr auto harmless_keys = std::to_array<std::string_view>({"attach",
                                                                "command",
                                                                "configs",
                                                                "container_name",
                                                                "cpu_count",
                                                                "cpu_percent",
                                                                "cpu_period",
                                                                "cpu_quota",
                                                                "cpu_shares",
                                                                "cpus",
                                                                "cpuset",
                                                                "depends_on",
                                                                "dns",
                                                                "dns_opt",
                                                                "dns_search",
                                                                "domainname",
                                                                "entrypoint",
                                                                "environment",
                                                                "expose",
                                                                "extra_hosts",
                                                                "healthcheck",
                                                                "hostname",
                                                                "image",
                                                                "init",
                                                                "labels",
                                                                "links",
                                                                "mac_address",
                                                                "mem_limit",
                                                                "mem_reservation",
                                                                "mem_swappiness",
                                                                "memswap_limit",
                                                                "pids_limit",
                                                                "platform",
                                                                "profiles",
                                                                "pull_policy",
                                                                "restart",
                                                                "scale",
                                                                "secrets",
                                                                "shm_size",
                                                                "stdin_open",
                                                                "stop_grace_period",
                                                                "stop_signal",
                                                                "tmpfs",
                                                                "tty",
                                                                "ulimits",
                                                                "working_dir"});
static_assert(std::ranges::is_sorted(harmless_keys));

constexpr std::array<std::string_view, 3> drivers_of_logs{"json-file", "local", "none"};
// Options of a mount that widen nothing.
constexpr std::array<std::string_view, 9> usual_options{
    "rw", "ro", "z", "Z", "cached", "consistent", "delegated", "nocopy", "rprivate"};

bool is_false(const Yaml& node) {
  return node.type == Yaml::Type::null || lower(node.scalar) == "false";
}

std::string text_or_flattened(const Yaml& node) {
  return node.type == Yaml::Type::scalar ? node.scalar : flattened(node);
}

std::vector<std::string> texts_in(const Yaml& node) {
  std::vector<std::string> texts;
  for (const Yaml& item : node.items) texts.push_back(text_or_flattened(item));
  for (const auto& [key, value] : node.entries)
    texts.push_back(fmt::format("{}={}", key.scalar, text_or_flattened(value)));
  if (node.type == Yaml::Type::scalar) texts.push_back(node.scalar);
  return texts;
}

bool is_root(std::string_view user) {
  const std::string_view name = user.substr(0, user.find(':'));
  return name == "root" || (!name.empty() && name.find_first_not_of('0') == std::string_view::npos);
}

std::string address_of(const ComposePort& port) {
  const bool is_all = port.host_ip.empty() || port.host_ip == "0.0.0.0" || port.host_ip == "::";
  if (is_all) return {};
  return port.host_ip.find(':') == std::string::npos ? port.host_ip + ":"
                                                     : fmt::format("[{}]:", port.host_ip);
}

bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789_.-") == std::string_view::npos;
}

// Those of a short form behind its target, or the propagation that a long one names.
std::string widening_options(const Yaml& mount) {
  std::vector<std::string> options;
  if (const Yaml* bind = mount.find("bind"))
    if (const Yaml* propagation = bind->find("propagation")) options = {propagation->scalar};
  const std::vector<std::string> parts = split(mount.scalar, ':');
  if (mount.type == Yaml::Type::scalar && parts.size() > 2) options = split(parts.back(), ',');
  std::erase_if(options, [](const std::string& option) {
    return std::ranges::find(usual_options, option) != usual_options.end();
  });
  return options.empty() ? std::string() : ":" + join(options, ",");
}

class ServiceReader {
 public:
  ServiceReader(Privileges& found, const ServiceGround& where, const Yaml& name,
                const Yaml& service)
      : found_(found), where_(where), name_(name.scalar), service_(service) {}

  void read() {
    found_.services.insert(name_);
    for (const auto& [key, node] : service_.entries) read_key(key.scalar, node);
  }

 private:
  struct Reader {
    std::string_view key;
    void (ServiceReader::*read)(const std::string& key, const Yaml& node);
  };
  static const Reader* reader_of(std::string_view key);

  void want(std::string_view kind, const std::string& value, std::string detail = {}) {
    found_.wanted.insert(
        {std::string(kind), fmt::format("{}:{}", name_, value), std::move(detail)});
  }

  void want_each(std::string_view kind, const Yaml& node) {
    for (const std::string& text : texts_in(node)) want(kind, text);
  }

  void restrict(const std::string& what) {
    found_.restrictions.insert({"restriction", fmt::format("{}:{}", name_, what), {}});
  }

  ComposeValue value(const std::string& key, const Yaml& node) const {
    return {where_.path, fmt::format("`{}` of service `{}`", key, name_), node};
  }

  void read_key(const std::string& key, const Yaml& node) {
    if (const Reader* reader = reader_of(key)) (this->*reader->read)(key, node);
    const bool is_known = reader_of(key) != nullptr || key.starts_with("x-") ||
                          std::ranges::binary_search(harmless_keys, key);
    if (!is_known) want("key", key, flattened(node));
  }

  void read_privileged(const std::string&, const Yaml& node) {
    if (!is_false(node)) found_.wanted.insert({"privileged", name_, {}});
  }

  void read_build(const std::string&, const Yaml& node) {
    if (node.type != Yaml::Type::null) found_.wanted.insert({"build", name_, flattened(node)});
  }

  void read_capabilities(const std::string&, const Yaml& node) { want_each("capability", node); }

  void read_dropped(const std::string&, const Yaml& node) {
    for (const std::string& text : texts_in(node)) restrict("cap_drop " + text);
  }

  void read_read_only(const std::string& key, const Yaml& node) {
    if (!is_false(node)) restrict(key);
  }

  void read_devices(const std::string&, const Yaml& node) { want_each("device", node); }

  void read_deploy(const std::string&, const Yaml& node) {
    const Yaml* resources = node.find("resources");
    const Yaml* reservations = resources == nullptr ? nullptr : resources->find("reservations");
    const Yaml* devices = reservations == nullptr ? nullptr : reservations->find("devices");
    if (devices != nullptr) want_each("device", *devices);
  }

  void read_groups(const std::string&, const Yaml& node) { want_each("group", node); }
  void read_sysctls(const std::string&, const Yaml& node) { want_each("sysctl", node); }
  void read_runtime(const std::string&, const Yaml& node) { want_each("runtime", node); }
  void read_cgroup(const std::string&, const Yaml& node) { want_each("cgroup", node); }

  void read_security(const std::string&, const Yaml& node) {
    for (const std::string& text : texts_in(node))
      if (text == "no-new-privileges" || text == "no-new-privileges:true" ||
          text == "no-new-privileges=true")
        restrict("no-new-privileges");
      else
        want("security-option", text);
  }

  void read_namespace(const std::string& key, const Yaml& node) {
    const std::string& text = node.scalar;
    const bool is_own = text.empty() || text == "private" || text == "none" ||
                        text == "shareable" || text.starts_with("service:");
    if (!is_own) want("namespace", fmt::format("{}={}", key, text));
  }

  void read_network_mode(const std::string& key, const Yaml& node) {
    const std::string& text = node.scalar;
    if (text == "none") return restrict(key + " none");
    if (!text.empty() && text != "bridge" && text != "default" && !text.starts_with("service:"))
      want("network-mode", text);
  }

  void read_networks(const std::string&, const Yaml& node) {
    std::vector<std::string> names;
    for (const Yaml& item : node.items) names.push_back(item.scalar);
    for (const auto& entry : node.entries) names.push_back(entry.first.scalar);
    for (const std::string& name : names)
      if (where_.externals.contains(name)) want("network", name);
  }

  void read_user(const std::string& key, const Yaml& node) {
    if (node.scalar.empty()) return;
    if (is_root(node.scalar))
      want("user", node.scalar);
    else
      restrict(key);
  }

  void read_published(const std::string& key, const Yaml& node) {
    for (const ComposePort& port : read_ports(value(key, node)))
      want("port",
           fmt::format("{}{}{}", address_of(port),
                       port.published.empty() ? "any port for " + port.target : port.published,
                       port.protocol == "tcp" ? "" : "/" + port.protocol));
  }

  void read_volumes(const std::string& key, const Yaml& node) {
    const auto mounts = read_mounts(value(key, node));
    for (std::size_t index = 0; index < mounts.size(); ++index)
      read_mount(mounts[index], node.items[index]);
  }

  void read_mount(const ComposeMount& mount, const Yaml& node) {
    const bool is_anonymous =
        mount.source.empty() && (node.type == Yaml::Type::map || !node.scalar.starts_with(':'));
    const bool is_own =
        mount.type == ComposeMount::Type::tmpfs ||
        (mount.type == ComposeMount::Type::volume && (is_anonymous || is_word(mount.source)));
    if (is_own) return;
    if (mount.type == ComposeMount::Type::other) return want("key", "volumes", flattened(node));
    want("host-path", fmt::format("{}{}{}", resolved_path(where_.ground, mount.source),
                                  widening_options(node), mount.read_only ? ":ro" : ""));
  }

  void read_files(const std::string& key, const Yaml& node) {
    for (const std::string& path : texts_or_maps(node, key == "extends" ? "file" : "path"))
      if (leads_outside(where_.ground, path)) want("file", path);
  }

  // In short form the name of a service in the same file.
  void read_extends(const std::string& key, const Yaml& node) {
    if (node.type == Yaml::Type::map) read_files(key, node);
  }

  void read_logging(const std::string&, const Yaml& node) {
    const Yaml* driver = node.find("driver");
    const bool is_usual =
        driver == nullptr || driver->scalar.empty() ||
        std::ranges::find(drivers_of_logs, driver->scalar) != drivers_of_logs.end();
    if (!is_usual) want("logging", driver->scalar, flattened(node));
  }

  Privileges& found_;
  const ServiceGround& where_;
  const std::string& name_;
  const Yaml& service_;
};

const ServiceReader::Reader* ServiceReader::reader_of(std::string_view key) {
  static constexpr auto readers = std::to_array<Reader>({
      {"build", &ServiceReader::read_build},
      {"cap_add", &ServiceReader::read_capabilities},
      {"cap_drop", &ServiceReader::read_dropped},
      {"cgroup", &ServiceReader::read_namespace},
      {"cgroup_parent", &ServiceReader::read_cgroup},
      {"deploy", &ServiceReader::read_deploy},
      {"device_cgroup_rules", &ServiceReader::read_devices},
      {"devices", &ServiceReader::read_devices},
      {"env_file", &ServiceReader::read_files},
      {"extends", &ServiceReader::read_extends},
      {"gpus", &ServiceReader::read_devices},
      {"group_add", &ServiceReader::read_groups},
      {"ipc", &ServiceReader::read_namespace},
      {"logging", &ServiceReader::read_logging},
      {"network_mode", &ServiceReader::read_network_mode},
      {"networks", &ServiceReader::read_networks},
      {"pid", &ServiceReader::read_namespace},
      {"ports", &ServiceReader::read_published},
      {"privileged", &ServiceReader::read_privileged},
      {"read_only", &ServiceReader::read_read_only},
      {"runtime", &ServiceReader::read_runtime},
      {"security_opt", &ServiceReader::read_security},
      {"sysctls", &ServiceReader::read_sysctls},
      {"user", &ServiceReader::read_user},
      {"userns_mode", &ServiceReader::read_namespace},
      {"uts", &ServiceReader::read_namespace},
      {"volumes", &ServiceReader::read_volumes},
  });
  const auto found = std::ranges::find(readers, key, &Reader::key);
  return found == readers.end() ? nullptr : &*found;
}

}  // namespace

void read_service_privileges(Privileges& found, const ServiceGround& where, const Yaml& name,
                             const Yaml& service) {
  if (service.type == Yaml::Type::map) return ServiceReader(found, where, name, service).read();
  refuse_compose({where.path, fmt::format("service `{}`", name.scalar), service}, "a map");
}

}  // namespace ballast
