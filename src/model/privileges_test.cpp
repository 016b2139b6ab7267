#include "model/privileges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model_test_support.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ComposeGround ground{
    .directory = "/srv/stacks/shop",
    .project = "shop",
    .variables = {{"DATA", "/etc"}, {"ON", "true"}, {"PORT", "8080"}, {"HOME", "/root"}}};

std::vector<std::string> texts(const std::vector<Privilege>& privileges) {
  std::vector<std::string> found;
  for (const Privilege& privilege : privileges) found.push_back(privilege.text());
  return found;
}

std::vector<std::string> found_new(const std::string& before, const std::string& after) {
  return texts(new_privileges(privileges_of("c.yml", before, ground),
                              privileges_of("c.yml", after, ground)));
}

// A service `web` with these lines, beside one that has none.
std::string web(const std::string& lines) {
  return "services:\n  web:\n    image: shop:1\n    " + lines + "\n";
}

std::vector<std::string> brings(const std::string& lines) {
  return found_new(web("restart: always"), web(lines));
}

struct Brought {
  const char* lines;
  const char* accept;
};

class BroughtTest : public ::testing::TestWithParam<Brought> {};

TEST_P(BroughtTest, IsNewOnceAndThenNoMore) {
  EXPECT_THAT(brings(GetParam().lines), ElementsAre(GetParam().accept));
  EXPECT_THAT(found_new(web(GetParam().lines), web(GetParam().lines)), IsEmpty());
  EXPECT_THAT(found_new(web(GetParam().lines), web("restart: always")), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Keys, BroughtTest,
    ::testing::Values(
        Brought{"privileged: true", "privileged=web"}, Brought{"privileged: yes", "privileged=web"},
        Brought{"privileged: ${ON}", "privileged=web"},
        Brought{"privileged: ${OFF:-true}", "privileged=web"},
        Brought{"cap_add: [NET_ADMIN]", "capability=web:NET_ADMIN"},
        Brought{"cap_add: ['${CAP:-ALL}']", "capability=web:ALL"},
        Brought{"devices: ['/dev/fuse:/dev/fuse']", "device=web:/dev/fuse:/dev/fuse"},
        Brought{"device_cgroup_rules: ['c 1:3 mr']", "device=web:c 1:3 mr"},
        Brought{"gpus: all", "device=web:all"},
        Brought{"deploy: {resources: {reservations: {devices: [{driver: nvidia}]}}}",
                "device=web:{driver: nvidia}"},
        Brought{"network_mode: host", "network-mode=web:host"},
        Brought{"network_mode: 'container:other'", "network-mode=web:container:other"},
        Brought{"pid: host", "namespace=web:pid=host"},
        Brought{"pid: 'container:other'", "namespace=web:pid=container:other"},
        Brought{"ipc: host", "namespace=web:ipc=host"},
        Brought{"uts: host", "namespace=web:uts=host"},
        Brought{"userns_mode: host", "namespace=web:userns_mode=host"},
        Brought{"cgroup: host", "namespace=web:cgroup=host"},
        Brought{"cgroup_parent: system.slice", "cgroup=web:system.slice"},
        Brought{"security_opt: ['seccomp:unconfined']", "security-option=web:seccomp:unconfined"},
        Brought{"security_opt: ['no-new-privileges:false']",
                "security-option=web:no-new-privileges:false"},
        Brought{"group_add: [docker]", "group=web:docker"},
        Brought{"sysctls: {net.ipv4.ip_forward: 1}", "sysctl=web:net.ipv4.ip_forward=1"},
        Brought{"sysctls: [net.ipv4.ip_forward=1]", "sysctl=web:net.ipv4.ip_forward=1"},
        Brought{"runtime: sysbox", "runtime=web:sysbox"}, Brought{"user: root", "user=web:root"},
        Brought{"user: '0:0'", "user=web:0:0"}, Brought{"user: '00'", "user=web:00"},
        Brought{"build: .", "build=web"}, Brought{"build: {context: /}", "build=web"},
        Brought{"env_file: /etc/shadow", "file=web:/etc/shadow"},
        Brought{"env_file: [../other/.env]", "file=web:../other/.env"},
        Brought{"env_file: [{path: /etc/shadow, required: false}]", "file=web:/etc/shadow"},
        Brought{"extends: {file: /tmp/x.yml, service: web}", "file=web:/tmp/x.yml"},
        Brought{"extends: {file: 'https://evil.example/x.git', service: web}",
                "file=web:https://evil.example/x.git"},
        Brought{"logging: {driver: syslog, options: {syslog-address: 'tcp://evil:1'}}",
                "logging=web:syslog"},
        Brought{"use_api_socket: true", "key=web:use_api_socket"},
        Brought{"provider: {type: x}", "key=web:provider"},
        Brought{"post_start: [{command: x, privileged: true}]", "key=web:post_start"},
        Brought{"volumes_from: ['container:other']", "key=web:volumes_from"},
        Brought{"Privileged: true", "key=web:Privileged"}));

INSTANTIATE_TEST_SUITE_P(
    Paths, BroughtTest,
    ::testing::Values(
        Brought{"volumes: ['/etc:/x']", "host-path=web:/etc"},
        Brought{"volumes: ['/etc:/x:ro']", "host-path=web:/etc:ro"},
        Brought{"volumes: ['/var/run/docker.sock:/s']", "host-path=web:/var/run/docker.sock"},
        Brought{"volumes: ['${DATA}:/x']", "host-path=web:/etc"},
        Brought{"volumes: ['${NONE:-/etc}:/x']", "host-path=web:/etc"},
        Brought{"volumes: ['./a/../..:/x']", "host-path=web:/srv/stacks"},
        Brought{"volumes: ['~/.ssh:/x']", "host-path=web:/root/.ssh"},
        Brought{"volumes: ['/srv:/x:rshared']", "host-path=web:/srv:rshared"},
        Brought{"volumes: [{type: bind, source: /etc, target: /x}]", "host-path=web:/etc"},
        Brought{"volumes: [{type: bind, source: /etc, target: /x, read_only: true}]",
                "host-path=web:/etc:ro"},
        Brought{"volumes: [{type: bind, source: /a, target: /x, bind: {propagation: shared}}]",
                "host-path=web:/a:shared"},
        Brought{"volumes: [{type: volume, source: /etc, target: /x}]", "host-path=web:/etc"},
        Brought{"volumes: [{type: npipe, source: x, target: /x}]", "key=web:volumes"}));

INSTANTIATE_TEST_SUITE_P(
    Ports, BroughtTest,
    ::testing::Values(Brought{"ports: ['8080:80']", "port=web:8080"},
                      Brought{"ports: ['${PORT}:80']", "port=web:8080"},
                      Brought{"ports: ['0.0.0.0:8080:80']", "port=web:8080"},
                      Brought{"ports: ['127.0.0.1:8080:80']", "port=web:127.0.0.1:8080"},
                      Brought{"ports: ['[::1]:8080:80']", "port=web:[::1]:8080"},
                      Brought{"ports: ['53:53/udp']", "port=web:53/udp"},
                      Brought{"ports: [80]", "port=web:any port for 80"},
                      Brought{"ports: [{target: 80, published: '8080', host_ip: 127.0.0.1}]",
                              "port=web:127.0.0.1:8080"}));

TEST(PrivilegesTest, OrdinaryKeysBringNothing) {
  EXPECT_THAT(brings("environment: {A: b}\n    volumes: ['data:/x', '/anonymous']\n"
                     "    tmpfs: /tmp\n    networks: [back]\n    command: x\n    x-note: y\n"
                     "    privileged: false\n    env_file: ./web.env\n    user: '1000'\n"
                     "    logging: {driver: json-file}\n    deploy: {replicas: 2}\n"
                     "    extends: other\n    pid: 'service:other'\n    build:\n"
                     "  other: {image: b}\nvolumes: {data: }\nnetworks: {back: {driver: bridge}}"),
              IsEmpty());
}

TEST(PrivilegesTest, OfANewServiceTheyAreNewToo) {
  EXPECT_THAT(found_new(web("privileged: true"),
                        web("privileged: true\n  evil: {image: e, privileged: true}")),
              ElementsAre("privileged=evil"));
}

TEST(PrivilegesTest, OfAnotherServiceTheyAreNew) {
  EXPECT_THAT(found_new("services: {a: {cap_add: [X]}, b: {image: b}}",
                        "services: {a: {image: a}, b: {cap_add: [X]}}"),
              ElementsAre("capability=b:X"));
}

TEST(PrivilegesTest, WhatIsNarrowerThanBeforeIsNotNew) {
  EXPECT_THAT(found_new(web("ports: ['8080:80']"), web("ports: ['127.0.0.1:8080:80']")), IsEmpty());
  EXPECT_THAT(found_new(web("volumes: ['/a:/x']"), web("volumes: ['/a:/x:ro']")), IsEmpty());
}

TEST(PrivilegesTest, WhatIsWiderIsNew) {
  EXPECT_THAT(found_new(web("ports: ['127.0.0.1:8080:80']"), web("ports: ['8080:80']")),
              ElementsAre("port=web:8080"));
  EXPECT_THAT(found_new(web("volumes: ['/a:/x:ro']"), web("volumes: ['/a:/x']")),
              ElementsAre("host-path=web:/a"));
}

TEST(PrivilegesTest, AnUnknownKeyThatChangesIsNewAgain) {
  EXPECT_THAT(found_new(web("annotations: {a: b}"), web("annotations: {a: c}")),
              ElementsAre("key=web:annotations"));
  EXPECT_THAT(found_new(web("build: ."), web("build: /")), ElementsAre("build=web"));
}

TEST(PrivilegesTest, RestrictionsAreLifted) {
  const std::string before =
      web("cap_drop: [ALL]\n    read_only: true\n    user: '1000'\n"
          "    security_opt: ['no-new-privileges:true']\n    network_mode: none");
  EXPECT_THAT(found_new(before, web("restart: always")),
              ElementsAre("restriction=web:cap_drop ALL", "restriction=web:network_mode none",
                          "restriction=web:no-new-privileges", "restriction=web:read_only",
                          "restriction=web:user"));
  EXPECT_THAT(found_new(before, "services: {other: {image: x}}"), IsEmpty());
  EXPECT_THAT(found_new(web("user: '1000'"), web("user: '1001'")), IsEmpty());
}

TEST(PrivilegesTest, VolumesOfTheHostAndOfOthers) {
  const auto with = [](const std::string& volume) {
    return found_new(web("restart: always"), web("restart: always\nvolumes:\n  data: " + volume));
  };
  EXPECT_THAT(with("{driver_opts: {type: none, o: bind, device: /etc}}"),
              ElementsAre("volume=data:driver_opts"));
  EXPECT_THAT(with("{driver: nfs}"), ElementsAre("volume=data:driver"));
  EXPECT_THAT(with("{external: true}"), ElementsAre("volume=data"));
  EXPECT_THAT(with("{name: other_data}"), ElementsAre("volume=data"));
  EXPECT_THAT(with("{name: shop_data, driver: local, labels: {a: b}}"), IsEmpty());
}

TEST(PrivilegesTest, NetworksOfOthers) {
  const std::string before =
      web("networks: [front]") + "  db: {image: d}\nnetworks: {front: {external: true}}\n";
  EXPECT_THAT(found_new(web("restart: always"), before),
              ElementsAre("network=front", "network=web:front"));
  EXPECT_THAT(found_new(before, web("networks: [front]") + "  db: {image: d, networks: {front: }}\n"
                                                           "networks: {front: {external: true}}\n"),
              ElementsAre("network=db:front"));
  EXPECT_THAT(
      found_new(web("restart: always"), web("restart: always\nnetworks: {a: {driver: macvlan}}")),
      ElementsAre("network=a:driver"));
  EXPECT_THAT(found_new(web("restart: always\nnetworks: {a: {internal: true}}"),
                        web("restart: always\nnetworks: {a: {internal: false}}")),
              ElementsAre("restriction=network a:internal"));
}

TEST(PrivilegesTest, FilesThatBecomeSecrets) {
  EXPECT_THAT(
      found_new(web("restart: always"), web("restart: always\nsecrets: {key: {file: /etc/shadow}}\n"
                                            "configs: {a: {file: ./.env}, b: {content: x}}")),
      ElementsAre("host-path=configs:a:/srv/stacks/shop/.env",
                  "host-path=secrets:key:/etc/shadow"));
}

TEST(PrivilegesTest, OtherFilesAndProjects) {
  const auto with = [](const std::string& line) {
    return found_new(web("restart: always"), web("restart: always\n" + line));
  };
  EXPECT_THAT(with("include: [/etc/x.yml]"), ElementsAre("file=include:/etc/x.yml"));
  EXPECT_THAT(with("include: [{path: [a.yml, ../b.yml]}]"), ElementsAre("file=include:../b.yml"));
  EXPECT_THAT(with("include: ['oci://evil.example/x']"),
              ElementsAre("file=include:oci://evil.example/x"));
  EXPECT_THAT(with("include: ['git@evil.example:x.git']"),
              ElementsAre("file=include:git@evil.example:x.git"));
  EXPECT_THAT(with("name: other"), ElementsAre("project-name=other"));
  EXPECT_THAT(with("name: shop"), IsEmpty());
  EXPECT_THAT(with("models: {a: b}"), ElementsAre("key=models"));
  EXPECT_THAT(with("version: '3.8'\nx-a: b"), IsEmpty());
}

TEST(PrivilegesTest, MergedAndAliasedValuesCount) {
  EXPECT_THAT(found_new(web("restart: always"),
                        "x-base: &base {privileged: true}\nservices:\n  web:\n    <<: *base\n"),
              ElementsAre("privileged=web"));
}

TEST(PrivilegesTest, ShortAndLongFormsAreTheSame) {
  EXPECT_THAT(found_new(web("ports: ['127.0.0.1:80:80']\n    volumes: ['./a:/x']"),
                        web("ports: [{host_ip: 127.0.0.1, published: '80', target: 80}]\n"
                            "    volumes: [{type: bind, source: /srv/stacks/shop/a, target: /x}]")),
              IsEmpty());
}

TEST(PrivilegesTest, AcceptedByKindOrExactly) {
  const Privilege privilege{"port", "web:80", {}};
  EXPECT_TRUE(is_accepted(privilege, {"port"}));
  EXPECT_TRUE(is_accepted(privilege, {"port=web:80"}));
  EXPECT_FALSE(is_accepted(privilege, {"port=web:8080", "capability", "ports"}));
  EXPECT_EQ(words_of(privilege), "a published port");
}

TEST(PrivilegesTest, ABrokenFileIsToldWithItsLine) {
  EXPECT_EQ(error_text(Kind::usage, [] { privileges_of("c.yml", "services: {web: x}", ground); }),
            "c.yml:1: service `web` is text, not a map");
}

}  // namespace
}  // namespace ballast
