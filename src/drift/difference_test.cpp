#include "drift/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using docker::ChangedPath;
using docker::ChangeKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

docker::Container container(const std::string& service, const std::string& id) {
  docker::Container made;
  made.id = id;
  made.image_id = "sha256:image";
  made.labels = {{"com.docker.compose.service", service},
                 {"com.docker.compose.config-hash", "hash"}};
  return made;
}

DriftSeen as_released() {
  DriftSeen seen;
  seen.stack = "shop";
  seen.good = ReleaseRecord{};
  seen.good->tag = "sha-a1";
  seen.keeps_copies = true;
  seen.policy.service = "web";
  seen.policy.tag_variable = "SHOP_TAG";
  seen.deployed = Deployed{.operation = "one",
                           .containers = {{"web", "web-1", "sha256:image", "hash"},
                                          {"db", "db-1", "sha256:image", "hash"}}};
  seen.services = {container("web", "web-1"), container("db", "db-1")};
  ReleaseContainerSeen release;
  release.container = seen.services.front();
  seen.releases = {release};
  return seen;
}

std::vector<std::string> texts(const DriftSeen& seen) {
  std::vector<std::string> found;
  for (const Difference& one : compare(seen).differences) found.push_back(one.text());
  return found;
}

StackFileSeen file(const std::string& name, std::optional<std::string> kept,
                   std::optional<std::string> now) {
  return {.name = name, .kept = std::move(kept), .now = std::move(now), .changed = {}};
}

TEST(Compare, WhatIsAsReleasedDiffersInNothing) {
  EXPECT_THAT(texts(as_released()), IsEmpty());
  EXPECT_THAT(compare(as_released()).unknown, IsEmpty());
}

TEST(Compare, WithoutAReleaseNothingIsKnown) {
  DriftSeen seen = as_released();
  seen.good.reset();
  EXPECT_THAT(compare(seen).unknown, ElementsAre("no release is recorded to compare with"));
}

TEST(Compare, WhatIsMissingForAComparisonIsUnknown) {
  DriftSeen seen = as_released();
  seen.keeps_copies = false;
  seen.deployed.reset();
  seen.releases.front().trouble = "the engine does not answer";
  seen.troubles = {"a"};
  EXPECT_THAT(compare(seen).unknown,
              ElementsAre("a", "files of the stack: the release sha-a1 kept no copies",
                          "containers: no operation noted which ones it left",
                          "files of web: the engine does not answer"));
}

TEST(Compare, FilesOfTheStack) {
  DriftSeen seen = as_released();
  seen.files = {file("docker-compose.yml", "a", "b"), file("ballast.yaml", std::nullopt, "x"),
                file("docker-compose.override.yml", "y", std::nullopt)};
  EXPECT_THAT(texts(seen), ElementsAre("docker-compose.yml was changed", "ballast.yaml was added",
                                       "docker-compose.override.yml was removed"));
  const auto differences = compare(seen).differences;
  EXPECT_EQ(differences[0].what, "compose-file");
  EXPECT_EQ(differences[1].what, "policy");
  EXPECT_EQ(differences[2].what, "override-file");
  EXPECT_FALSE(differences[0].changes_release);
}

TEST(Compare, TheTagLineIsToldForItself) {
  DriftSeen seen = as_released();
  seen.files = {file(".env", "SHOP_TAG=sha-a1\nA=1\n", "SHOP_TAG=sha-b2\nA=1\n")};
  EXPECT_THAT(texts(seen), ElementsAre(".env: the tag line says sha-b2, the release is sha-a1"));
  seen.files = {file(".env", "SHOP_TAG=sha-a1\nA=1\n", "SHOP_TAG=sha-b2\nA=2\n")};
  EXPECT_THAT(texts(seen), ElementsAre(".env: the tag line says sha-b2, the release is sha-a1",
                                       ".env was changed"));
  const auto keys = compare(seen).differences.back().keys;
  seen.files = {file(".env", "SHOP_TAG=sha-a1\nA=1\n", "SHOP_TAG=sha-a1\nA=2\n")};
  EXPECT_EQ(compare(seen).differences.back().keys, keys);
  seen.files = {file(".env", "SHOP_TAG=sha-a1\n# a\n", "SHOP_TAG=sha-a1\n# b\n")};
  EXPECT_THAT(texts(seen), ElementsAre(".env was changed"));
}

TEST(Compare, AnotherEditIsAnotherDifference) {
  DriftSeen seen = as_released();
  seen.files = {file(".env", "A=1\n", "A=2\n")};
  const auto first = compare(seen).differences.front().keys;
  EXPECT_EQ(compare(seen).differences.front().keys, first);
  seen.files = {file(".env", "A=1\n", "A=3\n")};
  EXPECT_NE(compare(seen).differences.front().keys, first);
}

