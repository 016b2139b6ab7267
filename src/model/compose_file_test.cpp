#include "model/compose_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model_test_support.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Type = ComposeMount::Type;

ComposeFile compose(std::string_view text) { return parse_compose("docker-compose.yml", text); }

std::string compose_error(std::string_view text) {
  return error_text(Kind::usage, [&] { compose(text); });
}

// A service `web` with these lines.
ComposeService service(const std::string& lines) {
  return compose("services:\n  web:\n" + lines).services.at(0);
}

std::string mount_text(const ComposeMount& mount) {
  const char* types[] = {"volume", "bind", "tmpfs", "other"};
  return std::string(types[static_cast<int>(mount.type)]) + " " + mount.source + " > " +
         mount.target + (mount.read_only ? " ro" : "");
}

std::vector<std::string> mounts(const std::string& lines) {
  std::vector<std::string> texts;
  for (const ComposeMount& mount : service(lines).mounts) texts.push_back(mount_text(mount));
  return texts;
}

std::vector<std::string> ports(const std::string& lines) {
  std::vector<std::string> texts;
  for (const ComposePort& port : service(lines).ports)
    texts.push_back(port.host_ip + " " + port.published + " > " + port.target + " " +
                    port.protocol);
  return texts;
}

TEST(ComposeFileTest, ShortPorts) {
  EXPECT_THAT(
      ports("    ports:\n"
            "      - 8069\n"
            "      - '80:8069'\n"
            "      - 127.0.0.1:8069:8069\n"
            "      - 127.0.0.1::8069/udp\n"
            "      - '[::1]:80:8069'\n"
            "      - 8000-8010:9000-9010\n"
            "      - ${ADDRESS:-127.0.0.1}:${PORT:?no:port}:8069\n"),
      ElementsAre("  > 8069 tcp", " 80 > 8069 tcp", "127.0.0.1 8069 > 8069 tcp",
                  "127.0.0.1  > 8069 udp", "::1 80 > 8069 tcp", " 8000-8010 > 9000-9010 tcp",
                  "${ADDRESS:-127.0.0.1} ${PORT:?no:port} > 8069 tcp"));
}

TEST(ComposeFileTest, LongPorts) {
  EXPECT_THAT(ports("    ports:\n"
                    "      - {target: 8069, published: 80, host_ip: 127.0.0.1, mode: ingress}\n"
                    "      - {target: 53, published: \"8053\", protocol: udp}\n"
                    "      - {target: 8072}\n"),
              ElementsAre("127.0.0.1 80 > 8069 tcp", " 8053 > 53 udp", "  > 8072 tcp"));
}

TEST(ComposeFileTest, ShortMounts) {
  EXPECT_THAT(mounts("    volumes:\n"
                     "      - /var/lib/odoo\n"
                     "      - odoo-data:/var/lib/odoo\n"
                     "      - ./config:/etc/odoo:ro\n"
                     "      - ../a:/a:z,ro\n"
                     "      - ~/b:/b:rw\n"
                     "      - ${DATA:-/srv/data}:/data\n"
                     "      - ${ROOT}/files:/files\n"
                     "      - ${VOLUME}:/volume\n"),
              ElementsAre("volume  > /var/lib/odoo", "volume odoo-data > /var/lib/odoo",
                          "bind ./config > /etc/odoo ro", "bind ../a > /a ro", "bind ~/b > /b",
                          "bind ${DATA:-/srv/data} > /data", "bind ${ROOT}/files > /files",
                          "volume ${VOLUME} > /volume"));
}

TEST(ComposeFileTest, LongMountsAndTmpfs) {
  EXPECT_THAT(mounts("    volumes:\n"
                     "      - type: volume\n"
                     "        source: odoo-data\n"
                     "        target: /var/lib/odoo\n"
                     "        volume: {nocopy: true}\n"
                     "      - {type: bind, src: /srv/x, dst: /x, read_only: true}\n"
                     "      - {type: tmpfs, target: /run}\n"
                     "      - {type: npipe, source: a, target: b}\n"
                     "    tmpfs:\n"
                     "      - /tmp:size=64m\n"),
              ElementsAre("volume odoo-data > /var/lib/odoo", "bind /srv/x > /x ro",
                          "tmpfs  > /run", "other a > b", "tmpfs  > /tmp"));
  EXPECT_THAT(mounts("    tmpfs: /tmp\n"), ElementsAre("tmpfs  > /tmp"));
}

TEST(ComposeFileTest, EnvironmentAsListOrMap) {
  EXPECT_THAT(
      service("    environment:\n      - A=1\n      - B=x=y\n      - C\n      - D=\n").environment,
      UnorderedElementsAre(Pair("A", "1"), Pair("B", "x=y"), Pair("C", "${C}"), Pair("D", "")));
  EXPECT_THAT(service("    environment: {A: 1, B: true, C: , D: '', E: '$$x'}\n").environment,
              UnorderedElementsAre(Pair("A", "1"), Pair("B", "true"), Pair("C", "${C}"),
                                   Pair("D", ""), Pair("E", "$$x")));
}

