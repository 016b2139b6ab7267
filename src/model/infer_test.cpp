#include "model/infer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model_test_support.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* path = "/srv/stacks/x/docker-compose.yml";

Policy infer(const std::string& services) {
  return infer_policy(parse_compose(path, "services:\n" + services));
}

std::string infer_error(const std::string& services) {
  return error_text(Kind::usage, [&] { infer(services); });
}

Policy read(const std::string& services, const std::string& text) {
  const ComposeFile compose = parse_compose(path, "services:\n" + services);
  return read_policy(compose, "/srv/stacks/x/ballast.yaml", text).policy;
}

std::string read_error(const std::string& services, const std::string& text) {
  return error_text(Kind::usage, [&] { read(services, text); });
}

const std::string web = "  web: {image: 'acme/odoo:${ODOO_TAG}', ports: [8069]}\n";
const std::string worker = "  worker: {image: 'acme/odoo:${ODOO_TAG}'}\n";
const std::string proxy = "  proxy: {image: 'nginx:${NGINX_TAG}'}\n";
const std::string database = "  db: {image: 'postgres:15'}\n";

TEST(InferTest, AnOdooStack) {
  const Policy policy = infer(
      "  web:\n    image: ghcr.io/acme/odoo18:${ODOO_TAG:?}\n    volumes: "
      "['data:/var/lib/odoo']\n" +
      database);
  EXPECT_EQ(policy.preset, Preset::odoo);
  EXPECT_EQ(policy.service, "web");
  EXPECT_EQ(policy.tag_variable, "ODOO_TAG");
  EXPECT_EQ(policy.database_service, "db");
  EXPECT_EQ(policy.repository_hint, "ghcr.io/acme/odoo18:${ODOO_TAG:?}");
  EXPECT_EQ(policy.tag_pattern, "sha-[0-9a-f]{7,40}");
  EXPECT_EQ(policy.traffic.port, 8069);
  EXPECT_EQ(policy.traffic.chat_port, 8072);
  EXPECT_EQ(policy.before_deploy, "required");
  EXPECT_TRUE(policy.candidate.enabled);
  EXPECT_THAT(policy.candidate.arguments, ElementsAre("--max-cron-threads=0"));
  EXPECT_EQ(policy.addons.path, "/mnt/extra-addons");
  EXPECT_THAT(policy.data_mounts, ElementsAre("/var/lib/odoo"));
  EXPECT_THAT(policy.companions, IsEmpty());
}

TEST(InferTest, AnyOtherStack) {
  const Policy policy = infer("  app: {image: 'acme/app:${APP_TAG}'}\n");
  EXPECT_EQ(policy.preset, Preset::generic);
  EXPECT_EQ(policy.before_deploy, "off");
  EXPECT_EQ(policy.database_service, "");
  EXPECT_EQ(policy.tag_pattern, "");
  EXPECT_EQ(policy.traffic.port, 0);
  EXPECT_FALSE(policy.candidate.enabled);
}

TEST(InferTest, TheFormsOfTheVariable) {
  for (const char* image :
       {"a/odoo:${ODOO_TAG:-latest}", "${IMAGE:-acme/odoo}:${ODOO_TAG}", "odoo:$ODOO_TAG",
        "${REGISTRY_TAG}/odoo:${ODOO_TAG:?}", "${FULL:-acme/odoo:${ODOO_TAG}}"})
    EXPECT_EQ(infer(std::string("  web: {image: '") + image + "'}\n").tag_variable, "ODOO_TAG")
        << image;
  EXPECT_EQ(infer("  web: {image: 'odoo:${TAG}'}\n").tag_variable, "TAG");
}

TEST(InferTest, ServicesThatShareTheVariableAreSwitchedAlong) {
  const Policy policy = infer(worker + web);
  EXPECT_EQ(policy.service, "web");
  EXPECT_THAT(policy.companions, ElementsAre("worker"));
}

TEST(InferTest, ADatabaseIsNotReleased) {
  const Policy policy = infer("  db: {image: 'postgres:${PG_TAG}'}\n" + web);
  EXPECT_EQ(policy.service, "web");
  EXPECT_EQ(policy.database_service, "db");
}

