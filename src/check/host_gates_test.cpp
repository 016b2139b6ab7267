#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/check_test_support.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;

class HostGateTest : public ::testing::Test {
 protected:
  void set_docker_root(const std::string& path) {
    world_.http.engine["/info"] = test::page(200, R"({"DockerRootDir":")" + path + "\"}");
  }
  test::World world_;
};

using ComposeValidTest = HostGateTest;

TEST_F(ComposeValidTest, PassesWhenComposeTakesTheFile) {
  world_.read_compose = [] { return ComposeReading(); };
  EXPECT_THAT(world_.ask("compose-valid"),
              ElementsAre("pass compose-valid [/srv/stacks/shop/docker-compose.yml]: valid"));
}

TEST_F(ComposeValidTest, FailsWithTheWordsOfCompose) {
  world_.read_compose = [] {
    return ComposeReading{.trouble = Error(Kind::failed, "services.web.image must be a string")};
  };
  EXPECT_THAT(world_.ask("compose-valid"),
              ElementsAre("fail compose-valid [/srv/stacks/shop/docker-compose.yml]: "
                          "services.web.image must be a string -> run `docker compose -f "
                          "/srv/stacks/shop/docker-compose.yml config` and mend what it names"));
}

TEST_F(ComposeValidTest, KeepsTheHintOfTheError) {
  world_.read_compose = [] {
    return ComposeReading{.trouble = Error(Kind::failed, "broken", "mend it")};
  };
  EXPECT_THAT(world_.ask("compose-valid"),
              ElementsAre("fail compose-valid [/srv/stacks/shop/docker-compose.yml]: broken "
                          "-> mend it"));
}

TEST_F(ComposeValidTest, IsUnknownWhenComposeCannotBeAsked) {
  EXPECT_THAT(world_.ask("compose-valid"),
              ElementsAre("unknown compose-valid [/srv/stacks/shop/docker-compose.yml]: compose "
                          "was not asked -> run `docker compose -f "
                          "/srv/stacks/shop/docker-compose.yml config` and mend what it names"));
  world_.read_compose = []() -> ComposeReading {
    throw Error(Kind::failed, "no compose", "install it");
  };
  EXPECT_THAT(world_.ask("compose-valid"),
              ElementsAre("unknown compose-valid: no compose -> install it"));
}

using DiskSpaceTest = HostGateTest;

Space space(double percent, std::uint64_t filesystem) {
  return {.total = 100'000'000'000,
          .available = 12'400'000'000,
          .used_percent = percent,
          .filesystem = filesystem};
}

TEST_F(DiskSpaceTest, LooksAtTheStackAndAtDocker) {
  set_docker_root("/var/lib/docker");
  world_.disk.spaces = {{"/srv/stacks/shop", space(81.2, 1)}, {"/var/lib/docker", space(12, 2)}};
  EXPECT_THAT(world_.ask("disk-space"),
              ElementsAre("pass disk-space [/srv/stacks/shop]: 81 % used, 12.4 GB free",
                          "pass disk-space [/var/lib/docker]: 12 % used, 12.4 GB free"));
}

TEST_F(DiskSpaceTest, TellsOneFileSystemOnce) {
  set_docker_root("/var/lib/docker");
  world_.disk.spaces = {{"/srv/stacks/shop", space(91, 1)}, {"/var/lib/docker", space(91, 1)}};
  EXPECT_THAT(world_.ask("disk-space"),
              ElementsAre("fail disk-space [/srv/stacks/shop and /var/lib/docker]: 91 % used, "
                          "12.4 GB free; the limit is 85 % -> see what fills it: `docker system "
                          "df`, `du -xsh /srv/stacks/shop`; or raise `gates: {disk: …}` in "
                          "ballast.yaml"));
}

TEST_F(DiskSpaceTest, RefusesAtTheLimitItself) {
  set_docker_root("/var/lib/docker");
  world_.disk.spaces = {{"/srv/stacks/shop", space(84.9, 1)}, {"/var/lib/docker", space(85, 2)}};
  const auto answers = world_.ask("disk-space");
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_TRUE(answers[0].starts_with("pass")) << answers[0];
  EXPECT_TRUE(answers[1].starts_with("fail")) << answers[1];
}

