#include "restore/throw_away_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "live/candidate.h"
#include "live/workbench.h"
#include "restore/neutralise.h"
#include "restore/stack_files.h"
#include "restore/staging.h"
#include "restore/throw_away_layer.h"
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

ThrowAwayWorld::ThrowAwayWorld(Work& work, const StoredSet& stored, const RoomFor& purpose)
    : work_(work), stored_(stored), purpose_(purpose) {
  find_database_image();
}

docker::Image ThrowAwayWorld::image_of_set() const {
  const SetRelease& release = stored_.set.release;
  if (auto found = work_.server.engine.image(release.image_id)) return *std::move(found);
  throw Error(Kind::refused,
              fmt::format("the image of {} is not on this machine; nothing was {}", release.image,
                          purpose_.done),
              fmt::format("pull it: docker pull {}",
                          release.digest.empty() ? release.image : release.digest));
}

// A set whose databases came from a server outside the stack does not tell an image.
void ThrowAwayWorld::find_database_image() {
  const BackupSet& set = stored_.set;
  const Policy& policy = work_.stack.policy;
  database_image_ = set.database_image;
  if (!database_image_.empty() || set.databases.empty()) return;
  if (policy.database_image.empty())
    throw Error(
        Kind::refused,
        fmt::format("the databases of {} are of a server outside the stack: {} needs "
                    "an image for a throw-away one; nothing was {}",
                    stored_.id, purpose_.what, purpose_.done),
        fmt::format("write `database: {{image: postgres:{}}}` into {}",
                    major_version(set.databases.front().server_version), work_.stack.policy_path));
  if (!work_.server.engine.image(policy.database_image))
    throw Error(Kind::refused,
                fmt::format("the image {} is not on this machine; nothing was {}",
                            policy.database_image, purpose_.done),
                fmt::format("pull it: docker pull {}", policy.database_image));
  database_image_ = policy.database_image;
  if (has_database_outside(policy))
    outside_ =
        read_server_address(work_.server.host, work_.server.paths.at(policy.database_url_file));
}

std::map<std::string, std::string> ThrowAwayWorld::server_environment() const {
  std::map<std::string, std::string> environment{
      {"POSTGRES_USER", std::string(superuser)},
      {"POSTGRES_DB", "postgres"},
      {"POSTGRES_PASSWORD", work_.server.host.machine.random_hex(32)}};
  if (outside_) environment["PGPORT"] = outside_->port();
  return environment;
}

// Under which the release looks for it.
std::vector<std::string> ThrowAwayWorld::server_names() const {
  if (!stored_.set.database_service.empty()) return {stored_.set.database_service + ":127.0.0.1"};
  const std::string host = outside_ ? outside_->value("PGHOST") : std::string();
  if (host.empty() || host.find_first_of("/:,") != std::string::npos) return {};
  return {host + ":127.0.0.1"};
}

void ThrowAwayWorld::start_server() {
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

std::string ThrowAwayWorld::folder_for(const std::string& mount_path) const {
  return fmt::format("{}/{}", folder_of(work_), escaped_name(mount_path.substr(1)));
}

// The release must be able to write to it, whoever it runs as. Nobody else gets near: the folder
// above is root's alone.
void ThrowAwayWorld::make_folder(const SetMount& mount) {
  const std::string folder = folder_for(mount.path);
  work_.server.host.disk.make_directories(folder, 0700);
  const auto slash = folder.rfind('/');
  Ownership ownership{.mode = 0777};
  const auto& filestore = stored_.set.filestore;
  if (filestore && filestore->mount == mount)
    ownership = {.mode = filestore->mode, .owner = filestore->uid, .group = filestore->gid};
  work_.server.host.trees.make_directory({folder.substr(0, slash), folder.substr(slash + 1)},
                                         ownership);
}

void ThrowAwayWorld::use_environment(std::map<std::string, std::string> environment) {
  environment_ = std::move(environment);
}

void ThrowAwayWorld::use_volume(const std::string& mount_path, const std::string& volume) {
  volumes_[mount_path] = volume;
}

// Its configuration, which no set holds as a volume: only to be read, and only what lies in the
// stack's own folder.
void ThrowAwayWorld::add_files_of_stack(std::vector<docker::Bind>& binds) const {
  const docker::Container* live = work_.running.of(work_.stack.policy.service);
  if (live == nullptr) return;
  for (const docker::Mount& mount : live->mounts) {
    const bool is_in_set = std::ranges::any_of(stored_.set.volumes, [&](const SetVolume& volume) {
      return volume.mount.path == mount.target;
    });
    if (mount.type == "bind" && !is_in_set &&
        is_configuration(work_.server.host.disk, work_.stack.directory, mount.source))
      binds.push_back({mount.source, mount.target, false});
  }
}

docker::NewContainer ThrowAwayWorld::release_container(const docker::Image& image,
                                                       std::vector<std::string> words) const {
  docker::NewContainer wanted{
      .image = image.id,
      .command = std::move(words),
      .environment = environment_ ? *environment_ : release_environment(work_),
      .labels = mark(work_),
      .network = server_.id.empty() ? "none" : "container:" + server_.id};
  if (outside_) look_for_server_here(*outside_, work_.stack.policy.preset, wanted.environment);
  add_files_of_stack(wanted.binds);
  for (const SetVolume& volume : stored_.set.volumes) {
    const auto other = volumes_.find(volume.mount.path);
    wanted.binds.push_back({other == volumes_.end() ? folder_for(volume.mount.path) : other->second,
                            volume.mount.path, true});
  }
  return wanted;
}

docker::Container ThrowAwayWorld::start_release(const docker::Image& image) {
  Engine& engine = work_.server.engine;
  const ComposeService& service = work_.stack.release_service();
  std::vector<std::string> command = candidate_command(work_.stack, service, image);
  if (command.empty()) command = service_words(work_.stack, service);
  const std::string id = engine.make_container(release_container(image, command));
  engine.start_container(id);
  const auto container = engine.container(id);
  if (!container)
    throw Error(Kind::failed,
                fmt::format("the release of {} is gone right after its start", purpose_.what));
  return *container;
}

// A volume can go once no container has it; and only then what it lies on.
void remove_throw_away_world(Work& work) {
  remove_workbenches(work.server, work.operation.id);
  remove_layer(work);
  SetStore(work.server, work.stack.name).sweep(work.operation.id);
}

}  // namespace ballast
