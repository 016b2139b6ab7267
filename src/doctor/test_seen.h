// For tests: a server and a stack as they should be; each test spoils what it is about.
#pragma once

#include "doctor/weaknesses.h"

namespace ballast::doctor::test {

inline const std::string compose_path = "/srv/stacks/shop/docker-compose.yml";

constexpr auto good_compose = R"(services:
  web:
    image: ghcr.io/acme/odoo18:${ODOO_TAG}
    ports: ["127.0.0.1:8069:8069"]
    volumes: ["odoo-data:/var/lib/odoo"]
    mem_limit: 6g
    restart: unless-stopped
    logging: {driver: json-file, options: {max-size: 50m}}
  db:
    image: postgres:15
    volumes: ["db-data:/var/lib/postgresql/data"]
    mem_limit: 2g
    restart: unless-stopped
    healthcheck: {test: ["CMD-SHELL", "pg_isready"]}
    logging: {driver: local}
)";

constexpr auto good_conf =
    "[options]\naddons_path = /opt/odoo-addons\nlist_db = False\nworkers = 4\n"
    "max_cron_threads = 1\nlimit_memory_hard = 1342177280\n";

constexpr auto good_dockerfile =
    "FROM odoo:18.0\nCOPY odoo_modules/ /opt/odoo-addons/\n"
    "HEALTHCHECK CMD [\"curl\", \"-f\", \"http://127.0.0.1:8069\"]\n";

inline docker::Container running(const std::string& health) {
  docker::Container container;
  container.state = "running";
  container.health = health;
  return container;
}

inline void set_compose(StackSeen& stack, const std::string& text,
                        const std::string& override_text = {}) {
  std::vector<ComposeText> files{{compose_path, text}};
  if (!override_text.empty()) files.push_back({"override.yml", override_text});
  stack.services = known(read_services(files, {{"ODOO_TAG", "sha-1234567"}}));
  stack.policy = known(read_policy(parse_compose(compose_path, text), "ballast.yaml", {}).policy);
}

inline void set_conf(StackSeen& stack, const std::string& text,
                     const std::vector<std::string>& command = {}) {
  stack.odoo = known(std::optional(OdooConf("web:/etc/odoo/odoo.conf", text, command)));
}

inline StackSeen good_stack() {
  StackSeen stack;
  stack.name = "shop";
  stack.directory = "/srv/stacks/shop";
  stack.compose_path = compose_path;
  stack.policy_path = "/srv/stacks/shop/ballast.yaml";
  stack.env_path = "/srv/stacks/shop/.env";
  stack.on_server = true;
  set_compose(stack, good_compose);
  set_conf(stack, good_conf);
  const FileInfo info{.type = FileType::regular, .size = 1, .mode = 0600};
  stack.files = known(std::vector<OwnedFile>{{stack.directory, info, "root", {}}});
  stack.secrets = known(std::vector<OwnedFile>{{stack.env_path, info, "root", "passwords"}});
  stack.dockerfile = known(std::optional<TextFile>());
  stack.containers = known(std::map<std::string, docker::Container>{{"web", running("healthy")},
                                                                    {"db", running("healthy")}});
  stack.image_volumes = known(std::vector<std::string>{"/mnt/extra-addons", "/var/lib/odoo"});
  stack.logs = known(LogDefaults{});
  stack.memory = known(std::uint64_t{8} << 30);
  stack.backups = known(std::optional(BackupsSeen{.remote = "offsite:backups",
                                                  .sets = 7,
                                                  .sent = 7,
                                                  .drill_passed = true,
                                                  .drill_trouble = {}}));
  stack.postgres =
      known(std::optional(PostgresSeen{.place = "web", .clients = {15}, .server = 15}));
  return stack;
}

inline StackSeen good_folder() {
  StackSeen stack = good_stack();
  stack.on_server = false;
  stack.dockerfile = known(std::optional(TextFile{"shop/Dockerfile", good_dockerfile}));
  return stack;
}

inline ServerSeen good_server() {
  ServerSeen server;
  server.now = *parse_time("2026-11-25T12:00:00Z");
  server.docker_groups = known(std::vector<DockerGroup>{{"/etc/group:44", {}}});
  server.zone = known(*TimeZone::named("Etc/UTC"));
  server.docker_listens = known(std::vector<DockerListen>());
  server.logs = known(LogDefaults{});
  server.clock = known(ClockSeen{.synchronised = true, .services = {"chrony"}});
  server.memory = known(std::uint64_t{8} << 30);
  return server;
}

inline CronFile crontab(const std::string& text) {
  return {{"/etc/cron.d/odoo18-backup", text}, true};
}

// "subject: what" of each; an unknown one begins with "? ".
inline std::vector<std::string> texts(const Findings& findings) {
  std::vector<std::string> found;
  for (const Finding& finding : findings)
    found.push_back((finding.is_unknown ? "? " : "") + finding.subject + ": " + finding.what);
  return found;
}

}  // namespace ballast::doctor::test