TEST_F(DiskSpaceTest, StillMeasuresTheStackWhenTheEngineIsSilent) {
  world_.http.engine["/info"] = test::no_answer(HttpFailure::no_socket, "no such socket");
  world_.disk.spaces = {{"/srv/stacks/shop", space(10, 1)}};
  const auto answers = world_.ask("disk-space");
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0], "unknown disk-space [docker]: not known while the engine does not answer");
  EXPECT_EQ(answers[1], "pass disk-space [/srv/stacks/shop]: 10 % used, 12.4 GB free");
}

using EngineTest = HostGateTest;

TEST_F(EngineTest, FailsWithAHintWhenItDoesNotAnswer) {
  for (const char* path : {"/info", "/_ping", "/version"})
    world_.http.engine[path] = test::no_answer(HttpFailure::no_socket, "no such socket");
  const auto answers = world_.ask("engine");
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_TRUE(answers[0].starts_with("fail engine: ")) << answers[0];
  EXPECT_NE(answers[0].find(" -> "), std::string::npos) << answers[0];
}

TEST_F(EngineTest, PassesWhenItAnswers) {
  for (const char* path : {"/info", "/_ping", "/version"})
    world_.http.engine[path] = test::page(200, R"({"ServerVersion":"20.10","Version":"20.10"})");
  EXPECT_THAT(world_.ask("engine"), ElementsAre("pass engine: answers"));
}

using MemoryTest = HostGateTest;

TEST_F(MemoryTest, ComparesWhatIsAvailable) {
  world_.policy.gates.memory_available = 256'000'000;
  EXPECT_THAT(world_.ask("memory"), ElementsAre("pass memory: 2.0 GB available"));
  world_.machine.measured->available = 255'000'000;
  EXPECT_THAT(world_.ask("memory"),
              ElementsAre("fail memory: 255.0 MB available; the limit is 256.0 MB -> see who uses "
                          "it: `docker stats --no-stream`; or lower `gates: {memory-available: "
                          "…}` in ballast.yaml"));
}

TEST_F(MemoryTest, IsUnknownWhenItCannotBeRead) {
  world_.machine.measured.reset();
  EXPECT_THAT(world_.ask("memory"),
              ElementsAre("unknown memory: the available memory could not be read -> look at `grep "
                          "Mem /proc/meminfo`"));
}

class ProjectFolderTest : public HostGateTest {
 protected:
  void set_made_from(const std::string& folder) {
    const std::string id(64, 'a');
    world_.http.engine["/containers/json"] = test::page(200, R"([{"Id":")" + id + "\"}]");
    world_.http.engine["/containers/" + id + "/json"] = test::page(
        200, R"({"Id":")" + id + R"(","Name":"/shop_web_1","State":{"Status":"running"},)" +
                 R"("Config":{"Labels":{"com.docker.compose.project":"shop",)" +
                 R"("com.docker.compose.project.working_dir":")" + folder + "\"}}}");
  }
  FileInfo& folder(const std::string& path, std::uint64_t number) {
    FileInfo& info = world_.disk.files[path];
    info.type = FileType::directory;
    info.number = number;
    return info;
  }
  const std::vector<std::string> good{"pass project-folder [shop]: no other stack uses it"};
};

TEST_F(ProjectFolderTest, PassesForContainersOfThisFolderAndForNone) {
  world_.http.engine["/containers/json"] = test::page(200, "[]");
  EXPECT_EQ(world_.ask("project-folder"), good);
  set_made_from("/srv/stacks/shop");
  EXPECT_EQ(world_.ask("project-folder"), good);
}

TEST_F(ProjectFolderTest, LeavesASilentEngineToItsOwnCheck) {
  world_.http.engine["/containers/json"] =
      test::no_answer(HttpFailure::no_socket, "no such socket");
  EXPECT_THAT(world_.ask("project-folder"),
              ElementsAre("unknown project-folder [shop]: not known while the engine does not "
                          "answer"));
}

