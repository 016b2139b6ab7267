#include "backup/drill_world.h"

#include <fmt/format.h>

#include "backup/neutralise.h"
#include "backup/staging.h"
#include "base/text.h"
#include "live/candidate.h"
#include "live/workbench.h"

namespace ballast {

namespace {

constexpr std::string_view superuser = "ballast_drill";
constexpr Duration longest_run = std::chrono::minutes(10);

std::map<std::string, std::string> mark(const Work& work) {
  return {{std::string(docker::label_operation), work.operation.id}};
}

std::string folder_of(Work& work) {
  return SetStore(work.server, work.stack.name).incoming(work.operation.id);
}

}  // namespace

DrillWorld::DrillWorld(Work& work, const StoredSet& stored) : work_(work), stored_(stored) {
  find_image(stored.set.release);
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

void DrillWorld::start_server() {
  Engine& engine = work_.server.engine;
  const BackupSet& set = stored_.set;
  const std::string id = engine.make_container(
      {.image = set.database_image,
       .environment = {{"POSTGRES_USER", std::string(superuser)},
                       {"POSTGRES_DB", "postgres"},
                       {"POSTGRES_PASSWORD", work_.server.host.machine.random_hex(32)}},
       .labels = mark(work_),
       .hosts = {set.database_service + ":127.0.0.1"},
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
  for (const SetVolume& volume : stored_.set.volumes)
    wanted.binds.push_back({folder_for(volume.mount.path), volume.mount.path, true});
  return wanted;
}

docker::Container DrillWorld::start_release() {
  Engine& engine = work_.server.engine;
  std::vector<std::string> command = candidate_command(work_.stack, image_);
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
