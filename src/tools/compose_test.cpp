#include "tools/compose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;

const ComposeTool one{.generation = Generation::one, .program = {"/usr/bin/docker-compose"}, .version = {}};
const ComposeTool two{.generation = Generation::two, .program = {"/plugins/docker-compose"}, .version = {}};

TEST(ComposeTest, TheGenerationThatMadeTheContainersIsUsed) {
  EXPECT_EQ(choose_compose({one, two}, "1.29.2").generation, Generation::one);
  EXPECT_EQ(choose_compose({one, two}, "2.26.1").generation, Generation::two);
  EXPECT_EQ(choose_compose({one, two}, "5.0.0").generation, Generation::two);
}

TEST(ComposeTest, ElseTheNewerOnePresent) {
  EXPECT_EQ(choose_compose({one, two}, "").generation, Generation::two);
  EXPECT_EQ(choose_compose({one}, "").generation, Generation::one);
}

TEST(ComposeTest, AGenerationThatIsNotThereIsRefused) {
  try {
    choose_compose({two}, "1.29.2");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::refused);
    EXPECT_EQ(error.message(),
              "the running containers were made by Docker Compose 1.29.2, and that generation is not installed");
    EXPECT_EQ(error.hint(), "install it: apt-get install docker-compose");
  }
  try {
    choose_compose({}, "");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "Docker Compose is not installed");
  }
}

TEST(ComposeTest, EverythingBeforeTheVerbIsSaid) {
  const ComposeProject project{.name = "shop", .directory = "/srv/stacks/shop", .files = {"/srv/stacks/shop/compose.yaml"}};
  EXPECT_THAT(compose_argv(one, project, {"config"}),
              ElementsAre("/usr/bin/docker-compose", "--ansi", "never", "--project-name", "shop", "--project-directory",
                          "/srv/stacks/shop", "--file", "/srv/stacks/shop/compose.yaml", "config"));
}

TEST(ComposeTest, UpRecreatesOneServiceWithFreshAnonymousVolumes) {
  EXPECT_THAT(up_words(one, {.services = {"web"}, .stop_timeout = std::chrono::milliseconds(1500)}),
              ElementsAre("up", "-d", "--no-build", "--no-deps", "--force-recreate", "--renew-anon-volumes", "--timeout", "2", "web"));
}

TEST(ComposeTest, AFirstUpBringsTheWholeStack) {
  EXPECT_THAT(up_words(two, {.services = {}, .dependencies = true, .recreate = false}), ElementsAre("up", "-d", "--no-build"));
}

TEST(ComposeTest, ACandidateHasNoPortsNoAliasAndNoDependencies) {
  EXPECT_THAT(candidate_words(two, {.service = "web",
                                    .name = "shop-candidate-1",
                                    .labels = {{"tools.ballast.candidate", "op"}, {"traefik.enable", "false"}},
                                    .environment = {{"VIRTUAL_HOST", ""}},
                                    .command = {"odoo", "--max-cron-threads=0"}}),
              ElementsAre("run", "-d", "-T", "--no-deps", "--name", "shop-candidate-1", "-l", "tools.ballast.candidate=op",
                          "-l", "traefik.enable=false", "-e", "VIRTUAL_HOST=", "web", "odoo", "--max-cron-threads=0"));
}

}  // namespace
}  // namespace ballast
