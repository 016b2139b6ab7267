#include "tools/compose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "host/test_folder.h"
#include "tools/test_host.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const ComposeTool one{
    .generation = Generation::one, .program = {"/usr/bin/docker-compose"}, .version = {}};
const ComposeTool two{
    .generation = Generation::two, .program = {"/plugins/docker-compose"}, .version = {}};

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
              "the running containers were made by Docker Compose 1.29.2, and that generation is "
              "not installed");
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
  const ComposeProject project{
      .name = "shop", .directory = "/srv/stacks/shop", .files = {"/srv/stacks/shop/compose.yaml"}};
  EXPECT_THAT(compose_argv(one, project, {"config"}),
              ElementsAre("/usr/bin/docker-compose", "--ansi", "never", "--project-name", "shop",
                          "--project-directory", "/srv/stacks/shop", "--file",
                          "/srv/stacks/shop/compose.yaml", "config"));
}

TEST(ComposeTest, UpRecreatesOneServiceWithFreshAnonymousVolumes) {
  const UpOptions options{.services = {"web"}, .stop_timeout = std::chrono::milliseconds(1500)};
  EXPECT_THAT(up_words(one, options),
              ElementsAre("up", "-d", "--no-build", "--no-deps", "--force-recreate",
                          "--renew-anon-volumes", "--timeout", "2", "web"));
  EXPECT_THAT(up_words(two, options),
              ElementsAre("up", "-d", "--no-build", "--no-deps", "--pull", "never",
                          "--force-recreate", "--renew-anon-volumes", "--timeout", "2", "web"));
}

TEST(ComposeTest, AFirstUpBringsTheWholeStack) {
  EXPECT_THAT(up_words(two, {.services = {}, .dependencies = true, .recreate = false}),
              ElementsAre("up", "-d", "--no-build"));
}

TEST(ComposeTest, ACandidateHasNoPortsNoAliasAndNoDependencies) {
  EXPECT_THAT(candidate_words(
                  two, {.service = "web",
                        .name = "shop-candidate-1",
                        .labels = {{"tools.ballast.candidate", "op"}, {"traefik.enable", "false"}},
                        .environment = {{"VIRTUAL_HOST", ""}},
                        .command = {"odoo", "--max-cron-threads=0"}}),
              ElementsAre("run", "-d", "-T", "--no-deps", "--name", "shop-candidate-1", "-l",
                          "tools.ballast.candidate=op", "-l", "traefik.enable=false", "-e",
                          "VIRTUAL_HOST=", "web", "odoo", "--max-cron-threads=0"));
  EXPECT_THAT(candidate_words(two, {.service = "web",
                                    .name = "shop-upgrade-1",
                                    .labels = {},
                                    .environment = {},
                                    .entrypoint = "sh",
                                    .command = {"-c", "migrate up"}}),
              ElementsAre("run", "-d", "-T", "--no-deps", "--name", "shop-upgrade-1",
                          "--entrypoint", "sh", "web", "-c", "migrate up"));
}

TEST(ComposeTest, OtherWordsAreTheSameForBoth) {
  EXPECT_THAT(config_words(true), ElementsAre("config", "--quiet"));
  EXPECT_THAT(config_words(false), ElementsAre("config"));
  for (const ComposeTool& tool : {one, two}) {
    EXPECT_THAT(remove_words(tool, "web"), ElementsAre("rm", "--stop", "--force", "-v", "web"));
  }
}

TEST(ComposeTest, VariablesWithoutAValueAreNamedInBothDialects) {
  EXPECT_THAT(unset_variables("WARNING: The DB_HOST variable is not set. Defaulting to a blank "
                              "string.\nWARNING: something else\n"),
              ElementsAre("DB_HOST"));
  EXPECT_THAT(unset_variables("time=\"2026-11-25T12:00:00Z\" level=warning msg=\"The \\\"A_1\\\" "
                              "variable is not set. Defaulting to a blank string.\"\n"
                              "time=\"2026-11-25T12:00:00Z\" level=warning msg=\"The \\\"A_1\\\" "
                              "variable is not set. Defaulting to a blank string.\"\n"),
              ElementsAre("A_1"));
  EXPECT_THAT(unset_variables("The end"), IsEmpty());
}

