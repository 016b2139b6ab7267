#include "skeleton/skeleton.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "host/posix_disk.h"
#include "host/test_folder.h"

namespace ballast {

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const SkeletonRequest request{
    .name = "odoo18", .stack = "shop", .owner = "seisei", .host = "erp.seisei.example:2222"};

std::vector<std::string> paths_of(const std::vector<SkeletonFile>& files) {
  std::vector<std::string> paths;
  for (const SkeletonFile& file : files) paths.push_back(file.path);
  return paths;
}

std::string text_of(const std::vector<SkeletonFile>& files, const std::string& path) {
  for (const SkeletonFile& file : files)
    if (file.path == path) return file.text;
  return "absent";
}

Error refusal_of(const SkeletonRequest& wrong) {
  try {
    fill_skeleton(wrong);
  } catch (const Error& error) {
    return error;
  }
  return {Kind::failed, "nothing was refused"};
}

class Repository : public ::testing::Test {
 protected:
  Error refusal() {
    auto files = fill_skeleton(request);
    try {
      compare_skeleton(disk, folder.path(), files);
    } catch (const Error& error) {
      return error;
    }
    return {Kind::failed, "nothing was refused"};
  }

  TestFolder folder;
  PosixDisk posix;
  Disk& disk = posix;
};

TEST(Skeleton, PutsItsWordsIntoNamesAndTexts) {
  const auto files = fill_skeleton(request);
  EXPECT_THAT(
      paths_of(files),
      ElementsAre(".github/workflows/shop.yml", "infra/stacks/shop/.env.example",
                  "infra/stacks/shop/.gitignore", "infra/stacks/shop/Dockerfile",
                  "infra/stacks/shop/Dockerfile.dockerignore", "infra/stacks/shop/README.md",
                  "infra/stacks/shop/ballast.yaml", "infra/stacks/shop/docker-compose.yml",
                  "infra/stacks/shop/odoo.conf", "odoo_modules/seisei_entitlements/__init__.py",
                  "odoo_modules/seisei_entitlements/__manifest__.py"));
  for (const SkeletonFile& file : files)
    for (const char* word : {"__STACK__", "__OWNER__", "__HOST__"})
      EXPECT_THAT(file.text, Not(HasSubstr(word))) << file.path;
  EXPECT_THAT(text_of(files, "infra/stacks/shop/docker-compose.yml"),
              HasSubstr("image: ghcr.io/seisei/shop:${ODOO_TAG}"));
  EXPECT_THAT(text_of(files, ".github/workflows/shop.yml"),
              HasSubstr("SERVER: ssh://deploy@erp.seisei.example:2222\n"));
}

TEST(Skeleton, RefusesWordsThatCannotStandInTheirPlace) {
  const auto with = [](auto member, const std::string& word) {
    SkeletonRequest changed = request;
    changed.*member = word;
    return refusal_of(changed);
  };
  EXPECT_EQ(with(&SkeletonRequest::name, "odoo17").text(),
            "error: no template `odoo17`\nhint: templates: odoo18\n");
  for (const char* stack : {"shop-", "shop_", "a___b", "a-_b", "a_-b"})
    EXPECT_EQ(with(&SkeletonRequest::stack, stack).message(),
              "`" + std::string(stack) + "` cannot be the name of an image");
  EXPECT_THAT(with(&SkeletonRequest::stack, "Shop").message(), HasSubstr("is not a stack name"));
  for (const char* owner : {"", "-acme", "acme/x", "a b", "acme\n"})
    EXPECT_THAT(with(&SkeletonRequest::owner, owner).message(), HasSubstr("is not an account"));
  for (const char* host : {"", "-oProxyCommand=x", "erp example", "ken@erp", "erp:22\nx: y"})
    EXPECT_THAT(with(&SkeletonRequest::host, host).message(), HasSubstr("is not a server")) << host;
  for (const char* host : {"erp", "erp.example.com:2222", "192.0.2.7", "[2001:db8::7]:22"})
    EXPECT_EQ(with(&SkeletonRequest::host, host).message(), "nothing was refused") << host;
}

TEST_F(Repository, IsWrittenOnceAndTheSecondTimeFoundAsItIs) {
  auto files = fill_skeleton(request);
  compare_skeleton(disk, folder.path(), files);
  EXPECT_THAT(files, Not(Contains(::testing::Field(&SkeletonFile::present, true))));
  write_skeleton(disk, folder.path(), files);
  for (const SkeletonFile& file : files) EXPECT_EQ(folder.read(file.path), file.text);

  disk.remove(folder / "infra/stacks/shop/README.md");
  compare_skeleton(disk, folder.path(), files);
  for (const SkeletonFile& file : files)
    EXPECT_EQ(file.present, file.path != "infra/stacks/shop/README.md") << file.path;
}

TEST_F(Repository, NamesEveryFileThatDiffers) {
  auto files = fill_skeleton(request);
  write_skeleton(disk, folder.path(), files);
  folder.write("infra/stacks/shop/ballast.yaml", "env: prod\n");
  folder.write("infra/stacks/shop/odoo.conf", "");
  const Error error = refusal();
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.text(),
            "error: nothing was written into " + folder.path() +
                "\n  infra/stacks/shop/ballast.yaml is there, and differs"
                "\n  infra/stacks/shop/odoo.conf is there, and differs"
                "\nhint: what is there is kept: write the template elsewhere with --into, and "
                "compare\n");
}

TEST_F(Repository, LeadsThroughNoSymlink) {
  disk.make_directories(folder / "elsewhere");
  std::filesystem::create_directory_symlink(folder / "elsewhere", folder / "infra");
  disk.make_directories(folder / ".github/workflows/shop.yml");
  EXPECT_THAT(refusal().context(),
              ElementsAre(".github/workflows/shop.yml is not a file", "infra is not a folder"));
}

}  // namespace

}  // namespace ballast
