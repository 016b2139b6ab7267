#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "doctor/test_seen.h"

namespace ballast::doctor {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// A web service with one line more, beside the good database.
StackSeen with_line(const std::string& line) {
  StackSeen stack = good_stack();
  set_compose(
      stack, replace_all(
                 good_compose, "    restart: unless-stopped\n    logging: {driver: json-file",
                 "    " + line + "\n    restart: unless-stopped\n    logging: {driver: json-file"));
  return stack;
}

StackSeen without(const std::string& line) {
  StackSeen stack = good_stack();
  set_compose(stack, replace_all(good_compose, line, ""));
  return stack;
}

TEST(StackWeaknesses, NoneInAGoodStack) {
  for (const StackSeen& stack : {good_stack(), good_folder()})
    for (const Weakness& weakness : all_weaknesses())
      if (weakness.of_stack != nullptr)
        EXPECT_THAT(texts(weakness.of_stack(stack)), IsEmpty()) << weakness.id;
}

TEST(StackWeaknesses, WhatWasNotSeenIsUnknown) {
  StackSeen stack;
  stack.on_server = true;
  for (const Weakness& weakness : all_weaknesses()) {
    if (weakness.of_stack == nullptr) continue;
    const Findings findings = weakness.of_stack(stack);
    ASSERT_FALSE(findings.empty()) << weakness.id;
    for (const Finding& finding : findings) {
      EXPECT_TRUE(finding.is_unknown) << weakness.id;
      EXPECT_EQ(finding.what, "it was not looked at") << weakness.id;
    }
  }
}

TEST(StackWeaknesses, AVolumeOverTheAddons) {
  StackSeen stack = good_stack();
  set_conf(stack, "addons_path = /mnt/extra-addons,/opt/odoo-addons\nlist_db = False\n");
  EXPECT_THAT(texts(addons_volume(stack)),
              ElementsAre("the image of web: /mnt/extra-addons is a volume: `docker compose up` "
                          "keeps the old addons in it under the new tag"));
  set_conf(stack, "list_db = False\n");
  EXPECT_THAT(addons_volume(stack).size(), 1u);  // of the policy
  stack.image_volumes = known(std::vector<std::string>{"/var/lib/odoo"});
  EXPECT_THAT(addons_volume(stack), IsEmpty());
  stack.odoo = known(std::optional<OdooConf>());
  EXPECT_THAT(addons_volume(stack), IsEmpty());
}

TEST(StackWeaknesses, AVolumeOverTheAddonsInADockerfile) {
  StackSeen stack = good_folder();
  EXPECT_THAT(addons_volume(stack), IsEmpty());
  set_conf(stack, "list_db = False\n");
  stack.policy.value->addons.path = "/opt/odoo-addons";
  EXPECT_THAT(addons_volume(stack), IsEmpty());
  stack.policy.value->addons.path = "/mnt/extra-addons/ours";
  EXPECT_THAT(texts(addons_volume(stack)),
              ElementsAre(StartsWith("shop/Dockerfile:1: /mnt/extra-addons is")));
  stack.policy.value->addons.path = "/opt/odoo-addons";
  stack.dockerfile = known(std::optional(TextFile{
      "shop/Dockerfile", "FROM debian\n# one\nVOLUME [\"/data\", \"/opt/odoo-addons\"]\n"}));
  EXPECT_THAT(texts(addons_volume(stack)),
              ElementsAre(StartsWith("shop/Dockerfile:3: /opt/odoo-addons is")));
  stack.dockerfile = known(std::optional<TextFile>());
  EXPECT_THAT(texts(addons_volume(stack)),
              ElementsAre("? the image: there is no Dockerfile in /srv/stacks/shop"));
}

TEST(StackWeaknesses, ABackupThatWasNeverDrilled) {
  StackSeen stack = good_stack();
  BackupsSeen& backups = **stack.backups.value;
  backups.drill_passed = false;
  EXPECT_THAT(
      texts(backup_never_drilled(stack)),
      ElementsAre(
          "backups: none of its backups was ever restored: whether they can be is not known"));
  EXPECT_EQ(backup_never_drilled(stack).front().mend,
            "ballast drill shop\nand in /srv/stacks/shop/ballast.yaml: backup: {drill: weekly}");
  backups.drill_trouble = "web-login shop: 500";
  EXPECT_THAT(texts(backup_never_drilled(stack)),
              ElementsAre("backups: no drill has ever passed; the newest: web-login shop: 500"));
  backups.sets = 0;
  EXPECT_THAT(backup_never_drilled(stack).front().mend, StartsWith("ballast backup shop manual\n"));
  stack.backups = known(std::optional<BackupsSeen>());
  EXPECT_THAT(backup_never_drilled(stack), IsEmpty());
}

TEST(StackWeaknesses, NoCopyOffSite) {
  StackSeen stack = good_stack();
  BackupsSeen& backups = **stack.backups.value;
  backups.sent = 0;
  EXPECT_THAT(
      texts(offsite_copy_missing(stack)),
      ElementsAre("/srv/stacks/shop/ballast.yaml: none of 7 backups has reached offsite:backups"));
  EXPECT_EQ(offsite_copy_missing(stack).front().mend, "ballast backup send shop");
  backups.sets = 0;
  EXPECT_THAT(offsite_copy_missing(stack), IsEmpty());
  backups.remote.clear();
  EXPECT_THAT(texts(offsite_copy_missing(stack)),
              ElementsAre(HasSubstr("no copy of a backup leaves this server")));
  stack.backups = known(std::optional<BackupsSeen>());
  EXPECT_THAT(offsite_copy_missing(stack), IsEmpty());
}

TEST(StackWeaknesses, BindMountsOverCode) {
  StackSeen stack = good_stack();
  set_compose(stack, replace_all(good_compose, "[\"odoo-data:/var/lib/odoo\"]",
                                 "[\"odoo-data:/var/lib/odoo\", \"./addons:/mnt/extra-addons\", "
                                 "\"/data/filestore:/var/lib/odoo/filestore\"]"));
  const Findings findings = bind_mount_over_code(stack);
  EXPECT_THAT(
      texts(findings),
      ElementsAre(compose_path + ":5: /mnt/extra-addons of web comes from ./addons: a tag does "
                                 "not say what runs, and a rollback leaves it as it is"));
  EXPECT_THAT(findings.front().mend,
              StartsWith("in the Dockerfile: COPY ./addons /mnt/extra-addons\n"));
}

TEST(StackWeaknesses, BindMountsOfAStackWhosePolicyNamesNoData) {
  StackSeen stack = good_stack();
  set_compose(
      stack,
      "services:\n  site:\n    image: acme/site:${SITE_TAG}\n    volumes:\n"
      "      - ./src:/app\n      - /srv/data:/data\n      - type: bind\n        source: ./more\n"
      "        target: /more\n  proxy: {image: 'nginx:1.27', volumes: ['./nginx:/etc/nginx']}\n");
  EXPECT_THAT(texts(bind_mount_over_code(stack)),
              ElementsAre(StartsWith(compose_path + ":5: /app of site comes from ./src: "),
                          StartsWith(compose_path + ":7: /more of site comes from ./more: ")));
  stack.policy.value->data_mounts = {"/data", "/app", "/more"};
  EXPECT_THAT(bind_mount_over_code(stack), IsEmpty());
}

TEST(StackWeaknesses, APublishedPortOfTheDatabase) {
  StackSeen stack = good_stack();
  const std::string database = "image: postgres:15\n";
  const auto publish = [&](const std::string& port) {
    set_compose(stack,
                replace_all(good_compose, database, database + "    ports: [\"" + port + "\"]\n"));
    return database_port_published(stack);
  };
  EXPECT_THAT(
      texts(publish("5433:5432")),
      ElementsAre(compose_path + ":11: port 5432 of db is published on every address; Docker "
                                 "opens it past ufw"));
  EXPECT_EQ(publish("5433:5432").front().mend,
            "remove it: services of the stack reach db:5432 without\n"
            "or, for programs of this server: \"127.0.0.1:5433:5432\"");
  EXPECT_THAT(texts(publish("10.0.0.5:5432:5432")),
              ElementsAre(HasSubstr("is published on 10.0.0.5;")));
  EXPECT_THAT(publish("127.0.0.1:5432:5432"), IsEmpty());
  EXPECT_THAT(publish("[::1]:5432:5432"), IsEmpty());
}

TEST(StackWeaknesses, TheSocketOfDocker) {
  EXPECT_THAT(texts(docker_socket_mounted(with_line("cap_drop: [ALL]"))), IsEmpty());
  StackSeen stack = good_stack();
  set_compose(stack, replace_all(good_compose, "\"odoo-data:",
                                 "\"/var/run/docker.sock:/var/run/docker.sock:ro\", \"odoo-data:"));
  EXPECT_THAT(
      texts(docker_socket_mounted(stack)),
      ElementsAre(compose_path + ":5: web has the socket of Docker: whoever breaks into it is "
                                 "root here, `:ro` or not"));
  EXPECT_THAT(bind_mount_over_code(stack), IsEmpty());  // one weakness, one name
}

TEST(StackWeaknesses, AnEnvFileInTheImage) {
  StackSeen stack = good_folder();
  const auto copying = [&](const std::string& words) {
    stack.dockerfile =
        known(std::optional(TextFile{"shop/Dockerfile", "FROM debian:12\n" + words + "\n"}));
    return texts(env_in_image(stack));
  };
  EXPECT_THAT(
      copying("COPY --chown=1:1 . /app"),
      ElementsAre("shop/Dockerfile:2: `.` takes .env into the image, and so its passwords to "
                  "everyone who may pull it"));
  EXPECT_THAT(copying("ADD .env /app/"), ElementsAre(HasSubstr("`.env` takes .env")));
  EXPECT_THAT(copying("COPY app/ /app"), IsEmpty());
  stack.docker_ignore = "*.log\n.env\n";
  EXPECT_THAT(copying("COPY . /app"), IsEmpty());
  stack.docker_ignore = "**/.env*\n!.env\n";
  EXPECT_THAT(copying("COPY [\".\", \"/app\"]"), ElementsAre(HasSubstr("`.` takes .env")));
  stack.docker_ignore = "**/.env*\n";
  EXPECT_THAT(copying("COPY [\".\", \"/app\"]"), IsEmpty());
}

TEST(StackWeaknesses, AMissingHealthCheck) {
  StackSeen stack = good_stack();
  stack.containers.value->at("web").health = "";
  const Findings findings = health_check_missing(stack);
  EXPECT_THAT(texts(findings),
              ElementsAre(compose_path + ":2: neither compose file nor image has a "
                                         "health check: a web that hangs counts as running"));
  EXPECT_THAT(findings.front().mend,
              StartsWith("below `web:` of the compose file:\n  healthcheck:\n"));
  stack.containers.value->at("web").state = "exited";
  EXPECT_THAT(texts(health_check_missing(stack)),
              ElementsAre(StartsWith("? " + compose_path + ":2: ")));
  stack.containers = {.value = {}, .trouble = "the engine does not answer"};
  EXPECT_THAT(texts(health_check_missing(stack)),
              ElementsAre("? " + compose_path + ":2: the engine does not answer"));
  stack = with_line("healthcheck: {disable: true}");
  EXPECT_THAT(texts(health_check_missing(stack)),
              ElementsAre(HasSubstr("its health check is switched off")));
  stack = with_line("healthcheck: {test: [NONE]}");
  EXPECT_THAT(texts(health_check_missing(stack)),
              ElementsAre(HasSubstr("its health check is switched off")));
}

TEST(StackWeaknesses, AMissingHealthCheckInARepository) {
  StackSeen stack = good_folder();
  (**stack.dockerfile.value).text = "FROM odoo:18.0\nHEALTHCHECK NONE\n";
  EXPECT_THAT(texts(health_check_missing(stack)),
              ElementsAre(HasSubstr("neither compose file nor Dockerfile has a health check")));
  stack = good_folder();
  set_compose(stack, replace_all(good_compose,
                                 "    healthcheck: {test: [\"CMD-SHELL\", \"pg_isready\"]}\n", ""));
  EXPECT_THAT(
      texts(health_check_missing(stack)),
      ElementsAre(compose_path + ":9: the compose file has no health check: a db that hangs "
                                 "counts as running"));
  EXPECT_THAT(health_check_missing(stack).front().mend, HasSubstr("pg_isready"));
}

TEST(StackWeaknesses, TheNetworkOfTheServer) {
  EXPECT_THAT(texts(host_network(with_line("network_mode: host"))),
              ElementsAre(StartsWith(compose_path + ":7: web is on the server's own network")));
  EXPECT_THAT(host_network(with_line("network_mode: bridge")), IsEmpty());
}

TEST(StackWeaknesses, TheListOfDatabases) {
  StackSeen stack = good_stack();
  set_conf(stack, "[options]\n; list_db = False\n");
  EXPECT_THAT(texts(list_db_on(stack)),
              ElementsAre(StartsWith("web:/etc/odoo/odoo.conf: /web/database/manager is open")));
  set_conf(stack, "[options]\nlist_db = True\n");
  EXPECT_THAT(texts(list_db_on(stack)), ElementsAre(StartsWith("web:/etc/odoo/odoo.conf:2: ")));
  set_conf(stack, "", {"odoo", "--no-database-list"});
  EXPECT_THAT(list_db_on(stack), IsEmpty());
}

TEST(StackWeaknesses, ALogThatGrows) {
  StackSeen stack = without("    logging: {driver: json-file, options: {max-size: 50m}}\n");
  EXPECT_THAT(texts(log_rotation_missing(stack)),
              ElementsAre(compose_path + ":2: nothing limits the log of web"));
  stack.logs.value->options["max-size"] = "10m";
  EXPECT_THAT(log_rotation_missing(stack), IsEmpty());
  stack.logs = known(LogDefaults{.driver = "local", .options = {}});
  EXPECT_THAT(log_rotation_missing(stack), IsEmpty());
  // What the engine adds is for its own driver only.
  stack = with_line("x-note: one");
  set_compose(stack, replace_all(good_compose, ", options: {max-size: 50m}", ""));
  stack.logs = known(LogDefaults{.driver = "local", .options = {{"max-size", "10m"}}});
  EXPECT_THAT(texts(log_rotation_missing(stack)), ElementsAre(StartsWith(compose_path + ":2: ")));
}

TEST(StackWeaknesses, AMissingLimitOfMemory) {
  EXPECT_THAT(texts(memory_limit_missing(without("    mem_limit: 6g\n"))),
              ElementsAre(StartsWith(compose_path + ":2: when web takes more and more memory")));
  StackSeen stack = without("    mem_limit: 6g\n");
  set_compose(stack, replace_all(good_compose, "mem_limit: 6g",
                                 "deploy: {resources: {limits: {memory: 6g}}}"));
  EXPECT_THAT(memory_limit_missing(stack), IsEmpty());
}

TEST(StackWeaknesses, AnOverrideFileCounts) {
  StackSeen stack = without("    mem_limit: 6g\n");
  const std::string text = replace_all(good_compose, "    mem_limit: 6g\n", "");
  set_compose(stack, text,
              "services:\n  web:\n    mem_limit: 6g\n  debug:\n    image: debian:12.5\n");
  EXPECT_THAT(texts(memory_limit_missing(stack)),
              ElementsAre(StartsWith("override.yml:4: when debug takes")));
  set_compose(stack, text, "services:\n  web:\n    privileged: true\n");
  EXPECT_THAT(texts(privileged_container(stack)), ElementsAre(StartsWith("override.yml:3: ")));
}

TEST(StackWeaknesses, WhatComesFromElsewhereIsUnknown) {
  StackSeen stack = good_stack();
  set_compose(stack,
              "services:\n  web:\n    image: a/b:${ODOO_TAG}\n    extends: {file: base.yml, "
              "service: web}\n");
  for (auto* look :
       {health_check_missing, memory_limit_missing, restart_missing, log_rotation_missing})
    EXPECT_THAT(texts(look(stack)),
                ElementsAre("? " + compose_path + ":2: `extends` takes it from elsewhere"));
}

TEST(StackWeaknesses, TagsThatMove) {
  StackSeen stack = good_stack();
  const auto of_image = [&](const std::string& image) {
    set_compose(
        stack, "services:\n  web: {image: 'a/b:${ODOO_TAG}'}\n  other: {image: '" + image + "'}\n");
    return texts(mutable_tag(stack));
  };
  const std::string at = compose_path + ":3: the image of other: ";
  EXPECT_THAT(of_image("nginx"),
              ElementsAre(at + "without a tag it is `latest`, whatever that is today"));
  EXPECT_THAT(of_image("nginx:latest"),
              ElementsAre(at + "`latest` is whatever was pushed last under that name"));
  EXPECT_THAT(of_image("nginx:stable-alpine"), ElementsAre(StartsWith(at)));
  EXPECT_THAT(of_image("nginx:1-alpine"), ElementsAre(StartsWith(at)));
  EXPECT_THAT(of_image("nginx:1.27"), IsEmpty());
  EXPECT_THAT(of_image("postgres:15"), IsEmpty());
  EXPECT_THAT(
      of_image(
          "nginx:latest@sha256:0123456789012345678901234567890123456789012345678901234567890123"),
      IsEmpty());
  EXPECT_THAT(of_image("127.0.0.1:5000/nginx"), ElementsAre(StartsWith(at + "without a tag")));
}

TEST(StackWeaknesses, TheTagOfTheReleaseItself) {
  StackSeen stack = good_stack();
  const auto with_tag = [&](const std::string& tag) {
    stack.services = known(read_services({{compose_path, good_compose}}, {{"ODOO_TAG", tag}}));
    return mutable_tag(stack);
  };
  EXPECT_THAT(texts(with_tag("main")),
              ElementsAre(StartsWith(compose_path + ":3: the image of web: `main` is")));
  EXPECT_EQ(with_tag("main").front().mend,
            "push the image under a tag of its own, `sha-<commit>`, and:\n"
            "ballast deploy shop sha-<commit>");
  EXPECT_THAT(texts(with_tag("")),
              ElementsAre("? " + compose_path + ":3: its tag is a variable without a value"));
}

TEST(StackWeaknesses, APasswordInTheConfiguration) {
  StackSeen stack = good_stack();
  set_conf(stack,
           "[options]\n; admin_passwd = admin\nadmin_passwd = hunter2\ndb_password = odoo\n"
           "smtp_password = False\n");
  const Findings findings = password_in_config(stack);
  EXPECT_THAT(
      texts(findings),
      ElementsAre(StartsWith("web:/etc/odoo/odoo.conf:3: admin_passwd stands there in plain text"),
                  StartsWith("web:/etc/odoo/odoo.conf:4: db_password stands there")));
  for (const Finding& finding : findings)
    EXPECT_THAT(finding.what + finding.mend, ::testing::Not(HasSubstr("hunter2")));
  set_conf(stack, "admin_passwd = $pbkdf2-sha512$600000$x\ndb_password =\n");
  EXPECT_THAT(password_in_config(stack), IsEmpty());
}

TEST(StackWeaknesses, AnOldClientOfPostgres) {
  StackSeen stack = good_stack();
  PostgresSeen& postgres = **stack.postgres.value;
  postgres.server = 16;
  EXPECT_THAT(
      texts(postgres_client_older(stack)),
      ElementsAre("web: pg_dump 15 in there refuses a server of version 16: backups that Odoo "
                  "itself makes fail"));
  EXPECT_THAT(postgres_client_older(stack).front().mend, HasSubstr("postgresql-client-16"));
  postgres.clients = {13, 17};
  EXPECT_THAT(postgres_client_older(stack), IsEmpty());
  postgres.clients = {};
  EXPECT_THAT(postgres_client_older(stack), IsEmpty());
  postgres = {.place = "this server", .is_on_host = true, .clients = {15}, .server = 17};
  EXPECT_THAT(
      texts(postgres_client_older(stack)),
      ElementsAre("this server: its pg_dump 15 refuses a server of version 17: backups fail"));
}

TEST(StackWeaknesses, ContainersThatAreRoot) {
  EXPECT_THAT(
      texts(privileged_container(with_line("privileged: true"))),
      ElementsAre(compose_path +
                  ":7: with `privileged: true` whoever breaks into web is root on this server"));
  EXPECT_THAT(texts(privileged_container(with_line("pid: host"))),
              ElementsAre(HasSubstr("`pid: host`")));
  EXPECT_THAT(texts(privileged_container(with_line("cap_add: [NET_BIND_SERVICE, CAP_SYS_ADMIN]"))),
              ElementsAre(HasSubstr("`cap_add: CAP_SYS_ADMIN`")));
  EXPECT_THAT(privileged_container(with_line("privileged: false")), IsEmpty());
}

TEST(StackWeaknesses, AServiceThatStaysDown) {
  StackSeen stack = good_stack();
  const std::string beginning = "services:\n  web: {image: 'a/b:${ODOO_TAG}', ";
  set_compose(stack, beginning + "restart: 'no'}\n");
  EXPECT_THAT(texts(restart_missing(stack)),
              ElementsAre(compose_path +
                          ":2: after a crash, and after the server starts anew, web stays down"));
  EXPECT_EQ(restart_missing(stack).front().mend,
            "below `web:` of the compose file:\n  restart: unless-stopped");
  set_compose(
      stack,
      beginning +
          "restart: always, depends_on: {migrate: {condition: service_completed_successfully}}}\n"
          "  migrate: {image: 'a/b:1.0'}\n  tools: {image: 'a/b:1.0', profiles: [debug]}\n");
  EXPECT_THAT(restart_missing(stack), IsEmpty());
}

TEST(StackWeaknesses, SecretsThatOthersCanRead) {
  StackSeen stack = good_stack();
  FileInfo& info = stack.secrets.value->front().info;
  info.mode = 0644;
  const Findings findings = secrets_readable(stack);
  EXPECT_THAT(texts(findings),
              ElementsAre("/srv/stacks/shop/.env: it holds passwords, and its mode is 0644"));
  EXPECT_EQ(findings.front().mend, "chmod 0600 /srv/stacks/shop/.env");
  info.mode = 0640;
  EXPECT_THAT(secrets_readable(stack), IsEmpty());  // the group is root's
  info.group = 1000;
  EXPECT_THAT(texts(secrets_readable(stack)), ElementsAre(HasSubstr("mode is 0640")));
}

TEST(StackWeaknesses, FilesThatOthersCanWrite) {
  StackSeen stack = good_stack();
  FileInfo& info = stack.files.value->front().info;
  info.owner = 1000;
  info.group = 1000;
  info.mode = 0775;
  stack.files.value->front().owner = "ken";
  const Findings findings = stack_files_writable(stack);
  EXPECT_THAT(
      texts(findings),
      ElementsAre(
          "/srv/stacks/shop: it belongs to ken, who so decides what root runs",
          "/srv/stacks/shop: others may write it (mode 0775), and so decide what root runs"));
  EXPECT_EQ(findings[0].mend, "chown root:root /srv/stacks/shop");
  EXPECT_EQ(findings[1].mend, "chmod go-w /srv/stacks/shop");
  info = {.mode = 0755};
  EXPECT_THAT(stack_files_writable(stack), IsEmpty());
}

TEST(StackWeaknesses, WorkersThatDoNotFit) {
  StackSeen stack = good_stack();
  set_conf(stack, "workers = 8\nlimit_memory_hard = 1073741824\n");
  EXPECT_THAT(workers_exceed_memory(stack), IsEmpty());  // 11 times 320 MB in 6 GiB
  set_conf(stack, "workers = 24\nlimit_memory_hard = 1073741824\n");
  EXPECT_THAT(texts(workers_exceed_memory(stack)),
              ElementsAre("web:/etc/odoo/odoo.conf:1: 27 processes of Odoo need some 8.6 GB; the "
                          "limit of web is 6.4 GB"));
  set_compose(stack, replace_all(good_compose, "mem_limit: 6g", "mem_limit: 2g"));
  set_conf(stack, "workers = 2\n");
  EXPECT_THAT(texts(workers_exceed_memory(stack)),
              ElementsAre(HasSubstr("one worker may take 2.7 GB (limit_memory_hard) before Odoo "
                                    "ends it; the limit of web is 2.1 GB")));
  EXPECT_THAT(workers_exceed_memory(stack).front().mend, HasSubstr("mem_limit: 3g"));
  set_conf(stack, "workers = 0\n");
  EXPECT_THAT(workers_exceed_memory(stack), IsEmpty());
  set_compose(stack, replace_all(good_compose, "    mem_limit: 6g\n", ""));
  stack.memory = known(std::uint64_t{2} << 30);
  set_conf(stack, "limit_memory_hard = 1073741824\n", {"odoo", "--workers", "8"});
  EXPECT_THAT(texts(workers_exceed_memory(stack)),
              ElementsAre("the command line: 11 processes of Odoo need some 3.5 GB; the memory of "
                          "this server is 2.1 GB"));
}

}  // namespace
}  // namespace ballast::doctor