TEST_F(ProjectFolderTest, RefusesContainersOfAnotherStack) {
  set_made_from("/home/ken/shop");
  world_.disk.files["/home/ken/shop/compose.yaml"] = {};
  EXPECT_THAT(world_.ask("project-folder"),
              ElementsAre("fail project-folder [shop]: its containers belong to the stack in "
                          "/home/ken/shop -> give this one a name of its own: "
                          "`COMPOSE_PROJECT_NAME=…` in /srv/stacks/shop/.env; or remove the "
                          "compose file that is left in /home/ken/shop"));
}

TEST_F(ProjectFolderTest, PassesForAStackThatWasMovedOrIsReachedThroughALink) {
  set_made_from("/home/ken/shop");
  EXPECT_EQ(world_.ask("project-folder"), good);
  world_.disk.files["/home/ken/shop/compose.yaml"] = {};
  folder("/home/ken/shop", 7);
  folder("/srv/stacks/shop", 7);
  EXPECT_EQ(world_.ask("project-folder"), good);
}

class StackFilesTest : public HostGateTest {
 protected:
  FileInfo& file(const std::string& name) { return world_.disk.files["/srv/stacks/shop" + name]; }
};

TEST_F(StackFilesTest, PassesAndMentionsAReadableEnv) {
  EXPECT_THAT(world_.ask("stack-files"),
              ElementsAre("pass stack-files [/srv/stacks/shop]: owners and modes are right"));
  file("/.env").mode = 0644;
  EXPECT_THAT(world_.ask("stack-files"),
              ElementsAre("pass stack-files [/srv/stacks/shop]: owners and modes are right; .env "
                          "can be read by everyone (mode 0644)"));
}

TEST_F(StackFilesTest, TellsEachTroubleWithWhatToType) {
  file("").mode = 0775;
  file("/docker-compose.yml").owner = 1000;
  file("/.env").mode = 0666;
  file("/ballast.yaml").type = FileType::symlink;
  EXPECT_THAT(
      world_.ask("stack-files"),
      ElementsAre("fail stack-files [/srv/stacks/shop]: writable by group or others (mode 0775) -> "
                  "`chmod go-w /srv/stacks/shop`",
                  "fail stack-files [/srv/stacks/shop/docker-compose.yml]: owned by ken -> `chown "
                  "root /srv/stacks/shop/docker-compose.yml`",
                  "fail stack-files [/srv/stacks/shop/.env]: writable by group or others (mode "
                  "0666) -> `chmod go-w /srv/stacks/shop/.env`",
                  "fail stack-files [/srv/stacks/shop/ballast.yaml]: a symlink -> put the file "
                  "itself there: `cp --remove-destination \"$(readlink -f "
                  "/srv/stacks/shop/ballast.yaml)\" /srv/stacks/shop/ballast.yaml`"));
}

TEST_F(StackFilesTest, TheAddressOfTheDatabaseServerIsASecret) {
  world_.policy.database_url_file = "/etc/ballast/shop.url";
  EXPECT_THAT(world_.ask("stack-files"),
              ElementsAre(testing::StartsWith("fail stack-files [/etc/ballast/shop.url]: "
                                              "/etc/ballast/shop.url is missing: it says where the "
                                              "database server is -> write it: ")));
  world_.disk.files["/etc/ballast/shop.url"] = {.type = FileType::regular, .mode = 0640};
  EXPECT_THAT(world_.ask("stack-files"),
              ElementsAre("fail stack-files [/etc/ballast/shop.url]: /etc/ballast/shop.url holds a "
                          "password and is open to others (mode 0640) -> chmod 0600 "
                          "/etc/ballast/shop.url"));
}

TEST_F(StackFilesTest, MissesWhatBelongsToEveryStack) {
  world_.disk.files.erase("/srv/stacks/shop/.env");
  file("/docker-compose.yml").type = FileType::directory;
  EXPECT_THAT(world_.ask("stack-files"),
              ElementsAre("fail stack-files [/srv/stacks/shop/docker-compose.yml]: a folder -> put "
                          "a file there; `ls -ld /srv/stacks/shop/docker-compose.yml` shows what "
                          "it is",
                          "fail stack-files [/srv/stacks/shop/.env]: absent -> put it there: "
                          "/srv/stacks/shop/.env belongs to every stack"));
}