class FindComposeTest : public ::testing::Test {
 protected:
  FindComposeTest()
      : host_{.disk = shared().disk,
              .processes = processes_,
              .clock = shared().clock,
              .http = shared().http,
              .locks = shared().locks,
              .interrupts = shared().interrupts,
              .machine = machine_,
              .terminal = shared().terminal,
              .trees = shared().trees,
              .archives = shared().archives,
              .zips = shared().zips} {}
  static Host& shared() {
    static RealHost instance;
    return instance.get();
  }
  std::vector<std::string> found() {
    std::vector<std::string> lines;
    for (const ComposeTool& tool : find_compose(host_))
      lines.push_back((tool.generation == Generation::one ? "1 " : "2 ") + tool.program.front() +
                      (tool.version.empty() ? "" : " " + tool.version));
    return lines;
  }
  // On PATH as docker-compose.
  void install(const std::string& content) {
    processes_.places["docker-compose"] = folder_.write("docker-compose", content);
  }
  TestFolder folder_;
  FakeMachine machine_;
  FakeProcesses processes_;
  Host host_;
};

TEST_F(FindComposeTest, NothingIsInstalled) { EXPECT_THAT(found(), IsEmpty()); }

TEST_F(FindComposeTest, APythonScriptIsGenerationOneAndNotStarted) {
  install("#!/usr/bin/python3\nimport compose\n");
  EXPECT_THAT(found(), ElementsAre("1 " + (folder_ / "docker-compose")));
  EXPECT_THAT(processes_.asked, IsEmpty());
}

TEST_F(FindComposeTest, AWrapperIsAskedWhatItIs) {
  install("#!/bin/sh\nexec docker compose \"$@\"\n");
  processes_.answer.status = 0;
  processes_.answer.output = "v2.26.1\n";
  EXPECT_THAT(found(), ElementsAre("2 " + (folder_ / "docker-compose") + " 2.26.1"));
  EXPECT_THAT(processes_.asked, ElementsAre(folder_ / "docker-compose", "version", "--short"));
  processes_.answer.output = "1.29.2\n";
  EXPECT_THAT(found(), ElementsAre("1 " + (folder_ / "docker-compose") + " 1.29.2"));
}

TEST_F(FindComposeTest, WhatDoesNotSayAVersionIsNotUsed) {
  install("#!/bin/sh\n");
  EXPECT_THAT(found(), IsEmpty());
  processes_.answer.status = 0;
  processes_.answer.output = "docker: 'compose' is not a docker command.\n";
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(FindComposeTest, ThePluginOfTheUserComesFirst) {
  machine_.variables["HOME"] = "/root";
  for (const char* path : {"/usr/libexec/docker/cli-plugins/docker-compose",
                           "/root/.docker/cli-plugins/docker-compose"}) {
    processes_.places[path] = path;
    EXPECT_THAT(found(), ElementsAre(std::string("2 ") + path));
  }
}

TEST_F(FindComposeTest, NamedOnesAreTakenAndAnEmptyNameMeansNone) {
  install("#!/usr/bin/python3\n");
  machine_.variables = {{"BALLAST_COMPOSE_V1", "/one"}, {"BALLAST_COMPOSE_V2", "/two"}};
  EXPECT_THAT(found(), ElementsAre("1 /one", "2 /two"));
  machine_.variables = {{"BALLAST_COMPOSE_V1", ""}, {"BALLAST_COMPOSE_V2", "/two"}};
  EXPECT_THAT(found(), ElementsAre("2 /two"));
}

TEST_F(FindComposeTest, NothingOfTheOperatorsShellReachesTheStack) {
  machine_.variables = {{"HOME", "/root"},
                        {"DOCKER_HOST", "unix:///d.sock"},
                        {"DOCKER_CONFIG", ""},
                        {"ODOO_TAG", "sha-0000000"}};
  const ComposeProject project{.name = "shop", .directory = "/srv/stacks/shop", .files = {}};
  EXPECT_THAT(compose_environment(host_, project, {{"SHOP_TAG", "x"}, {"HOME", "/no"}}),
              ElementsAre(Pair("COMPOSE_HTTP_TIMEOUT", "300"), Pair("COMPOSE_PROJECT_NAME", "shop"),
                          Pair("DOCKER_HOST", "unix:///d.sock"), Pair("HOME", "/root"),
                          Pair("LC_ALL", "C.UTF-8"), Pair("SHOP_TAG", "x")));
}

}  // namespace
}  // namespace ballast
