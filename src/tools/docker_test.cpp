#include "tools/docker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast::docker {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// As an Engine 20.10 gives it, cut to what is read.
constexpr const char* inspected =
    R"({"Id":"0123456789abcdef0123","Name":"/shop_web_1","Image":"sha256:aa","RestartCount":2,
"State":{"Status":"running","ExitCode":0,"StartedAt":"2026-11-25T04:02:52.123456789Z","Error":"","OOMKilled":false,
"Health":{"Status":"healthy"}},
"Config":{"Image":"acme/shop:sha-1","Labels":{"com.docker.compose.service":"web"},"Env":["A=1","B=x=y","C"],
"Cmd":["odoo","--workers=2"],"Entrypoint":["/entrypoint.sh"]},
"Mounts":[{"Type":"volume","Name":"shop_web-data","Source":"/var/lib/docker/volumes/x/_data","Destination":"/var/lib/odoo","RW":true}],
"NetworkSettings":{"Networks":{"shop_default":{"IPAddress":"172.18.0.3"}},
"Ports":{"8069/tcp":[{"HostIp":"127.0.0.1","HostPort":"18069"},{"HostIp":"::","HostPort":"18070"}],"8072/tcp":null}}})";

TEST(DockerTest, ReadsAContainer) {
  const Container container = parse_container(*parse_json(inspected));
  EXPECT_EQ(container.name, "shop_web_1");
  EXPECT_EQ(container.short_id(), "0123456789ab");
  EXPECT_TRUE(container.running());
  EXPECT_EQ(container.health, "healthy");
  EXPECT_EQ(container.restart_count, 2);
  EXPECT_EQ(container.label(label_service), "web");
  EXPECT_EQ(container.label("absent"), "");
  EXPECT_THAT(container.environment, ElementsAre(Pair("A", "1"), Pair("B", "x=y"), Pair("C", "")));
  EXPECT_THAT(container.command, ElementsAre("odoo", "--workers=2"));
  EXPECT_THAT(container.addresses, ElementsAre(Pair("shop_default", "172.18.0.3")));
  ASSERT_EQ(container.ports.size(), 2u);
  EXPECT_EQ(container.ports.front().host_port, 18069);
  EXPECT_EQ(container.ports.front().container_port, 8069);
  EXPECT_EQ(container.ports.back().host_ip, "::");
  ASSERT_EQ(container.mounts.size(), 1u);
  EXPECT_EQ(container.mounts.front().name, "shop_web-data");
}

TEST(DockerTest, AContainerOfNothingIsEmptyNotAnError) {
  const Container container = parse_container(Json::object());
  EXPECT_EQ(container.state, "");
  EXPECT_THAT(container.ports, IsEmpty());
}

TEST(DockerTest, ReadsAnImage) {
  const Image image = parse_image(*parse_json(
      R"({"Id":"sha256:aa","RepoTags":["acme/shop:1"],"RepoDigests":["acme/shop@sha256:dd"],"Size":7,
      "Config":{"Volumes":{"/mnt/extra-addons":{}},"Labels":null,"Cmd":null,"User":"odoo"}})"));
  EXPECT_EQ(image.id, "sha256:aa");
  EXPECT_THAT(image.repo_digests, ElementsAre("acme/shop@sha256:dd"));
  EXPECT_THAT(image.volumes, ElementsAre("/mnt/extra-addons"));
  EXPECT_THAT(image.command, IsEmpty());
  EXPECT_EQ(image.size, 7u);
}

TEST(DockerTest, TheFilterOfAListIsEscaped) {
  EXPECT_EQ(list_query({"a=b"}, true),
            "/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D");
}

TEST(DockerTest, LogsComeInFramesOrRaw) {
  const std::string frame("\x01\0\0\0\0\0\0\x03one\x02\0\0\0\0\0\0\x04two\n", 23);
  EXPECT_EQ(log_text(frame), "onetwo\n");
  EXPECT_EQ(log_text("plain text of a terminal\n"), "plain text of a terminal\n");
  EXPECT_EQ(log_text(frame.substr(0, 10)), "on");
  EXPECT_EQ(log_text(""), "");
  EXPECT_EQ(log_text(frame + std::string("\x01\0\0", 3)), "onetwo\n");
}

TEST(DockerTest, ReadsTheProgressOfAPull) {
  const PullProgress progress = parse_pull_line(*parse_json(
      R"({"status":"Downloading","id":"abc","progressDetail":{"current":5,"total":10}})"));
  EXPECT_EQ(progress.layer, "abc");
  EXPECT_EQ(progress.current, 5u);
  EXPECT_EQ(progress.total, 10u);
  EXPECT_EQ(parse_pull_line(*parse_json(R"({"errorDetail":{"message":"denied"}})")).error,
            "denied");
}