TEST_F(StackFilesTest, LooksAtOverrideFilesToo) {
  file("/docker-compose.override.yml").type = FileType::regular;
  file("/docker-compose.override.yml").mode = 0664;
  EXPECT_THAT(world_.ask("stack-files"),
              ElementsAre("fail stack-files [/srv/stacks/shop/docker-compose.override.yml]: "
                          "writable by group or others (mode 0664) -> `chmod go-w "
                          "/srv/stacks/shop/docker-compose.override.yml`"));
}

TEST_F(StackFilesTest, TheUserWhoRunsBallastMayOwnThem) {
  world_.machine.uid = 1000;
  file("/docker-compose.yml").owner = 1000;
  EXPECT_THAT(world_.ask("stack-files"),
              ElementsAre("pass stack-files [/srv/stacks/shop]: owners and modes are right"));
}

using TagPatternTest = HostGateTest;

TEST_F(TagPatternTest, HoldsTheTagToThePattern) {
  EXPECT_THAT(world_.ask("tag-pattern"),
              ElementsAre("pass tag-pattern [sha-abc1234]: no pattern is set"));
  world_.policy.tag_pattern = "sha-[0-9a-f]{7}";
  EXPECT_THAT(world_.ask("tag-pattern"),
              ElementsAre("pass tag-pattern [sha-abc1234]: matches sha-[0-9a-f]{7}"));
  world_.tag = "sha-abc1234x";
  EXPECT_THAT(world_.ask("tag-pattern"),
              ElementsAre("fail tag-pattern [sha-abc1234x]: does not match sha-[0-9a-f]{7} -> "
                          "deploy a tag that matches, or mend the pattern in "
                          "/srv/stacks/shop/ballast.yaml"));
}

TEST_F(TagPatternTest, NeverTakesLatest) {
  world_.tag = "latest";
  world_.policy.tag_pattern = ".*";
  EXPECT_THAT(world_.ask("tag-pattern"),
              ElementsAre("fail tag-pattern [latest]: `latest` means another image every day -> "
                          "deploy an immutable tag: `ballast deploy shop sha-…`"));
}

using VariablesTest = HostGateTest;

TEST_F(VariablesTest, NamesAllThatLackAValueInOneAnswer) {
  world_.compose.variables = {
      {.name = "SHOP_TAG", .line = 3},
      {.name = "PASSWORD", .line = 7},
      {.name = "USER", .line = 8},
      {.name = "NEEDED", .required = true, .empty_is_unset = true, .line = 9}};
  world_.set_env("SHOP_TAG=sha-abc1234\nPASSWORD=\nNEEDED=\n");
  EXPECT_THAT(world_.ask("variables"),
              ElementsAre("fail variables [/srv/stacks/shop/.env]: no value for PASSWORD (empty, "
                          "line 7), USER (not set, line 8), NEEDED (empty, line 9) -> set each in "
                          "/srv/stacks/shop/.env; where empty is meant, write `${X-}` in "
                          "/srv/stacks/shop/docker-compose.yml"));
}

TEST_F(VariablesTest, TakesDefaultsAndWhatComposeIsGiven) {
  world_.compose.variables = {{.name = "SHOP_TAG", .line = 3},
                              {.name = "WITH_DEFAULT", .has_default = true, .line = 4},
                              {.name = "MAY_BE_EMPTY", .required = true, .line = 5},
                              {.name = "COMPOSE_PROJECT_NAME", .line = 6}};
  world_.set_env("SHOP_TAG=sha-abc1234\nMAY_BE_EMPTY=\n");
  EXPECT_THAT(world_.ask("variables"),
              ElementsAre("pass variables [/srv/stacks/shop/.env]: 4 variables of the compose "
                          "file, none without a value"));
}

TEST_F(VariablesTest, IsUnknownWithoutTheFile) {
  world_.env.reset();
  EXPECT_THAT(world_.ask("variables"),
              ElementsAre("unknown variables: /srv/stacks/shop/.env could not be read -> "
                          "`variables` (variables of the compose file) could not be answered"));
}

}  // namespace
}  // namespace ballast
