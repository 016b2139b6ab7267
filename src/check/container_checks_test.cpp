#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "check/check_test_support.h"
#include "check/checks.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;

class ContainerTest : public ::testing::Test {
 protected:
  ContainerTest() { world_.set_target(); }
  test::World world_;
};

using ContainerRunningTest = ContainerTest;

TEST_F(ContainerRunningTest, PassesWhenItRuns) {
  EXPECT_THAT(world_.ask("container-running"),
              ElementsAre("pass container-running [shop_web_1]: running, 0 restarts"));
}

TEST_F(ContainerRunningTest, TellsHowItEnded) {
  world_.inspect("exited", R"(,"ExitCode":137,"OOMKilled":true)", 1);
  EXPECT_THAT(world_.ask("container-running"),
              ElementsAre("fail container-running [shop_web_1]: exited (137, out of memory), 1 "
                          "restart -> look at `docker logs --tail 50 shop_web_1`"));
}

TEST_F(ContainerRunningTest, FailsWhenItRestarted) {
  world_.inspect("restarting", "", 2);
  EXPECT_THAT(world_.ask("container-running"),
              ElementsAre("fail container-running [shop_web_1]: restarting, 2 restarts -> look at "
                          "`docker logs --tail 50 shop_web_1`"));
  world_.inspect("running", "", 2);
  EXPECT_THAT(world_.ask("container-running"),
              ElementsAre("fail container-running [shop_web_1]: restarted while it was verified, 2 "
                          "restarts -> look at `docker logs --tail 50 shop_web_1`"));
}

TEST_F(ContainerRunningTest, WantsTheProperNameOfALiveRelease) {
  world_.inspect("running", "", 0, "0123456789ab_shop_web_1");
  EXPECT_THAT(world_.ask("container-running"),
              ElementsAre("fail container-running [0123456789ab_shop_web_1]: runs under the name "
                          "of a failed recreate -> `docker rename 0123456789ab_shop_web_1 "
                          "shop_web_1`"));
  world_.target->candidate = true;
  EXPECT_THAT(world_.ask("container-running"),
              ElementsAre("pass container-running [0123456789ab_shop_web_1]: running, 0 restarts"));
}

TEST_F(ContainerRunningTest, FailsWhenItIsGone) {
  world_.http.engine.clear();
  EXPECT_THAT(world_.ask("container-running"),
              ElementsAre("fail container-running [shop_web_1]: gone -> see what there is: `docker "
                          "ps -a --filter label=com.docker.compose.project=shop`"));
}

TEST_F(ContainerRunningTest, IsUnknownWhenTheEngineIsSilent) {
  world_.http.engine["/json"] = test::no_answer(HttpFailure::timed_out, "no answer within 30 s");
  world_.http.engine.erase("/containers/" + world_.id + "/json");
  const auto answers = world_.ask("container-running");
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_TRUE(answers[0].starts_with("unknown container-running: ")) << answers[0];
}

TEST_F(ContainerRunningTest, IsUnknownWithoutATarget) {
  world_.target.reset();
  EXPECT_THAT(world_.ask("container-running"),
              ElementsAre("unknown container-running: there is no container to ask -> "
                          "`container-running` (running container) could not be answered"));
}

using ContainerHealthTest = ContainerTest;

TEST_F(ContainerHealthTest, RefusesOnlyUnhealthy) {
  EXPECT_THAT(world_.ask("container-health"),
              ElementsAre("pass container-health [shop_web_1]: no health check"));
  world_.inspect("running", R"(,"Health":{"Status":"starting"})");
  EXPECT_THAT(world_.ask("container-health"),
              ElementsAre("pass container-health [shop_web_1]: starting"));
  world_.inspect("running", R"(,"Health":{"Status":"unhealthy"})");
  EXPECT_THAT(world_.ask("container-health"),
              ElementsAre("fail container-health [shop_web_1]: unhealthy -> see its words: `docker "
                          "inspect -f '{{json .State.Health}}' shop_web_1`"));
}

TEST_F(ContainerHealthTest, FailsWhenItIsGone) {
  world_.http.engine.clear();
  EXPECT_THAT(world_.ask("container-health"),
              ElementsAre("fail container-health [shop_web_1]: its container is gone -> look at "
                          "`docker logs --tail 50 shop_web_1`"));
}

TEST_F(ContainerHealthTest, WhoFollowsItNeedNotAsk) {
  world_.http.engine.clear();
  CheckContext context = world_.context();
  context.target->container.health = "unhealthy";
  context.target_is_followed = true;
  const auto answers = checks::container_health(context);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].verdict, Verdict::fail);
  EXPECT_EQ(answers[0].measured, "unhealthy");
}