TEST(ComposeFileTest, LabelsAsListOrMap) {
  EXPECT_THAT(service("    labels:\n      - traefik.enable=true\n      - caddy\n").labels,
              ElementsAre("traefik.enable", "caddy"));
  EXPECT_THAT(service("    labels:\n      traefik.enable: true\n").labels,
              ElementsAre("traefik.enable"));
}

TEST(ComposeFileTest, CommandAsTextOrList) {
  EXPECT_THAT(service("    command: odoo --workers 2 --db-filter '^shop$$'\n").command,
              ElementsAre("odoo", "--workers", "2", "--db-filter", "^shop$$"));
  EXPECT_THAT(service("    command: [odoo, --workers, 2, 'a b']\n").command,
              ElementsAre("odoo", "--workers", "2", "a b"));
  EXPECT_THAT(service("    command: odoo ${ARGS:-a b} -d ${DB}\n").command,
              ElementsAre("odoo", "${ARGS:-a b}", "-d", "${DB}"));
  EXPECT_THAT(service("    command:\n").command, IsEmpty());
  EXPECT_EQ(compose_error("services:\n  web:\n    command: odoo 'x\n"),
            "docker-compose.yml:3: `command` of service `web` has a quote that is never closed");
}

TEST(ComposeFileTest, Flags) {
  const ComposeService none = service("    image: x\n");
  EXPECT_FALSE(none.builds || none.has_health_check || none.has_stop_grace_period ||
               none.has_env_file);
  const ComposeService all = service(
      "    build: .\n    container_name: shop\n    network_mode: host\n"
      "    healthcheck: {test: [CMD, 'true']}\n    stop_grace_period: 60s\n    env_file: .env\n");
  EXPECT_TRUE(all.builds && all.has_health_check && all.has_stop_grace_period && all.has_env_file);
  EXPECT_EQ(all.container_name, "shop");
  EXPECT_EQ(all.network_mode, "host");
  EXPECT_EQ(all.line, 2);
  EXPECT_FALSE(service("    healthcheck: {disable: true}\n").has_health_check);
  EXPECT_FALSE(service("    healthcheck: {test: [NONE]}\n").has_health_check);
  EXPECT_FALSE(service("    healthcheck: {test: NONE}\n").has_health_check);
}

TEST(ComposeFileTest, RefersToOtherFiles) {
  const std::string web = "services:\n  web:\n    image: x\n";
  EXPECT_FALSE(compose(web).refers_to_other_files);
  EXPECT_TRUE(compose(web + "    env_file: a.env\n").refers_to_other_files);
  EXPECT_TRUE(compose(web + "    extends: {file: b.yml, service: c}\n").refers_to_other_files);
  EXPECT_TRUE(compose("include: [a.yml]\n" + web).refers_to_other_files);
  EXPECT_TRUE(compose(web + "secrets: {a: {file: ./a}}\n").refers_to_other_files);
  EXPECT_FALSE(compose(web + "secrets: {a: {external: true}}\n").refers_to_other_files);
  EXPECT_TRUE(compose(web + "configs: {a: {file: ./a}}\n").refers_to_other_files);
}

TEST(ComposeFileTest, EachVariableIsListedOnceByItsStrictestUse) {
  const ComposeFile file = compose(
      "services:\n"
      "  web:\n"
      "    image: a:${A:-x}\n"
      "    environment:\n"
      "      ONE: ${A}\n"
      "      TWO: ${B:-${C}}\n"
      "      $NOT_IN_KEYS: $$NOT\n"
      "    command: [\"${A?}\"]\n");
  ASSERT_EQ(file.variables.size(), 3U);
  EXPECT_EQ(file.variables[0].name, "A");
  EXPECT_FALSE(file.variables[0].has_default);
  EXPECT_EQ(file.variables[0].line, 5);
  EXPECT_EQ(file.variables[1].name, "B");
  EXPECT_TRUE(file.variables[1].has_default);
  EXPECT_EQ(file.variables[2].name, "C");
  EXPECT_TRUE(file.variables[2].nested);
}

