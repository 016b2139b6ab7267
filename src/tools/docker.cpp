#include "tools/docker.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/text.h"
#include "tools/frames.h"

namespace ballast::docker {

namespace {

constexpr auto state_changes =
    std::to_array<std::string_view>({"create", "destroy", "die", "health_status", "oom", "pause",
                                     "rename", "restart", "start", "stop", "unpause"});
// What else somebody does to one. Of an exec one of its three events.
constexpr auto deeds = std::to_array<std::string_view>(
    {"archive-path", "commit", "exec_start", "export", "extract-to-dir", "kill", "update"});

std::map<std::string, std::string> text_map(const Json& object) {
  std::map<std::string, std::string> result;
  if (!object.is_object()) return result;
  for (const auto& [key, value] : object.items())
    if (value.is_string()) result[key] = value.get<std::string>();
  return result;
}

std::map<std::string, std::string> environment_of(const Json& list) {
  std::map<std::string, std::string> result;
  for (const std::string& line : texts_in(list)) {
    const auto equals = line.find('=');
    result[line.substr(0, equals)] = equals == std::string::npos ? "" : line.substr(equals + 1);
  }
  return result;
}

std::vector<Mount> mounts_of(const Json& list) {
  std::vector<Mount> mounts;
  if (!list.is_array()) return mounts;
  for (const Json& item : list)
    mounts.push_back({.type = text_at(item, "Type"),
                      .name = text_at(item, "Name"),
                      .source = text_at(item, "Source"),
                      .target = text_at(item, "Destination"),
                      .writable = flag_at(item, "RW", true)});
  return mounts;
}

std::map<std::string, std::string> addresses_of(const Json& networks) {
  std::map<std::string, std::string> addresses;
  if (!networks.is_object()) return addresses;
  for (const auto& [name, network] : networks.items()) {
    std::string address = text_at(network, "IPAddress");
    if (address.empty()) address = text_at(network, "GlobalIPv6Address");
    addresses[name] = address;
  }
  return addresses;
}

// "Up 5 minutes (healthy)"
std::string health_in(std::string_view status) {
  for (const std::string_view health : {"unhealthy", "healthy", "health: starting"})
    if (status.find(fmt::format("({})", health)) != std::string_view::npos)
      return std::string(health.substr(health.starts_with("health:") ? 8 : 0));
  return {};
}

int number_of(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::vector<PublishedPort> ports_of(const Json& ports) {
  std::vector<PublishedPort> published;
  if (!ports.is_object()) return published;
  for (const auto& [name, bindings] : ports.items()) {
    if (!bindings.is_array()) continue;
    const auto slash = name.find('/');
    for (const Json& binding : bindings)
      published.push_back(
          {.host_ip = text_at(binding, "HostIp"),
           .host_port = number_of(text_at(binding, "HostPort")),
           .container_port = number_of(name.substr(0, slash)),
           .protocol = slash == std::string::npos ? "tcp" : name.substr(slash + 1)});
  }
  return published;
}

// What the engine runs for a health check, in the words of its events.
std::string health_command_of(const Json& configuration) {
  std::vector<std::string> words = texts_in(member(member(configuration, "Healthcheck"), "Test"));
  if (words.empty() || words.front() == "NONE") return {};
  const bool by_shell = words.front() == "CMD-SHELL";
  words.erase(words.begin());
  if (!by_shell) return join(words, " ");
  const auto shell = texts_in(member(configuration, "Shell"));
  return join(shell.empty() ? std::vector<std::string>{"/bin/sh", "-c"} : shell, " ") + " " +
         join(words, " ");
}

void take_state(Container& container, const Json& state) {
  container.state = text_at(state, "Status");
  container.health = text_at(member(state, "Health"), "Status");
  if (container.health == "none") container.health.clear();
  container.exit_code = static_cast<int>(number_at(state, "ExitCode"));
  container.started_at = text_at(state, "StartedAt");
  container.finished_at = text_at(state, "FinishedAt");
  container.process = number_at(state, "Pid");
  container.error = text_at(state, "Error");
  container.out_of_memory_killed = flag_at(state, "OOMKilled");
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return has(text, part); });
}

}  // namespace

std::string Container::label(std::string_view key) const {
  const auto found = labels.find(std::string(key));
  return found == labels.end() ? std::string() : found->second;
}

std::string Image::digest_of(const std::string& repository) const {
  for (const std::string& digest : repo_digests)
    if (digest.starts_with(repository + "@")) return digest;
  return {};
}

