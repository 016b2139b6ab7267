// The Engine API as data: what is asked, and what an answer means. Pure; `Engine` does the talking.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace ballast::docker {

// Labels that Compose puts on what it makes (v1.29 and v2 alike), and ours.
inline constexpr std::string_view label_project = "com.docker.compose.project";
inline constexpr std::string_view label_service = "com.docker.compose.service";
inline constexpr std::string_view label_one_off = "com.docker.compose.oneoff";  // "True" / "False"
inline constexpr std::string_view label_compose_version = "com.docker.compose.version";
inline constexpr std::string_view label_working_directory =
    "com.docker.compose.project.working_dir";
inline constexpr std::string_view label_config_hash = "com.docker.compose.config-hash";
inline constexpr std::string_view label_candidate = "tools.ballast.candidate";  // operation id
inline constexpr std::string_view label_operation = "tools.ballast.operation";  // of a workbench
inline constexpr std::string_view label_revision = "org.opencontainers.image.revision";
inline constexpr std::string_view label_stack = "tools.ballast.stack";  // of an image with files
inline constexpr std::string_view label_created = "org.opencontainers.image.created";

struct Mount {
  std::string type;  // volume, bind, tmpfs
  std::string name;  // of a volume
  std::string source;
  std::string target;
  bool writable = true;
};

struct PublishedPort {
  std::string host_ip;
  int host_port = 0;
  int container_port = 0;
  std::string protocol;
};

struct Container {
  std::string id;
  long long process = 0;  // on this host; 0 unless it runs
  std::string name;       // without the leading slash
  std::string image_id;   // sha256:…
  std::string image;      // as it was asked for: repository:tag
  std::string state;      // created, running, restarting, paused, exited, dead
  std::string health;     // healthy, unhealthy, starting, or empty: no health check
  int exit_code = 0;
  int restart_count = 0;
  std::string created_at;
  std::string started_at;
  std::string finished_at;     // of its last end
  std::string restart_policy;  // no, always, unless-stopped, on-failure
  int restart_tries = 0;       // of on-failure; 0: no limit
  std::string error;           // why it did not start
  std::string log_path;        // on this host; empty: its driver keeps none
  bool out_of_memory_killed = false;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> environment;
  std::vector<std::string> command;  // Cmd
  std::vector<std::string> entrypoint;
  std::string health_command;  // as the engine's events name it: "/bin/sh -c curl …"
  std::map<std::string, std::string> addresses;  // network name → IP (v4, else v6)
  std::vector<Mount> mounts;
  std::vector<PublishedPort> ports;

  std::string label(std::string_view key) const;  // empty when absent
  bool running() const { return state == "running"; }
  std::string short_id() const { return id.substr(0, 12); }
};

struct Image {
  // repository@sha256:…; empty for an image that no registry knows under this repository.
  std::string digest_of(const std::string& repository) const;

  std::string id;
  std::vector<std::string> tags;          // repository:tag
  std::vector<std::string> repo_digests;  // repository@sha256:…
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> environment;
  std::vector<std::string> volumes;  // VOLUME paths
  std::vector<std::string> command;
  std::vector<std::string> entrypoint;
  std::string user;
  std::string created;
  std::uint64_t size = 0;
};

struct EngineInfo {
  std::string version;
  std::string api_version;
  std::string root_directory;  // /var/lib/docker
  std::string driver;
  std::string system_time;  // its clock, ISO 8601
};

struct Bind {
  std::string source;  // a folder of the host, or a volume by its name
  std::string target;
  bool writable = false;
};

// A container of our own making.
struct NewContainer {
  std::string image;
  std::vector<std::string> entrypoint = {};
  std::vector<std::string> command = {};
  std::map<std::string, std::string> environment = {};
  std::map<std::string, std::string> labels = {};
  std::string network = "none";         // or "container:<id>"
  std::vector<std::string> hosts = {};  // "name:address", for its /etc/hosts
  std::vector<Bind> binds = {};
  std::string user = {};  // empty: the image's
};
Json new_container_json(const NewContainer& wanted);  // of POST /containers/create

// A volume of our own making, of the driver `local`.
struct NewVolume {
  std::string name;
  std::map<std::string, std::string> labels = {};
  std::map<std::string, std::string> options = {};  // of the mount: type, device, o
};
Json new_volume_json(const NewVolume& wanted);  // of POST /volumes/create

// A container as a list names it: enough to see that something about it is not as before.
struct ListedContainer {
  std::string id;
  std::string project;  // Compose's; empty: none
  std::string state;    // as Container::state
  std::string health;   // as Container::health
};

// What happened to a container.
struct Event {
  std::string action;                             // "die", "start", "health_status"
  std::string detail;                             // "unhealthy"; of "exec_start" the command
  std::string id;                                 // of the container
  std::string project;                            // Compose's; empty: none
  std::map<std::string, std::string> attributes;  // labels of the container, "name", "execID" …
  Time at{};                                      // by the engine's clock

  std::string attribute(std::string_view key) const;  // empty when absent
};

// One line of `docker diff`: what in a container is not as its image has it.
enum class ChangeKind { changed, added, removed };
struct ChangedPath {
  ChangeKind kind = ChangeKind::changed;
  std::string path;
  auto operator<=>(const ChangedPath&) const = default;
};
std::vector<ChangedPath> parse_changes(const Json& changes);  // of GET /containers/{id}/changes

std::vector<ListedContainer> parse_list(const Json& list);  // of GET /containers/json?all=1
std::string events_query();                          // "/events?filters=…": what changes a state
std::optional<Event> parse_event(const Json& line);  // nullopt: of something else
bool changes_state(const Event& event);  // of a container, as a list or its inspection shows it

Container parse_container(const Json& inspected);  // of GET /containers/{id}/json
Image parse_image(const Json& inspected);          // of GET /images/{name}/json
EngineInfo parse_info(const Json& info);           // of GET /info
// Of GET /containers/{id}/stats: bytes, without the page cache that the kernel gives back when it
// is asked to; the figure that `docker stats` shows. nullopt: the container does not run.
std::optional<std::uint64_t> parse_memory(const Json& stats);
std::string list_query(const std::vector<std::string>& labels,
                       bool all);  // "/containers/json?all=1&filters=…"
std::string url_escaped(std::string_view text);

// A `logs` body (frames of 8-byte headers, or raw with a TTY) as plain text.
std::string log_text(std::string_view body);

// One line of the pull stream.
struct PullProgress {
  std::string layer;
  std::string status;  // "Downloading", "Pull complete", …
  std::uint64_t current = 0;
  std::uint64_t total = 0;
  std::string error;  // not empty: the pull failed
};
PullProgress parse_pull_line(const Json& line);

// "unauthorised", "unknown tag", "registry not reachable", … from what the engine says of a failed
// pull.
enum class PullFailure { none, not_found, unauthorised, unreachable, disk_full, other };
PullFailure classify_pull_failure(std::string_view message);

}  // namespace ballast::docker