TEST(ComposeFileTest, RefusesWhatIsNoComposeFile) {
  const std::string hint = " | a compose file lists its containers under `services:`";
  EXPECT_EQ(compose_error(""), "docker-compose.yml is empty" + hint);
  EXPECT_EQ(compose_error("web:\n  image: x\n"), "docker-compose.yml has no `services:`" + hint);
  EXPECT_EQ(compose_error("version: '3'\nservices:\n"),
            "docker-compose.yml:2: `services` is empty" + hint);
  EXPECT_EQ(compose_error("- a\n"), "docker-compose.yml:1: the compose file is a list, not a map");
  EXPECT_EQ(compose_error("services: [a]\n"),
            "docker-compose.yml:1: `services` is a list, not a map");
  EXPECT_EQ(compose_error("services:\n  web: x\n"),
            "docker-compose.yml:2: service `web` is text, not a map");
  EXPECT_EQ(compose_error("services:\n  web:\n"),
            "docker-compose.yml:2: service `web` is empty, not a map");
  EXPECT_EQ(compose_error("services:\n  web:\n    image: [x]\n"),
            "docker-compose.yml:3: `image` of service `web` is a list, not text");
  EXPECT_EQ(compose_error("services:\n  web:\n    ports: 80\n"),
            "docker-compose.yml:3: `ports` of service `web` is text, not a list");
  EXPECT_EQ(
      compose_error("services:\n  web:\n    ports:\n      - [80]\n"),
      "docker-compose.yml:4: an item of `ports` of service `web` is a list, not text or a map");
  EXPECT_EQ(compose_error("services:\n  web:\n    environment: A\n"),
            "docker-compose.yml:3: `environment` of service `web` is text, not a list or a map");
  EXPECT_EQ(compose_error("services:\n  web:\n    environment:\n      A: [1]\n"),
            "docker-compose.yml:4: `A` in `environment` of service `web` is a list, not text");
}

constexpr const char* odoo_18 = R"(version: "3.8"
x-logging: &logging
  driver: json-file
  options: {max-size: "50m"}

x-odoo: &odoo
  image: ${IMAGE:-ghcr.io/acme/odoo}:${ODOO_TAG:?set ODOO_TAG}
  depends_on:
    db: {condition: service_healthy}
  environment: &odoo-environment
    HOST: db
    PASSWORD: ${POSTGRES_PASSWORD}
  volumes:
    - odoo-data:/var/lib/odoo
    - ./config:/etc/odoo:ro
  logging: *logging

services:
  web:
    <<: *odoo
    ports: ["127.0.0.1:8069:8069", "127.0.0.1:8072:8072"]
    stop_grace_period: 60s
  jobs:
    <<: *odoo
    environment:
      <<: *odoo-environment
      ROLE: jobs
    command: odoo --no-http
  db:
    image: postgres:15
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U \"$$POSTGRES_USER\""]

volumes:
  odoo-data:
  db-data: {}
)";

TEST(ComposeFileTest, ARealOdooStack) {
  const ComposeFile file = compose(odoo_18);
  ASSERT_EQ(file.services.size(), 3U);
  const ComposeService& jobs = *file.service("jobs");
  EXPECT_EQ(jobs.image, "${IMAGE:-ghcr.io/acme/odoo}:${ODOO_TAG:?set ODOO_TAG}");
  EXPECT_EQ(jobs.mounts.size(), 2U);
  EXPECT_THAT(jobs.environment,
              UnorderedElementsAre(Pair("HOST", "db"), Pair("PASSWORD", "${POSTGRES_PASSWORD}"),
                                   Pair("ROLE", "jobs")));
  EXPECT_TRUE(file.service("web")->has_stop_grace_period);
  EXPECT_TRUE(file.service("db")->has_health_check);
  EXPECT_EQ(file.service("x-odoo"), nullptr);
  EXPECT_THAT(file.volumes, ElementsAre("odoo-data", "db-data"));
  std::vector<std::string> names;
  for (const ComposeVariable& variable : file.variables) names.push_back(variable.name);
  EXPECT_THAT(names, ElementsAre("IMAGE", "ODOO_TAG", "POSTGRES_PASSWORD"));
}

// As `docker compose config` (v2) prints it.
constexpr const char* resolved = R"(name: odoo18-prod
services:
  web:
    command: null
    entrypoint: null
    environment:
      HOST: db
      PASSWORD: s3cret$$
    image: ghcr.io/acme/odoo:sha-abc1234
    networks:
      default: null
    ports:
      - mode: ingress
        host_ip: 127.0.0.1
        target: 8069
        published: "8069"
        protocol: tcp
    volumes:
      - type: volume
        source: odoo-data
        target: /var/lib/odoo
        volume: {}
      - type: bind
        source: /srv/stacks/odoo18-prod/config
        target: /etc/odoo
        read_only: true
        bind:
          create_host_path: true
networks:
  default:
    name: odoo18-prod_default
volumes:
  odoo-data:
    name: odoo18-prod_odoo-data
)";

TEST(ComposeFileTest, TheResolvedText) {
  const ComposeFile file = compose(resolved);
  EXPECT_EQ(file.project_name, "odoo18-prod");
  const ComposeService& web = file.services.at(0);
  EXPECT_THAT(web.command, IsEmpty());
  ASSERT_EQ(web.ports.size(), 1U);
  EXPECT_EQ(web.ports[0].published, "8069");
  EXPECT_EQ(mount_text(web.mounts.at(1)), "bind /srv/stacks/odoo18-prod/config > /etc/odoo ro");
  EXPECT_EQ(expand_variables(web.environment.at("PASSWORD"), {}), "s3cret$");
  EXPECT_THAT(file.variables, IsEmpty());
}

}  // namespace
}  // namespace ballast
