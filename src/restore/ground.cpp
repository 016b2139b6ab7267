#include "restore/ground.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/verify_set.h"
#include "base/hash.h"
#include "base/text.h"
#include "restore/exchange_steps.h"
#include "restore/restore_plan.h"
#include "restore/staging.h"

namespace ballast {

namespace {

constexpr const char* bare_fact = "bare-volumes";

bool waits(const docker::Container& container) {
  return container.state == "created" && container.error.empty();
}

bool holds_files(Server& server, const std::string& folder) {
  bool found = false;
  if (server.host.disk.info(folder))
    server.host.trees.walk(folder, [&](const TreeEntry& entry) {
      found = found || entry.info.type != FileType::directory;
      return !found;
    });
  return found;
}

// A volume whose files cannot be seen from here may hold anything.
bool is_bare(Server& server, const SetMount& mount) {
  if (mount.volume.empty()) return !holds_files(server, mount.source);
  const auto folder = server.engine.volume_folder(mount.volume);
  if (!folder) return true;
  return server.host.disk.info(*folder) && !server.engine.is_mounted_volume(mount.volume) &&
         !holds_files(server, *folder);
}

// By an earlier restore, for a release that still waits for its first start.
std::vector<std::string> made_bare(const Work& work) {
  const docker::Container* release = work.running.of(work.stack.policy.service);
  const auto fact = work.journal.fact(work.stack.name, bare_fact);
  const bool is_ours = fact && release != nullptr && waits(*release) &&
                       text_at(fact->value, "release") == release->id;
  return is_ours ? texts_in(member(fact->value, "volumes")) : std::vector<std::string>();
}

std::vector<std::string> bare_volumes(const Work& work, const StoredSet& stored) {
  const auto made = made_bare(work);
  std::vector<std::string> bare;
  for (const SetVolume& volume : stored.set.volumes) {
    const std::string& name = name_of_volume(volume.mount);
    if (std::ranges::find(made, name) != made.end() || is_bare(work.server, volume.mount))
      bare.push_back(name);
  }
  return bare;
}

void keep_bare_volumes(Work& work, const std::vector<std::string>& volumes) {
  if (const docker::Container* release = work.running.of(work.stack.policy.service))
    work.journal.set_fact(work.stack.name, bare_fact,
                          {{"release", release->id}, {"volumes", volumes}},
                          work.server.host.clock.now());
}

// By name. Error(refused) with what is wrong.
std::map<std::string, std::string> sound_stack_files(Server& server, const StoredSet& stored) {
  const std::string folder = fmt::format("{}/", stack_folder);
  std::map<std::string, std::string> files;
  SetVerified verified{.id = stored.id};
  for (const SetFile& file : stored.set.files) {
    if (!file.path.starts_with(folder)) continue;
    const auto text = server.host.disk.read(fmt::format("{}/{}", stored.folder, file.path));
    if (!text)
      verified.damage.push_back(file.path + ": missing");
    else if (sha256_hex(*text) != file.sha256)
      verified.damage.push_back(file.path + ": other content than recorded");
    else
      files[file.path.substr(folder.size())] = *text;
  }
  if (verified.good()) return files;
  throw unsound(verified, Kind::refused, "; nothing was changed",
                fmt::format("choose another one: ballast backup list {}", stored.set.stack));
}

void start_database(Work& work, Progress& progress) {
  const docker::Container* container = work.running.of(work.stack.policy.database_service);
  if (container == nullptr)
    throw Error(Kind::failed, fmt::format("{} has no container of `{}`", work.stack.name,
                                          work.stack.policy.database_service));
  if (!container->running()) work.server.engine.start_container(container->id);
  await_server(work.server, container->id, "the database server of " + work.stack.name, progress);
  work.running = observe(work.server, work.stack);
}

// The role that a line of pg_dumpall is about: `CREATE ROLE x;`, `ALTER ROLE x …`, or the member in
// `GRANT a TO x …`. Empty: another kind of line.
std::string role_of(std::string_view line) {
  std::string_view rest;
  for (const std::string_view begin : {"CREATE ROLE ", "ALTER ROLE "})
    if (line.starts_with(begin)) rest = line.substr(begin.size());
  if (line.starts_with("GRANT "))
    if (const auto to = line.find(" TO "); to != std::string_view::npos) rest = line.substr(to + 4);
  if (!rest.starts_with('"')) return std::string(rest.substr(0, rest.find_first_of(" ;")));
  std::string name;
  for (std::size_t index = 1; index < rest.size(); ++index) {
    if (rest[index] == '"' && rest.substr(index + 1, 1) != "\"") break;
    if (rest[index] == '"') ++index;
    name += rest[index];
  }
  return name;
}

}  // namespace

bool has_stack_files(Server& server, const std::string& stack) {
  const std::string folder = server.paths.stack(stack);
  for (const char* name : compose_file_names)
    if (server.host.disk.info(fmt::format("{}/{}", folder, name))) return true;
  return false;
}

StackFiles::StackFiles(Server& server, const std::string& stack)
    : server_(server),
      folder_(server.paths.stack(stack)),
      had_folder_(server.host.disk.info(folder_).has_value()) {}

StackFiles::~StackFiles() {
  try {
    if (!before_.empty() && std::ranges::includes(containers_before_, containers())) take_back();
  } catch (const std::exception&) {
    return;  // they are whole, and the stack's own
  }
}

void StackFiles::put(const StoredSet& stored) {
  Disk& disk = server_.host.disk;
  const auto files = sound_stack_files(server_, stored);
  project_ = stored.set.project;
  containers_before_ = containers();
  disk.make_directories(folder_);
  for (const auto& [name, text] : files) {
    const std::string path = fmt::format("{}/{}", folder_, name);
    before_[path] = disk.read(path);
    disk.replace(path, text, name == ".env" ? 0600 : 0644);
  }
}

std::set<std::string> StackFiles::containers() const {
  std::set<std::string> ids;
  for (const docker::Container& container : server_.engine.project_containers(project_))
    ids.insert(container.id);
  return ids;
}

void StackFiles::take_back() {
  Disk& disk = server_.host.disk;
  for (const auto& [path, text] : before_) text ? disk.replace(path, *text) : disk.remove(path);
  if (!had_folder_ && disk.list(folder_).empty()) disk.remove_tree(folder_);
}

bool lacks_containers(const Work& work) {
  const Policy& policy = work.stack.policy;
  return work.running.of(policy.service) == nullptr ||
         (!policy.database_service.empty() && work.running.of(policy.database_service) == nullptr);
}

bool has_waiting_container(const Work& work) {
  return std::ranges::any_of(work.running.services, waits);
}

std::vector<std::string> lay_ground(Work& work, const StoredSet& stored, Progress& progress) {
  Exchange release;
  require_image(work, stored.set.release, release, progress);
  ensure_image(work.server, release.repository, release.tag, release.image_id);
  const auto bare = bare_volumes(work, stored);
  progress.note("making containers and volumes");
  work.composer().up(
      {.services = {}, .dependencies = true, .recreate = false, .start = false, .stop_timeout = {}},
      progress);
  work.running = observe(work.server, work.stack);
  keep_bare_volumes(work, bare);
  if (!work.stack.policy.database_service.empty()) start_database(work, progress);
  return bare;
}

std::string statements_for_missing_roles(const std::string& globals,
                                         const std::set<std::string>& existing) {
  std::string statements;
  for (const std::string& line : split_lines(globals)) {
    const std::string role = role_of(line);
    if (!role.empty() && !existing.contains(role)) statements += line + "\n";
  }
  return statements;
}

void restore_roles(Postgres& postgres, Server& server, const StoredSet& stored) {
  const auto globals = server.host.disk.read(fmt::format("{}/{}", stored.folder, globals_file));
  if (!globals) return;
  const std::string statements = statements_for_missing_roles(*globals, role_names(postgres));
  if (!statements.empty()) postgres.run_quietly(statements);
}

}  // namespace ballast