class AddonsServedTest : public ContainerTest {
 protected:
  AddonsServedTest() {
    world_.image_addons = {Addon{"shop", "18.0.1.0", "", "aa"},
                           Addon{"stock", "18.0.2.0", "", "bb"}};
  }
  // What `docker exec` gives: a frame of standard output.
  void serve(const std::string& output) {
    std::string frame("\1\0\0\0\0\0", 6);
    frame += static_cast<char>(output.size() / 256);
    frame += static_cast<char>(output.size() % 256);
    auto& engine = world_.http.engine;
    engine["/containers/" + world_.id + "/exec"] = test::page(201, R"({"Id":"e1"})");
    engine["/exec/e1/start"] = test::page(200, frame + output);
    engine["/exec/e1/json"] = test::page(200, R"({"ExitCode":0,"Running":false})");
  }
  void serve(const std::vector<Addon>& addons) {
    serve(json_text(Json{{"addons", addons_json(addons)}}) + "\n");
  }
};

TEST_F(AddonsServedTest, PassesWhenTheyAreThoseOfTheImage) {
  serve(*world_.image_addons);
  EXPECT_THAT(world_.ask("addons-served"),
              ElementsAre("pass addons-served [/mnt/extra-addons]: 2 addons, as in the image"));
}

TEST_F(AddonsServedTest, NamesThoseThatDiffer) {
  world_.image_addons->push_back(Addon{"website_shop", "18.0.1.0", "", "cc"});
  serve({Addon{"shop", "18.0.0.9", "", "ab"}, Addon{"stock", "18.0.2.0", "", "bc"},
         Addon{"old", "1", "", "dd"}});
  EXPECT_THAT(world_.ask("addons-served"),
              ElementsAre("fail addons-served [/mnt/extra-addons]: not the image's: shop (18.0.0.9 "
                          "instead of 18.0.1.0), stock (other files), website_shop (absent), old "
                          "(not in the image) -> an old volume lies over /mnt/extra-addons, as "
                          "after a recreate by hand: `docker compose up -d --no-deps "
                          "--force-recreate --renew-anon-volumes web`"));
}

// The container's files as this host sees them; no program can be started inside.
class AddonsSeenTest : public AddonsServedTest {
 protected:
  AddonsSeenTest() {
    world_.image_addons = {Addon{"shop", "18.0.1.0", "", sha256_hex(manifest())}};
    world_.target->container.process = 4711;
    world_.disk.contents["/proc/4711/cgroup"] = "0::/system.slice/docker-" + world_.id + ".scope\n";
    for (const char* folder : {"/mnt", "/mnt/extra-addons"})
      world_.disk.files["/proc/4711/root" + std::string(folder)] = {.type = FileType::directory,
                                                                    .mode = 0755};
    world_.trees.files[file_] = "{}";
  }
  static std::string manifest() {
    return std::string(
        "__manifest__.py\0"
        "2\0{}",
        20);
  }

  const std::string file_ = "/proc/4711/root/mnt/extra-addons/shop/__manifest__.py";
};

TEST_F(AddonsSeenTest, PassWithoutAProgramInside) {
  EXPECT_THAT(world_.ask("addons-served"),
              ElementsAre("pass addons-served [/mnt/extra-addons]: 1 addon, as in the image"));
}

TEST_F(AddonsSeenTest, TheContainerIsAskedWhatDiffers) {
  world_.trees.files[file_] = "{ }";
  serve({Addon{"shop", "18.0.1.0", "", "ab"}});
  EXPECT_THAT(world_.ask("addons-served").front(),
              testing::StartsWith("fail addons-served [/mnt/extra-addons]: not the image's: shop "
                                  "(other files) -> "));
}

TEST_F(AddonsSeenTest, AnotherProcessProvesNothing) {
  world_.disk.contents["/proc/4711/cgroup"] = "0::/system.slice/cron.service\n";
  EXPECT_THAT(world_.ask("addons-served").front(), testing::StartsWith("unknown addons-served"));
}

TEST_F(AddonsSeenTest, ASymlinkOnTheWayProvesNothing) {
  world_.disk.files["/proc/4711/root/mnt"].type = FileType::symlink;
  EXPECT_THAT(world_.ask("addons-served").front(), testing::StartsWith("unknown addons-served"));
}

TEST_F(AddonsServedTest, IsUnknownWithoutTheListOfTheImage) {
  world_.image_addons.reset();
  EXPECT_THAT(world_.ask("addons-served"),
              ElementsAre("unknown addons-served: the addons of the image were not read -> "
                          "`addons-served` (addons that are served) could not be answered"));
}

TEST_F(AddonsServedTest, IsUnknownWhenTheListIsNone) {
  serve(std::string("Illegal instruction\n"));
  EXPECT_THAT(world_.ask("addons-served"),
              ElementsAre("unknown addons-served: the list of addons is not one: Illegal "
                          "instruction\\n -> the image needs a python3 of 3.7 or newer"));
}

}  // namespace
}  // namespace ballast
