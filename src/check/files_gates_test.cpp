#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/carried_files.h"
#include "check/check_test_support.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;

const std::string plain = "services:\n  web:\n    image: shop:${SHOP_TAG}\n";

class FilesGateTest : public ::testing::Test {
 protected:
  std::vector<std::string> ask(std::string_view name) {
    std::vector<const Check*> wanted;
    for (const Check* check : checks_for(Moment::files_gate, world_.policy))
      if (check->name == name) wanted.push_back(check);
    CheckContext context = world_.context();
    context.carried = &files_;
    std::vector<std::string> lines;
    for (const CheckResult& result : run_checks(wanted, context, true))
      lines.push_back(test::World::line_of(result));
    return lines;
  }

  test::World world_;
  Policy before_ = world_.policy;
  CarriedFiles files_{.label = "shop",
                      .before = {"old.yml", plain, {}},
                      .after = {"new.yml", plain, {}},
                      .policy_before = before_,
                      .example = {},
                      .by_hand = {},
                      .accepted = {}};
};

TEST_F(FilesGateTest, TheLabelNamesTheStack) {
  EXPECT_THAT(ask("files-label"), ElementsAre("pass files-label [tools.ballast.stack]: the image "
                                              "is made for this stack"));
  files_.label = "other";
  EXPECT_THAT(ask("files-label"),
              ElementsAre("fail files-label [tools.ballast.stack]: the image is made for the stack "
                          "other -> build it with `LABEL tools.ballast.stack=shop`"));
  files_.label.clear();
  EXPECT_THAT(ask("files-label"),
              ElementsAre("fail files-label [tools.ballast.stack]: the image has no such label -> "
                          "build it with `LABEL tools.ballast.stack=shop`"));
}

TEST_F(FilesGateTest, WhatWasChangedByHand) {
  EXPECT_THAT(ask("files-by-hand"),
              ElementsAre("pass files-by-hand [/srv/stacks/shop]: as the last release left them"));
  files_.by_hand = {{"docker-compose.yml", "sha-1"}};
  EXPECT_THAT(
      ask("files-by-hand"),
      ElementsAre(
          "fail files-by-hand [changed-by-hand=docker-compose.yml]: "
          "/srv/stacks/shop/docker-compose.yml is not as release sha-1 left it -> bring the "
          "change into the image, or it is lost; where it is meant: --accept "
          "changed-by-hand=docker-compose.yml"));
  files_.accepted = {"changed-by-hand=ballast.yaml"};
  EXPECT_THAT(ask("files-by-hand"), ElementsAre(testing::StartsWith("fail ")));
  files_.accepted = {"changed-by-hand"};
  EXPECT_THAT(ask("files-by-hand"),
              ElementsAre("pass files-by-hand [changed-by-hand=docker-compose.yml]: accepted: "
                          "/srv/stacks/shop/docker-compose.yml is not as release sha-1 left it"));
}

TEST_F(FilesGateTest, APolicyThatIsLooserOrAnother) {
  EXPECT_THAT(
      ask("files-policy"),
      ElementsAre("pass files-policy [/srv/stacks/shop/ballast.yaml]: nothing in it is looser"));
  world_.policy.gates.disk_percent = 99;
  world_.policy.service = "other";
  EXPECT_THAT(
      ask("files-policy"),
      ElementsAre("fail files-policy [service]: was \"web\", would be \"other\" -> no release "
                  "changes this key: mend the image's ballast.yaml, or change "
                  "/srv/stacks/shop/ballast.yaml by hand first",
                  "fail files-policy [policy=gates.disk]: was \"85%\", would be \"99%\" -> "
                  "take it out of the image's ballast.yaml; where it is meant: --accept "
                  "policy=gates.disk"));
}

TEST_F(FilesGateTest, NoPolicySkipsThem) {
  world_.policy.verify.skip = {"files-privileges", "files-policy"};
  before_.verify.skip = world_.policy.verify.skip;
  EXPECT_THAT(ask("files-privileges"), testing::SizeIs(1));
  EXPECT_THAT(ask("files-policy"), testing::SizeIs(1));
}

TEST_F(FilesGateTest, NewPrivileges) {
  EXPECT_THAT(ask("files-privileges"),
              ElementsAre("pass files-privileges [/srv/stacks/shop/docker-compose.yml]: nothing "
                          "that the present one does not have"));
  files_.after.text += "    privileged: true\n    ports: ['80:80']\n";
  files_.accepted = {"port=web:80"};
  EXPECT_THAT(
      ask("files-privileges"),
      ElementsAre("pass files-privileges [port=web:80]: accepted: a published port",
                  "fail files-privileges [privileged=web]: all privileges -> take it out of "
                  "the image's compose file; where it is meant: --accept privileged=web"));
}

TEST_F(FilesGateTest, WhatComposeMakesOfThemCountsToo) {
  files_.before.resolved = "services: {web: {image: 'shop:1'}}";
  files_.after.resolved = "services: {web: {image: 'shop:1', cap_add: [ALL]}}";
  EXPECT_THAT(ask("files-privileges"),
              ElementsAre(testing::StartsWith("fail files-privileges [capability=web:ALL]: ")));
  files_.after.text += "    cap_add: [ALL]\n";
  EXPECT_THAT(ask("files-privileges"), testing::SizeIs(1));
}

TEST_F(FilesGateTest, VariablesOfEnvCount) {
  world_.set_env("SHOP_TAG=a\nDATA=/etc\n");
  files_.after.text += "    volumes: ['${DATA}:/x']\n";
  EXPECT_THAT(ask("files-privileges"),
              ElementsAre(testing::StartsWith("fail files-privileges [host-path=web:/etc]: ")));
}

TEST_F(FilesGateTest, VariablesOfTheExample) {
  EXPECT_THAT(ask("files-variables"),
              ElementsAre("pass files-variables [/srv/stacks/shop/.env]: the image carries no "
                          ".env.example"));
  files_.example = "SHOP_TAG=x\n";
  EXPECT_THAT(ask("files-variables"),
              ElementsAre("pass files-variables [/srv/stacks/shop/.env]: has every variable of the "
                          "image's .env.example"));
  files_.example = "SHOP_TAG=x\nREDIS_URL=\nTHEME=\n";
  EXPECT_THAT(ask("files-variables"),
              ElementsAre("fail files-variables [/srv/stacks/shop/.env]: lacks REDIS_URL, THEME -> "
                          "set them in it: the image's .env.example names them"));
}

TEST(AcceptKindsTest, AreSortedAndKnown) {
  const auto kinds = accept_kinds();
  EXPECT_TRUE(std::ranges::is_sorted(kinds));
  EXPECT_THAT(kinds, testing::IsSupersetOf({"capability", "changed-by-hand", "host-path", "policy",
                                            "port", "privileged"}));
}

}  // namespace
}  // namespace ballast