Container parse_container(const Json& inspected) {
  Container container;
  container.id = text_at(inspected, "Id");
  container.name = text_at(inspected, "Name");
  if (container.name.starts_with('/')) container.name.erase(0, 1);
  container.image_id = text_at(inspected, "Image");
  container.created_at = text_at(inspected, "Created");
  container.log_path = text_at(inspected, "LogPath");
  container.restart_count = static_cast<int>(number_at(inspected, "RestartCount"));
  take_state(container, member(inspected, "State"));
  const Json& restart = member(member(inspected, "HostConfig"), "RestartPolicy");
  container.restart_policy = text_at(restart, "Name");
  container.restart_tries = static_cast<int>(number_at(restart, "MaximumRetryCount"));
  const Json& configuration = member(inspected, "Config");
  container.image = text_at(configuration, "Image");
  container.labels = text_map(member(configuration, "Labels"));
  container.environment = environment_of(member(configuration, "Env"));
  container.command = texts_in(member(configuration, "Cmd"));
  container.entrypoint = texts_in(member(configuration, "Entrypoint"));
  container.health_command = health_command_of(configuration);
  container.mounts = mounts_of(member(inspected, "Mounts"));
  const Json& network = member(inspected, "NetworkSettings");
  container.addresses = addresses_of(member(network, "Networks"));
  container.ports = ports_of(member(network, "Ports"));
  return container;
}

Image parse_image(const Json& inspected) {
  Image image;
  image.id = text_at(inspected, "Id");
  image.tags = texts_in(member(inspected, "RepoTags"));
  image.repo_digests = texts_in(member(inspected, "RepoDigests"));
  image.created = text_at(inspected, "Created");
  image.size = static_cast<std::uint64_t>(number_at(inspected, "Size"));
  const Json& configuration = member(inspected, "Config");
  image.labels = text_map(member(configuration, "Labels"));
  image.environment = environment_of(member(configuration, "Env"));
  image.command = texts_in(member(configuration, "Cmd"));
  image.entrypoint = texts_in(member(configuration, "Entrypoint"));
  image.user = text_at(configuration, "User");
  if (const Json& volumes = member(configuration, "Volumes"); volumes.is_object())
    for (const auto& [path, unused] : volumes.items()) image.volumes.push_back(path);
  return image;
}

EngineInfo parse_info(const Json& info) {
  return {.version = text_at(info, "ServerVersion"),
          .api_version = text_at(info, "ApiVersion"),
          .root_directory = text_at(info, "DockerRootDir", "/var/lib/docker"),
          .driver = text_at(info, "Driver"),
          .system_time = text_at(info, "SystemTime")};
}

// Of cgroup v1 and v2; a cache that is larger than all was measured at another moment.
std::optional<std::uint64_t> parse_memory(const Json& stats) {
  const Json& memory = member(stats, "memory_stats");
  const long long usage = number_at(memory, "usage", -1);
  if (usage < 0) return std::nullopt;
  const Json& parts = member(memory, "stats");
  const long long cache =
      number_at(parts, "total_inactive_file", number_at(parts, "inactive_file"));
  return static_cast<std::uint64_t>(cache < usage ? usage - cache : usage);
}

std::string url_escaped(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') ||
                       std::string_view("-._~").find(letter) != std::string_view::npos;
    result +=
        plain ? std::string(1, letter) : fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  }
  return result;
}

Json new_container_json(const NewContainer& wanted) {
  Json environment = Json::array();
  for (const auto& [name, value] : wanted.environment)
    environment.push_back(fmt::format("{}={}", name, value));
  Json binds = Json::array();
  for (const Bind& bind : wanted.binds)
    binds.push_back({{"Type", bind.source.starts_with('/') ? "bind" : "volume"},
                     {"Source", bind.source},
                     {"Target", bind.target},
                     {"ReadOnly", !bind.writable}});
  Json json = {{"Image", wanted.image}};
  if (!wanted.entrypoint.empty()) json["Entrypoint"] = wanted.entrypoint;
  if (!wanted.entrypoint.empty() || !wanted.command.empty()) json["Cmd"] = wanted.command;
  if (!environment.empty()) json["Env"] = environment;
  if (!wanted.user.empty()) json["User"] = wanted.user;
  json["Labels"] = wanted.labels;
  json["Healthcheck"] = {{"Test", {"NONE"}}};
  Json& host = json["HostConfig"] = {{"NetworkMode", wanted.network}};
  if (!binds.empty()) host["Mounts"] = binds;
  if (!wanted.hosts.empty()) host["ExtraHosts"] = wanted.hosts;
  // Its log is read: the engine's default driver may be one that cannot be.
  host["LogConfig"] = {{"Type", "json-file"}};
  return json;
}