TEST(Compare, AContainerThatAnotherTookThePlaceOf) {
  DriftSeen seen = as_released();
  seen.services[0].id = "web-2-of-this-stack";
  EXPECT_THAT(texts(seen), ElementsAre("web: container web-2-of-thi took the place of container "
                                       "web-1"));
  EXPECT_TRUE(compare(seen).differences.front().changes_release);
  seen.services[0].image_id = "sha256:other";
  seen.services[0].labels["com.docker.compose.config-hash"] = "other";
  EXPECT_THAT(texts(seen), ElementsAre("web: container web-2-of-thi took the place of container "
                                       "web-1",
                                       "web: its image is sha256:other, sha256:image was deployed",
                                       "web: its configuration is other, hash was deployed"));
  seen = as_released();
  seen.services[1].id = "db-2";
  EXPECT_FALSE(compare(seen).differences.front().changes_release);
}

TEST(Compare, ContainersThatWereAddedOrRemoved) {
  DriftSeen seen = as_released();
  seen.services.push_back(container("web", "web-2"));
  seen.services.push_back(container("cache", "cache-1"));
  seen.services.erase(seen.services.begin() + 1);
  EXPECT_THAT(texts(seen),
              ElementsAre("db: container db-1 was removed", "web: container web-2 was added",
                          "cache: container cache-1 was added"));
}

TEST(Compare, FilesInTheContainerOfTheRelease) {
  DriftSeen seen = as_released();
  seen.releases[0].changes = {{ChangeKind::changed, "/opt"},
                              {ChangeKind::added, "/opt/a"},
                              {ChangeKind::removed, "/opt/b"},
                              {ChangeKind::changed, "/opt/c"}};
  EXPECT_THAT(texts(seen), ElementsAre("web: 3 files are not as in its image: added /opt/a, "
                                       "removed /opt/b, /opt/c"));
  const auto keys = compare(seen).differences.front().keys;
  EXPECT_EQ(keys.size(), 3);
  seen.releases[0].digests["/opt/c"] = "0123456789abcdef0";
  EXPECT_NE(compare(seen).differences.front().keys.back(), keys.back());
  seen.releases[0].changes = {{ChangeKind::changed, "/opt/c"}};
  EXPECT_THAT(texts(seen), ElementsAre("web: a file is not as in its image: /opt/c"));
}

std::vector<std::string> telling(const std::vector<std::string>& paths,
                                 const ReleaseContainerSeen& like = {}, const Policy& policy = {}) {
  ReleaseContainerSeen seen = like;
  for (const std::string& path : paths) seen.changes.push_back({ChangeKind::changed, path});
  std::vector<std::string> left;
  for (const ChangedPath& one : telling_changes(seen, policy)) left.push_back(one.path);
  return left;
}

TEST(TellingChanges, LeavesOutWhatProgramsWriteByThemselves) {
  EXPECT_THAT(telling({"/tmp", "/tmp/x", "/run/a.pid", "/var", "/var/log", "/var/log/a", "/root",
                       "/root/.bash_history", "/usr/lib/a/__pycache__",
                       "/usr/lib/a/__pycache__/b.cpython-311.pyc", "/root/.cache/pip/x"}),
              ElementsAre());
}

TEST(TellingChanges, LeavesOutFoldersThatOnlyLeadToOthers) {
  EXPECT_THAT(telling({"/opt", "/opt-x", "/opt/a", "/opt/a/b"}), ElementsAre("/opt-x", "/opt/a/b"));
}

TEST(TellingChanges, LeavesOutMountsThePolicysAndWhatItDidWhenItBegan) {
  ReleaseContainerSeen like;
  like.container.mounts = {{.type = "volume", .name = "data", .source = "", .target = "/srv/data"}};
  like.own = {"/etc/nginx/conf.d/default.conf"};
  Policy policy;
  policy.drift.ignore = {"/opt/cache*"};
  EXPECT_THAT(telling({"/srv", "/srv/data", "/srv/data/x", "/srv/database", "/opt/cache/1",
                       "/opt/code.py", "/etc/nginx/conf.d/default.conf"},
                      like, policy),
              ElementsAre("/srv/database", "/opt/code.py"));
}

TEST(EnvDifference, HidesWhatIsSecret) {
  Secrets secrets;
  secrets.add("hunter22");
  EXPECT_EQ(env_difference("A=1\nDB_PASSWORD=old-one\nGONE=x\nSAME=s\n",
                           "A=2\nDB_PASSWORD=new-one\nNEW=say hunter22\nSAME=s\n", secrets),
            "-A=1\n+A=2\n-DB_PASSWORD=***\n+DB_PASSWORD=***\n-GONE=x\n+NEW=say ***\n");
  EXPECT_EQ(env_difference("A=1\n", "# why\nA=1\n", secrets),
            "only comments, quotes or the order of lines\n");
}

}  // namespace
}  // namespace ballast
