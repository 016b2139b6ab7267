#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "backup/drill_report.h"
#include "backup/offsite_note.h"
#include "backup/store.h"
#include "base/text.h"
#include "doctor/see.h"
#include "live/stack.h"
#include "tools/container_files.h"
#include "tools/postgres_outside.h"

namespace ballast::doctor {

namespace {

constexpr Duration short_deadline = std::chrono::seconds(10);
constexpr auto clients_folder = "/usr/lib/postgresql";

int number_in(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

class StackLook {
 public:
  StackLook(Server& server, StackSeen& seen) : server_(server), seen_(seen) {}

  void look() {
    stack_ = seen_or_why([&] { return read_stack(server_, seen_.name); });
    seen_.containers = seen_or_why([&] { return containers(); });
    seen_.odoo = seen_or_why([&] { return odoo(); });
    seen_.image_volumes = seen_or_why([&] { return image().volumes; });
    seen_.backups = seen_or_why([&] { return backups(); });
    seen_.postgres = seen_or_why([&] { return postgres(); });
  }

 private:
  const Policy& policy() const {
    if (!seen_.policy.value) throw Error(Kind::failed, seen_.policy.trouble);
    return *seen_.policy.value;
  }

  const Stack& stack() const {
    if (!stack_.value) throw Error(Kind::failed, stack_.trouble);
    return *stack_.value;
  }

  std::map<std::string, docker::Container> containers() {
    const Running running = observe(server_, stack());
    std::map<std::string, docker::Container> found;
    for (const ComposeService& service : stack().compose.services)
      if (const docker::Container* container = running.of(service.name))
        found[service.name] = *container;
    return found;
  }

  const docker::Container& container_of(const std::string& service) const {
    if (!seen_.containers.value) throw Error(Kind::failed, seen_.containers.trouble);
    const auto found = seen_.containers.value->find(service);
    if (found == seen_.containers.value->end() || !found->second.running())
      throw Error(Kind::failed, fmt::format("the container of {} does not run", service));
    return found->second;
  }

  docker::Image image() {
    const std::string reference = stack().image_for(stack().tag()).text();
    auto image = server_.engine.image(reference);
    if (!image) throw Error(Kind::failed, fmt::format("the image {} is not here", reference));
    return *std::move(image);
  }

  // Read from here, so that nothing is started in there; else by a `cat`.
  std::string file_in(const docker::Container& container, const std::string& path) {
    if (auto text = read_on_host(server_.host, container, path)) return *std::move(text);
    const auto result = server_.engine.exec(container.id, {"cat", path}, {}, short_deadline);
    if (result.status != 0)
      throw Error(Kind::failed,
                  fmt::format("{} cannot be read in the container {}", path, container.name));
    return result.output;
  }

  std::optional<OdooConf> odoo() {
    if (policy().preset != Preset::odoo) return std::nullopt;
    const docker::Container& container = container_of(policy().service);
    const auto named = container.environment.find("ODOO_RC");
    const std::string path =
        named == container.environment.end() ? "/etc/odoo/odoo.conf" : named->second;
    std::vector<std::string> words = container.entrypoint;
    words.insert(words.end(), container.command.begin(), container.command.end());
    return OdooConf(fmt::format("{}:{}", policy().service, path), file_in(container, path), words);
  }

  std::optional<BackupsSeen> backups() {
    if (!has_database(policy()) && policy().data_mounts.empty()) return std::nullopt;
    BackupsSeen found{.remote = policy().offsite.remote, .drill_trouble = {}};
    for (const StoredSet& stored : SetStore(server_, seen_.name).sets())
      found.sets += stored.trouble.empty() && stored.set.is_complete() ? 1 : 0;
    if (!found.remote.empty()) found.sent = offsite_notes(server_, seen_.name, found.remote).size();
    for (const DrillReport& report : drill_reports(server_, seen_.name)) {
      found.drill_passed |= report.passed;
      if (!report.passed) found.drill_trouble = report.trouble;
    }
    return found;
  }

  std::optional<PostgresSeen> postgres() {
    if (has_database_outside(policy())) return postgres_outside_of_stack();
    if (policy().database_service.empty()) return std::nullopt;
    const docker::Container& database = container_of(policy().database_service);
    const auto major = database.environment.find("PG_MAJOR");
    const int server = major == database.environment.end()
                           ? number_in(parse_reference(database.image).tag)
                           : number_in(major->second);
    if (server == 0)
      throw Error(Kind::failed, fmt::format("the version of the server in {} cannot be told",
                                            policy().database_service));
    return PostgresSeen{.place = policy().service,
                        .clients = clients_in(container_of(policy().service)),
                        .server = server};
  }

  // As Debian installs them: a folder for each version.
  std::vector<int> clients_in(const docker::Container& container) {
    std::vector<int> versions;
    const std::string root = root_on_host(server_.host, container);
    std::vector<std::string> names;
    if (!root.empty())
      names = server_.host.disk.list(root + clients_folder);
    else
      names = split_lines(
          server_.engine.exec(container.id, {"ls", clients_folder}, {}, short_deadline).output);
    for (const std::string& name : names)
      if (const int version = number_in(name); version > 0) versions.push_back(version);
    return versions;
  }

  PostgresSeen postgres_outside_of_stack() {
    const auto told =
        run_on_host(server_.host.processes, {{"pg_dump", "--version"}, {}, short_deadline});
    Postgres outside = postgres_outside(server_.host, server_.paths.at(policy().database_url_file));
    const auto answer = outside.maintenance_query("SHOW server_version");
    return {.place = "this server",
            .is_on_host = true,
            .clients = {major_version(told.output)},
            .server = major_version(answer.empty() ? "" : answer.front().at(0))};
  }

  Server& server_;
  StackSeen& seen_;
  Known<Stack> stack_;
};

}  // namespace

StackSeen see_stack(Server& server, const std::string& name, const ServerSeen& of_server) {
  require_known_stack(server, name);
  StackSeen seen;
  seen.name = name;
  seen.directory = server.paths.stack(name);
  seen.on_server = true;
  see_stack_files(server.host, seen, seen.directory + "/.env");
  seen.logs = of_server.logs;
  seen.memory = of_server.memory;
  StackLook(server, seen).look();
  return seen;
}

}  // namespace ballast::doctor
