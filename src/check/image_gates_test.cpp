#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/check_test_support.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;

class ImageGateTest : public ::testing::Test {
 protected:
  ImageGateTest() {
    world_.image = docker::Image{.id = "sha256:1111111111111111",
                                 .repo_digests = {"other/shop@sha256:4444444444444444",
                                                  "registry/shop@sha256:2222222222222222"}};
  }
  test::World world_;
};

using MovedTagTest = ImageGateTest;

TEST_F(MovedTagTest, PassesTheFirstTime) {
  EXPECT_THAT(world_.ask("moved-tag"), ElementsAre("pass moved-tag [sha-abc1234]: first time"));
}

TEST_F(MovedTagTest, PassesForTheSameImageByIdOrDigest) {
  world_.seen_image_id = "sha256:1111111111111111";
  EXPECT_THAT(world_.ask("moved-tag"),
              ElementsAre("pass moved-tag [sha-abc1234]: the same image as before"));
  world_.seen_image_id = "sha256:9999999999999999";
  world_.seen_repo_digest = "registry/shop@sha256:2222222222222222";
  EXPECT_THAT(world_.ask("moved-tag"),
              ElementsAre("pass moved-tag [sha-abc1234]: the same image as before"));
}

TEST_F(MovedTagTest, NamesBothImages) {
  world_.seen_image_id = "sha256:9999999999999999";
  world_.seen_repo_digest = "registry/shop@sha256:3333333333333333";
  EXPECT_THAT(world_.ask("moved-tag"),
              ElementsAre("fail moved-tag [sha-abc1234]: was sha256:333333333333, is now "
                          "sha256:222222222222 -> deploy another tag, or say why this one may "
                          "move: `--override moved-tag --reason TEXT`"));
}

TEST_F(MovedTagTest, NamesTheIdsOfLocalImages) {
  world_.seen_image_id = "sha256:9999999999999999";
  world_.image->repo_digests.clear();
  EXPECT_THAT(world_.ask("moved-tag"),
              ElementsAre("fail moved-tag [sha-abc1234]: was sha256:999999999999, is now "
                          "sha256:111111111111 -> deploy another tag, or say why this one may "
                          "move: `--override moved-tag --reason TEXT`"));
}

TEST_F(MovedTagTest, IsUnknownWithoutTheImage) {
  world_.image.reset();
  EXPECT_THAT(world_.ask("moved-tag"),
              ElementsAre("unknown moved-tag: the image of sha-abc1234 was not looked at -> "
                          "`moved-tag` (moved tag) could not be answered"));
}

using RevisionLabelTest = ImageGateTest;

TEST_F(RevisionLabelTest, PassesWithoutALabelOrACommitInTheTag) {
  EXPECT_THAT(world_.ask("revision-label"),
              ElementsAre("pass revision-label [sha-abc1234]: no revision label"));
  world_.image->labels["org.opencontainers.image.revision"] = "abc1234567";
  world_.tag = "v18";
  EXPECT_THAT(world_.ask("revision-label"),
              ElementsAre("pass revision-label [v18]: the tag names no commit; the label says "
                          "abc1234567"));
}

TEST_F(RevisionLabelTest, ComparesLabelAndTag) {
  world_.image->labels["org.opencontainers.image.revision"] = "abc1234567";
  EXPECT_THAT(world_.ask("revision-label"),
              ElementsAre("pass revision-label [sha-abc1234]: built from abc1234567"));
  world_.image->labels["org.opencontainers.image.revision"] = "abc123";
  EXPECT_THAT(world_.ask("revision-label"),
              ElementsAre("fail revision-label [sha-abc1234]: the image was built from abc123 -> "
                          "the tag was put on another build: build and push commit abc1234 "
                          "again"));
}

TEST_F(RevisionLabelTest, IsUnknownWithoutTheImage) {
  world_.image.reset();
  EXPECT_THAT(world_.ask("revision-label"),
              ElementsAre("unknown revision-label: the image of sha-abc1234 was not looked at -> "
                          "`revision-label` (revision label) could not be answered"));
}

class AddonsGateTest : public ImageGateTest {
 protected:
  AddonsGateTest() {
    world_.policy.addons.required = {"shop"};
    world_.image_addons = {Addon{"shop", "18.0.1.0", "", "aa"},
                           Addon{"scripts", "", "no __manifest__.py", "bb"}};
  }
};

