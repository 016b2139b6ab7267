#include "restore/drill_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "live/candidate.h"
#include "live/workbench.h"
#include "restore/neutralise.h"
#include "restore/staging.h"
#include "tools/postgres_outside.h"

namespace ballast {

namespace {

constexpr std::string_view superuser = "ballast_drill";
constexpr Duration longest_run = std::chrono::minutes(10);
// Variables by which images are told where their database is.
constexpr auto names_of_host =
    std::to_array<std::string_view>({"DATABASE_HOST", "DB_HOST", "PGHOST", "POSTGRES_HOST"});
constexpr auto names_of_port =
    std::to_array<std::string_view>({"DATABASE_PORT", "DB_PORT", "PGPORT", "POSTGRES_PORT"});

std::map<std::string, std::string> mark(const Work& work) {
  return {{std::string(docker::label_operation), work.operation.id}};
}

std::string folder_of(Work& work) {
  return SetStore(work.server, work.stack.name).incoming(work.operation.id);
}

bool is_one_of(const auto& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// The throw-away server can be given a name, but not the address of another; and it speaks no TLS.
void look_for_server_here(const ServerAddress& outside, Preset preset,
                          std::map<std::string, std::string>& environment) {
  constexpr const char* here = "127.0.0.1";
  for (auto& [name, value] : environment) {
    const bool is_same = !value.empty() &&
                         (value == outside.value("PGHOST") || value == outside.value("PGHOSTADDR"));
    if (is_same || is_one_of(names_of_host, name)) value = here;
    if (is_one_of(names_of_port, name)) value = outside.port();
  }
  environment.erase("PGSSLMODE");
  if (preset != Preset::odoo) return;
  environment["HOST"] = here;
  environment["PORT"] = outside.port();
}

}  // namespace

DrillWorld::DrillWorld(Work& work, const StoredSet& stored) : work_(work), stored_(stored) {
  find_image(stored.set.release);
  find_database_image();
}

void DrillWorld::find_image(const SetRelease& release) {
  const auto found = work_.server.engine.image(release.image_id);
  if (!found)
    throw Error(
        Kind::refused,
        fmt::format("the image of {} is not on this machine; nothing was drilled", release.image),
        fmt::format("pull it: docker pull {}",
                    release.digest.empty() ? release.image : release.digest));
  image_ = *found;
}

// A set whose databases came from a server outside the stack does not tell an image.
void DrillWorld::find_database_image() {
  const BackupSet& set = stored_.set;
  const Policy& policy = work_.stack.policy;
  database_image_ = set.database_image;
  if (!database_image_.empty() || set.databases.empty()) return;
  if (policy.database_image.empty())
    throw Error(
        Kind::refused,
        fmt::format("the databases of {} are of a server outside the stack: a drill needs "
                    "an image for a throw-away one; nothing was drilled",
                    stored_.id),
        fmt::format("write `database: {{image: postgres:{}}}` into {}",
                    major_version(set.databases.front().server_version), work_.stack.policy_path));
  if (!work_.server.engine.image(policy.database_image))
    throw Error(Kind::refused,
                fmt::format("the image {} is not on this machine; nothing was drilled",
                            policy.database_image),
                fmt::format("pull it: docker pull {}", policy.database_image));
  database_image_ = policy.database_image;
  if (has_database_outside(policy))
    outside_ =
        read_server_address(work_.server.host, work_.server.paths.at(policy.database_url_file));
}

std::map<std::string, std::string> DrillWorld::server_environment() const {
  std::map<std::string, std::string> environment{
      {"POSTGRES_USER", std::string(superuser)},
      {"POSTGRES_DB", "postgres"},
      {"POSTGRES_PASSWORD", work_.server.host.machine.random_hex(32)}};
  if (outside_) environment["PGPORT"] = outside_->port();
  return environment;
}

// Under which the release looks for it.
std::vector<std::string> DrillWorld::server_names() const {
  if (!stored_.set.database_service.empty()) return {stored_.set.database_service + ":127.0.0.1"};
  const std::string host = outside_ ? outside_->value("PGHOST") : std::string();
  if (host.empty() || host.find_first_of("/:,") != std::string::npos) return {};
  return {host + ":127.0.0.1"};
}

void DrillWorld::start_server() {
  Engine& engine = work_.server.engine;
  const std::string id = engine.make_container({.image = database_image_,
                                                .environment = server_environment(),
                                                .labels = mark(work_),
                                                .hosts = server_names(),
                                                .binds = {{stored_.folder, "/set", false}}});
  engine.start_container(id);
  await_server(work_.server, id, "the throw-away database server", work_.progress);
  server_ = *engine.container(id);
  const auto roles =
      engine.exec(id,
                  {"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", std::string(superuser), "-d",
                   "postgres", "-f", fmt::format("/set/{}", globals_file)},
                  {}, longest_run);
  if (roles.status != 0)
    throw Error(Kind::failed, fmt::format("the roles of the set could not be restored: {}",
                                          printable(shortened(trim(roles.errors), 600))));
}

std::string DrillWorld::folder_for(const std::string& mount_path) const {
  return fmt::format("{}/{}", folder_of(work_), escaped_name(mount_path.substr(1)));
}

docker::NewContainer DrillWorld::release_container(std::vector<std::string> words) const {
  docker::NewContainer wanted{.image = image_.id,
                              .command = std::move(words),
                              .environment = release_environment(work_),
                              .labels = mark(work_),
                              .network = server_.id.empty() ? "none" : "container:" + server_.id};
  if (outside_) look_for_server_here(*outside_, work_.stack.policy.preset, wanted.environment);
  for (const SetVolume& volume : stored_.set.volumes)
    wanted.binds.push_back({folder_for(volume.mount.path), volume.mount.path, true});
  return wanted;
}

docker::Container DrillWorld::start_release() {
  Engine& engine = work_.server.engine;
  std::vector<std::string> command =
      candidate_command(work_.stack, work_.stack.release_service(), image_);
  if (command.empty())
    for (const std::string& word : work_.stack.release_service().command)
      command.push_back(expand_variables(word, work_.stack.env.values()));
  const std::string id = engine.make_container(release_container(command));
  engine.start_container(id);
  const auto container = engine.container(id);
  if (!container)
    throw Error(Kind::failed, "the release of the drill is gone right after its start");
  return *container;
}

void remove_drill_world(Work& work) {
  remove_workbenches(work.server, work.operation.id);
  SetStore(work.server, work.stack.name).sweep(work.operation.id);
}

}  // namespace ballast
