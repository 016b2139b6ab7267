#include "live/stack_files.h"

#include <gtest/gtest.h>

#include "host/test_error.h"
#include "host/test_tar.h"

namespace ballast {
namespace {

std::string refusal(const TestTar& tar) {
  const Error error = error_of([&] { files_in_archive(tar.text(), "shop:1"); });
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.hint(),
            "/ballast/stack holds one compose file, and may hold ballast.yaml and .env.example: "
            "plain files of at most 256 kB");
  return error.message();
}

TestTar folder() { return TestTar().add("stack/", '5'); }

TEST(StackFilesTest, TakesTheThreeFiles) {
  const FilesOfImage files = files_in_archive(folder()
                                                  .add("stack/compose.yaml", '0', "services:")
                                                  .add("stack/ballast.yaml", '0', "env: prod")
                                                  .add("stack/.env.example", '0', "A=1")
                                                  .text(),
                                              "shop:1");
  EXPECT_EQ(files.compose, "services:");
  EXPECT_EQ(files.policy, "env: prod");
  EXPECT_EQ(files.example, "A=1");
}

TEST(StackFilesTest, PolicyAndExampleMayBeAbsent) {
  const FilesOfImage files =
      files_in_archive(folder().add("stack/docker-compose.yml", '0', "x").text(), "shop:1");
  EXPECT_FALSE(files.policy);
  EXPECT_FALSE(files.example);
}

TEST(StackFilesTest, NothingElseMayBeThere) {
  EXPECT_EQ(refusal(folder().add("stack/.env", '0', "A=1")),
            "shop:1 carries `.env`, which is no file of a stack");
  EXPECT_EQ(refusal(folder().add("stack/docker-compose.override.yml", '0')),
            "shop:1 carries `docker-compose.override.yml`, which is no file of a stack");
  EXPECT_EQ(refusal(folder().add("stack/sub/", '5')), "shop:1 carries `sub` that is a folder");
  EXPECT_EQ(refusal(folder().add("stack/../../etc/cron.d/x", '0', "x")),
            "shop:1 carries `../../etc/cron.d/x`, which is no file of a stack");
  EXPECT_EQ(refusal(folder().add("stack/a\x1b[2J", '0', "x")),
            "shop:1 carries `a\\x1b[2J`, which is no file of a stack");
}

TEST(StackFilesTest, OnlyPlainFilesOfASize) {
  EXPECT_EQ(refusal(folder().add("stack/compose.yaml", '2', {}, "/etc/shadow")),
            "shop:1 carries `compose.yaml` that is a symlink");
  EXPECT_EQ(refusal(folder().add("stack/compose.yaml", '1', {}, "/etc/shadow")),
            "shop:1 carries `compose.yaml` that is no plain file");
  EXPECT_EQ(refusal(folder().add("stack/compose.yaml", '3')),
            "shop:1 carries `compose.yaml` that is no plain file");
  EXPECT_EQ(refusal(folder().add("stack/compose.yaml", '0', std::string(300'000, 'x'))),
            "shop:1 carries `compose.yaml` of 300.0 kB");
}

TEST(StackFilesTest, OneComposeFile) {
  EXPECT_EQ(refusal(folder()), "shop:1 carries no compose file");
  EXPECT_EQ(
      refusal(folder().add("stack/compose.yaml", '0', "x").add("stack/compose.yml", '0', "x")),
      "shop:1 carries two compose files");
}

TEST(StackFilesTest, TheFolderIsOne) {
  EXPECT_EQ(refusal(TestTar().add("stack", '2', {}, "/etc")),
            "shop:1 carries no folder /ballast/stack");
  EXPECT_EQ(refusal(TestTar()), "shop:1 carries no folder /ballast/stack");
}

}  // namespace
}  // namespace ballast