TEST_F(AddonsGateTest, PassesAndMentionsBrokenOnesThatAreNotRequired) {
  EXPECT_THAT(world_.ask("addons"),
              ElementsAre("pass addons [/mnt/extra-addons]: 2 addons, 1 required; not required: "
                          "scripts: no __manifest__.py"));
}

TEST_F(AddonsGateTest, FailsForRequiredOnesThatAreAbsentOrBroken) {
  world_.policy.addons.required = {"shop", "scripts", "stock_sync"};
  EXPECT_THAT(world_.ask("addons"),
              ElementsAre("fail addons [/mnt/extra-addons]: scripts: no __manifest__.py, "
                          "stock_sync: absent -> build sha-abc1234 again with what `addons: "
                          "{required: …}` names"));
}

TEST_F(AddonsGateTest, PassesWithoutAFolderOfAddons) {
  world_.policy.addons.path.clear();
  EXPECT_THAT(world_.ask("addons"), ElementsAre("pass addons: no folder of addons"));
}

TEST_F(AddonsGateTest, IsUnknownWithoutTheImage) {
  world_.image.reset();
  world_.image_addons.reset();
  EXPECT_THAT(world_.ask("addons"),
              ElementsAre("unknown addons: the image of sha-abc1234 was not looked at -> `addons` "
                          "(required addons) could not be answered"));
}

class DataVolumesTest : public ImageGateTest {
 protected:
  std::vector<ComposeMount>& mounts() { return world_.compose.services.front().mounts; }
};

TEST_F(DataVolumesTest, PassesWithDataInItsPlace) {
  world_.image->volumes = {"/mnt/extra-addons", "/var/lib/odoo"};
  mounts() = {
      {.source = "odoo-data", .target = "/var/lib/odoo/"},
      {.type = ComposeMount::Type::bind, .source = "./files", .target = "/var/lib/odoo/filestore"},
      {.type = ComposeMount::Type::tmpfs, .target = "/tmp"},
      {.target = "/scratch"}};
  EXPECT_THAT(world_.ask("data-volumes"),
              ElementsAre("pass data-volumes [web]: kept: /var/lib/odoo, /var/lib/odoo/filestore; "
                          "renewed with each release: /mnt/extra-addons, /scratch"));
}

TEST_F(DataVolumesTest, RefusesWhatOutlivesARelease) {
  world_.set_env("SHOP_TAG=sha-abc1234\nCONFIG=/etc/odoo\n");
  mounts() = {{.type = ComposeMount::Type::bind, .source = "./config", .target = "${CONFIG}"},
              {.source = "addons", .target = "/mnt/extra-addons"},
              {.source = "odoo-data", .target = "/var/lib/odoo-other"}};
  EXPECT_THAT(
      world_.ask("data-volumes"),
      ElementsAre("fail data-volumes [/etc/odoo]: bind mount of ./config over code or "
                  "configuration -> build it into the image, or, where it is data, list /etc/odoo "
                  "under `data:` in ballast.yaml",
                  "fail data-volumes [/mnt/extra-addons]: volume addons keeps what is there from "
                  "one release to the next -> build it into the image, or, where it is data, list "
                  "/mnt/extra-addons under `data:` in ballast.yaml",
                  "fail data-volumes [/var/lib/odoo-other]: volume odoo-data keeps what is there "
                  "from one release to the next -> build it into the image, or, where it is data, "
                  "list /var/lib/odoo-other under `data:` in ballast.yaml"));
}

TEST_F(DataVolumesTest, AsksOtherStacksOnlyWhenTheirPolicyNamesThePlaces) {
  world_.policy.preset = Preset::generic;
  world_.policy.data_mounts.clear();
  mounts() = {{.type = ComposeMount::Type::bind, .source = "./site", .target = "/site"}};
  EXPECT_THAT(world_.ask("data-volumes"), ElementsAre("pass data-volumes [web]: kept: /site"));
  world_.policy.data_mounts = {"/data"};
  EXPECT_THAT(world_.ask("data-volumes"),
              ElementsAre("fail data-volumes [/site]: bind mount of ./site over code or "
                          "configuration -> build it into the image, or, where it is data, list "
                          "/site under `data:` in ballast.yaml"));
}

TEST_F(DataVolumesTest, IsUnknownWithoutTheService) {
  world_.compose.services.clear();
  EXPECT_THAT(world_.ask("data-volumes"),
              ElementsAre("unknown data-volumes: /srv/stacks/shop/docker-compose.yml has no "
                          "service `web` -> `data-volumes` (places of data) could not be "
                          "answered"));
}

}  // namespace
}  // namespace ballast