TEST(DockerTest, NamesWhyAPullFailed) {
  EXPECT_EQ(classify_pull_failure("manifest for a:b not found: manifest unknown"),
            PullFailure::not_found);
  EXPECT_EQ(classify_pull_failure("Head \"http://x\": no basic auth credentials"),
            PullFailure::unauthorised);
  EXPECT_EQ(
      classify_pull_failure(
          "pull access denied for x, repository does not exist or may require 'docker login'"),
      PullFailure::unauthorised);
  EXPECT_EQ(classify_pull_failure(
                "Get \"http://127.0.0.1:1/v2/\": dial tcp: connect: connection refused"),
            PullFailure::unreachable);
  EXPECT_EQ(classify_pull_failure("write /x: no space left on device"), PullFailure::disk_full);
  EXPECT_EQ(classify_pull_failure("strange"), PullFailure::other);
  EXPECT_EQ(classify_pull_failure(""), PullFailure::none);
}

std::optional<std::uint64_t> memory(const char* stats) { return parse_memory(*parse_json(stats)); }

TEST(DockerTest, MemoryIsWithoutThePageCache) {
  EXPECT_EQ(memory(R"({"memory_stats":{"usage":1000,"stats":{"inactive_file":300,"file":900}}})"),
            700u);
  EXPECT_EQ(memory(R"({"memory_stats":{"usage":1000,
                       "stats":{"total_inactive_file":200,"inactive_file":100,"cache":900}}})"),
            800u);
  EXPECT_EQ(memory(R"({"memory_stats":{"usage":1000,"stats":{"inactive_file":1000}}})"), 1000u);
  EXPECT_EQ(memory(R"({"memory_stats":{"usage":1000}})"), 1000u);
}

TEST(DockerTest, MemoryOfAContainerThatDoesNotRun) {
  EXPECT_EQ(memory(R"({"memory_stats":{}})"), std::nullopt);
  EXPECT_EQ(memory("null"), std::nullopt);
}

TEST(DockerTest, ReadsHowAContainerEndedAndIsStartedAgain) {
  const Container container = parse_container(*parse_json(
      R"({"State":{"Status":"exited","FinishedAt":"2026-11-25T02:27:07.5Z"},
          "HostConfig":{"RestartPolicy":{"Name":"unless-stopped"}}})"));
  EXPECT_EQ(container.finished_at, "2026-11-25T02:27:07.5Z");
  EXPECT_EQ(container.restart_policy, "unless-stopped");
  EXPECT_EQ(parse_info(*parse_json(R"({"SystemTime":"2026-11-25T02:27:07.5Z"})")).system_time,
            "2026-11-25T02:27:07.5Z");
}

std::string health_command(const char* configuration) {
  return parse_container(*parse_json(std::string(R"({"Config":)") + configuration + "}"))
      .health_command;
}

TEST(DockerTest, AHealthCheckInTheWordsOfTheEnginesEvents) {
  EXPECT_EQ(health_command(R"({"Healthcheck":{"Test":["CMD-SHELL","pg_isready -U odoo"]}})"),
            "/bin/sh -c pg_isready -U odoo");
  EXPECT_EQ(health_command(R"({"Healthcheck":{"Test":["CMD-SHELL","x"]},"Shell":["bash","-ec"]})"),
            "bash -ec x");
  EXPECT_EQ(health_command(R"({"Healthcheck":{"Test":["CMD","curl","-f","http://localhost"]}})"),
            "curl -f http://localhost");
  EXPECT_EQ(health_command(R"({"Healthcheck":{"Test":["NONE"]}})"), "");
  EXPECT_EQ(health_command("{}"), "");
}

TEST(DockerTest, ReadsAnEvent) {
  const auto event = parse_event(*parse_json(
      R"({"Type":"container","Action":"exec_start: /bin/sh -c echo: a","timeNano":1795573627500000001,
          "Actor":{"ID":"c1","Attributes":{"name":"shop-web-1","execID":"e1",
                                           "com.docker.compose.project":"shop"}}})"));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->action, "exec_start");
  EXPECT_EQ(event->detail, "/bin/sh -c echo: a");
  EXPECT_EQ(event->id, "c1");
  EXPECT_EQ(event->project, "shop");
  EXPECT_EQ(event->attribute("execID"), "e1");
  EXPECT_EQ(event->attribute("none"), "");
  EXPECT_EQ(event->at.time_since_epoch().count(), 1795573627500);
  EXPECT_FALSE(parse_event(*parse_json(R"({"Type":"network","Action":"connect"})")));
}

TEST(DockerTest, ReadsWhatChangedInAContainer) {
  const std::vector<ChangedPath> wanted{{ChangeKind::changed, "/etc"},
                                        {ChangeKind::removed, "/etc/b"},
                                        {ChangeKind::added, "/opt/a"}};
  EXPECT_EQ(parse_changes(*parse_json(R"([{"Path":"/opt/a","Kind":1},{"Path":"/etc","Kind":0},
                                          {"Path":"/etc/b","Kind":2},{"Path":"/x","Kind":9}])")),
            wanted);
  EXPECT_EQ(parse_changes(nullptr), std::vector<ChangedPath>{});
}

}  // namespace
}  // namespace ballast::docker
