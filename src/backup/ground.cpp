#include "backup/ground.h"

#include <fmt/format.h>

#include "backup/exchange_steps.h"
#include "backup/staging.h"
#include "base/text.h"

namespace ballast {

namespace {

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

void put_stack_files(Server& server, const std::string& stack, const StoredSet& stored) {
  Disk& disk = server.host.disk;
  const std::string from = fmt::format("{}/{}", stored.folder, stack_folder);
  const std::string folder = server.paths.stack(stack);
  disk.make_directories(folder);
  for (const std::string& name : disk.list(from))
    if (const auto text = disk.read(fmt::format("{}/{}", from, name)))
      disk.replace(fmt::format("{}/{}", folder, name), *text, name == ".env" ? 0600 : 0644);
}

bool lacks_containers(const Work& work) {
  const Policy& policy = work.stack.policy;
  return work.running.of(policy.service) == nullptr ||
         (!policy.database_service.empty() && work.running.of(policy.database_service) == nullptr);
}

void lay_ground(Work& work, const StoredSet& stored, Progress& progress) {
  Exchange release;
  require_image(work, stored.set.release, release, progress);
  ensure_image(work.server, release.repository, release.tag, release.image_id);
  progress.note("making containers and volumes");
  work.composer().up(
      {.services = {}, .dependencies = true, .recreate = false, .start = false, .stop_timeout = {}},
      progress);
  work.running = observe(work.server, work.stack);
  if (work.stack.policy.database_service.empty()) return;
  start_database(work, progress);
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