Json new_volume_json(const NewVolume& wanted) {
  return {{"Name", wanted.name},
          {"Driver", "local"},
          {"DriverOpts", wanted.options},
          {"Labels", wanted.labels}};
}

std::vector<ListedContainer> parse_list(const Json& list) {
  std::vector<ListedContainer> containers;
  if (!list.is_array()) return containers;
  for (const Json& item : list)
    containers.push_back({.id = text_at(item, "Id"),
                          .project = text_at(member(item, "Labels"), label_project),
                          .state = text_at(item, "State"),
                          .health = health_in(text_at(item, "Status"))});
  return containers;
}

bool changes_state(const Event& event) {
  return std::ranges::find(state_changes, event.action) != state_changes.end();
}

// Not all of them: a health check alone makes three events whenever it asks.
std::string events_query() {
  Json events = Json::array();
  for (const auto& actions :
       {std::span<const std::string_view>(state_changes), std::span<const std::string_view>(deeds)})
    for (const std::string_view action : actions) events.push_back(action);
  const Json filters = {{"type", {"container"}}, {"event", events}};
  return "/events?filters=" + url_escaped(json_text(filters));
}

std::optional<Event> parse_event(const Json& line) {
  if (text_at(line, "Type") != "container") return std::nullopt;
  const Json& actor = member(line, "Actor");
  const std::string action = text_at(line, "Action");
  const auto colon = action.find(": ");
  const auto attributes = text_map(member(actor, "Attributes"));
  Event event{.action = action.substr(0, colon),
              .detail = colon == std::string::npos ? "" : action.substr(colon + 2),
              .id = text_at(actor, "ID"),
              .project = {},
              .attributes = attributes,
              .at = Time(std::chrono::duration_cast<Duration>(
                  std::chrono::nanoseconds(number_at(line, "timeNano"))))};
  event.project = event.attribute(label_project);
  return event;
}

std::string Event::attribute(std::string_view key) const {
  const auto found = attributes.find(std::string(key));
  return found == attributes.end() ? std::string() : found->second;
}

std::vector<ChangedPath> parse_changes(const Json& changes) {
  std::vector<ChangedPath> found;
  if (!changes.is_array()) return found;  // null: nothing was changed
  for (const Json& item : changes) {
    const auto kind = number_at(item, "Kind", -1);
    if (kind < 0 || kind > 2) continue;
    found.push_back({.kind = static_cast<ChangeKind>(kind), .path = text_at(item, "Path")});
  }
  std::ranges::sort(found, {}, &ChangedPath::path);
  return found;
}

std::string list_query(const std::vector<std::string>& labels, bool all) {
  const Json filters = labels.empty() ? Json::object() : Json{{"label", labels}};
  return fmt::format("/containers/json?all={}&filters={}", all ? 1 : 0,
                     url_escaped(json_text(filters)));
}

std::string log_text(std::string_view body) {
  std::string text;
  bool is_framed = false;
  while (const auto frame = take_frame(body)) {
    text += frame->bytes;
    is_framed = true;
  }
  return is_framed ? text : std::string(body);
}

PullProgress parse_pull_line(const Json& line) {
  const Json& detail = member(line, "progressDetail");
  PullProgress progress{.layer = text_at(line, "id"),
                        .status = text_at(line, "status"),
                        .current = static_cast<std::uint64_t>(number_at(detail, "current")),
                        .total = static_cast<std::uint64_t>(number_at(detail, "total")),
                        .error = text_at(line, "error")};
  if (progress.error.empty()) progress.error = text_at(member(line, "errorDetail"), "message");
  return progress;
}

PullFailure classify_pull_failure(std::string_view message) {
  const std::string said = lower(message);
  if (has_any(said, {"no space left"})) return PullFailure::disk_full;
  if (has_any(said, {"unauthorized", "authentication required", "no basic auth", "access denied",
                     "denied:", "access forbidden", "pull access denied"}))
    return PullFailure::unauthorised;
  if (has_any(said,
              {"manifest unknown", "not found", "does not exist", "no such image", "name unknown"}))
    return PullFailure::not_found;
  if (has_any(said, {"connection refused", "no such host", "timeout", "i/o timeout",
                     "network is unreachable", "server misbehaving", "deadline exceeded",
                     "temporary failure", "unexpected eof", ": eof", "connection reset",
                     "no route to host", "tls:", "tls handshake", "x509:"}))
    return PullFailure::unreachable;
  return said.empty() ? PullFailure::none : PullFailure::other;
}

}  // namespace ballast::docker