TEST(InferTest, ImagesOfPostgreSql) {
  for (const char* image :
       {"postgres", "docker.io/library/postgres:15-alpine", "postgis/postgis:15-3.4",
        "bitnami/postgresql:15", "${DB:-postgres:15}", "postgres:${PG_VERSION}"})
    EXPECT_EQ(infer(web + "  db: {image: '" + image + "'}\n").database_service, "db") << image;
  for (const char* image : {"prometheuscommunity/postgres-exporter", "x/postgres-backup-local",
                            "redis", "postgres/other"})
    EXPECT_EQ(infer(web + "  db: {image: '" + image + "'}\n").database_service, "") << image;
}

TEST(InferTest, NoneCouldBeReleased) {
  EXPECT_EQ(infer_error("  web: {image: 'odoo:18.0'}\n" + database),
            "no service in /srv/stacks/x/docker-compose.yml has a ${…_TAG} variable in its image | "
            "write the tag of the release service as a variable, such as "
            "`image: ghcr.io/acme/odoo:${ODOO_TAG}`");
}

TEST(InferTest, SeveralCouldBeReleased) {
  EXPECT_EQ(infer_error(web + proxy),
            "`web` (ODOO_TAG) and `proxy` (NGINX_TAG) in /srv/stacks/x/docker-compose.yml could be "
            "released | write `service: NAME` into /srv/stacks/x/ballast.yaml");
  EXPECT_EQ(
      infer_error(worker + "  other: {image: 'acme/odoo:${ODOO_TAG}'}\n"),
      "`worker` (ODOO_TAG) and `other` (ODOO_TAG) in /srv/stacks/x/docker-compose.yml could be "
      "released | write `service: NAME` into /srv/stacks/x/ballast.yaml");
  EXPECT_EQ(infer_error(web + database + "  db2: {image: postgres}\n"),
            "services `db`, `db2` in /srv/stacks/x/docker-compose.yml run PostgreSQL | "
            "write `database: {service: NAME}` into /srv/stacks/x/ballast.yaml");
}

TEST(InferTest, TheFileDecides) {
  EXPECT_EQ(read(web + proxy, "service: proxy\n").tag_variable, "NGINX_TAG");
  EXPECT_EQ(read(web + proxy, "tag-variable: ODOO_TAG\n").service, "web");
  EXPECT_EQ(read(worker + web, "service: worker\n").companions, std::vector<std::string>{"web"});
  EXPECT_EQ(read("  web: {image: 'odoo:${VERSION}'}\n", "service: web\n").tag_variable, "VERSION");
  EXPECT_EQ(read(web + database, "database: {service: \"\"}\n").database_service, "");
  EXPECT_EQ(
      read(web + "  store: {image: timescale}\n", "database: {service: store}\n").database_service,
      "store");
  EXPECT_EQ(read(web, "preset: odoo\n").tag_pattern, "sha-[0-9a-f]{7,40}");
}

TEST(InferTest, TheFileNamesWhatIsNotThere) {
  EXPECT_EQ(read_error(web + proxy, "\nservice: shop\n"),
            "/srv/stacks/x/ballast.yaml:2: no service `shop` in /srv/stacks/x/docker-compose.yml | "
            "services there: web, proxy");
  EXPECT_EQ(read_error(web + proxy, "service: prox\n"),
            "/srv/stacks/x/ballast.yaml:1: no service `prox` in /srv/stacks/x/docker-compose.yml | "
            "did you mean `proxy`?");
  EXPECT_EQ(read_error(web, "database:\n  service: postgres\n"),
            "/srv/stacks/x/ballast.yaml:2: no service `postgres` in "
            "/srv/stacks/x/docker-compose.yml | services there: web");
  EXPECT_EQ(read_error(web, "service: web\ntag-variable: SHOP_TAG\n"),
            "/srv/stacks/x/ballast.yaml:2: the image of service `web` has no variable `SHOP_TAG`: "
            "acme/odoo:${ODOO_TAG} | write the image with its tag as ${SHOP_TAG}");
  EXPECT_EQ(read_error(web, "tag-variable: SHOP_TAG\n"),
            "/srv/stacks/x/ballast.yaml:1: no service in /srv/stacks/x/docker-compose.yml has the "
            "variable `SHOP_TAG` in its image");
  EXPECT_EQ(read_error(web + database, "service: db\n"),
            "/srv/stacks/x/ballast.yaml:1: the image of service `db` has no ${…_TAG} variable: "
            "postgres:15 | write its tag as a variable, such as "
            "`image: ghcr.io/acme/odoo:${ODOO_TAG}`");
}

}  // namespace
}  // namespace ballast
