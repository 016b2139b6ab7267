#include "host/guarded_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/test_error.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

namespace fs = std::filesystem;

class GuardedFile : public testing::Test {
 protected:
  GuardedFile() {
    for (const char* name : {"ours", "open", "elsewhere"}) fs::create_directory(folder / name);
    for (const char* name : {"ours", "elsewhere"}) set_mode(name, 0755);
    set_mode("open", 0777);
    folder.write("elsewhere/file", "theirs");
  }
  void set_mode(const std::string& name, unsigned mode) const {
    chmod((folder / name).c_str(), mode);
  }
  void write(const std::string& path, std::string_view content) const {
    guarded_replace(path, content, ownership);
  }

  TestFolder folder;
  const Ownership ownership{.mode = 0640, .owner = geteuid(), .group = getegid()};
};

TEST_F(GuardedFile, IsWrittenWithTheModeThatIsAskedForWhateverWasThere) {
  const std::string path = folder.write("ours/file", "old");
  chmod(path.c_str(), 0777);
  write(path, "new");
  EXPECT_EQ(folder.read("ours/file"), "new");
  EXPECT_EQ(guarded_info(path)->mode, 0640U);
  EXPECT_EQ(guarded_read(path), "new");
  EXPECT_EQ(guarded_read(folder / "ours/none"), std::nullopt);
  EXPECT_EQ(guarded_read(folder / "none/file"), std::nullopt);
  EXPECT_EQ(guarded_info(folder / "none/file"), std::nullopt);
}

TEST_F(GuardedFile, FollowsALinkThatNobodyElseCanHavePut) {
  fs::create_directory_symlink("elsewhere", folder / "relative");
  fs::create_directory_symlink(folder / "ours/../relative", folder / "absolute");
  EXPECT_EQ(guarded(folder / "absolute/file").whole(), fs::canonical(folder / "elsewhere/file"));
  write(folder / "absolute/file", "mine");
  EXPECT_EQ(folder.read("elsewhere/file"), "mine");
  EXPECT_EQ(folder_open_to_others(folder / "absolute/file"), "");
}

TEST_F(GuardedFile, FollowsNoLinkInAFolderThatOthersCanWrite) {
  fs::create_directory_symlink(folder / "elsewhere", folder / "open/link");
  const std::string path = folder / "open/link/file";
  for (const Error& error :
       {error_of([&] { write(path, "mine"); }), error_of([&] { guarded_remove(path); }),
        error_of([&] { static_cast<void>(guarded_read(path)); }),
        error_of([&] { guarded_make_folder(folder / "open/link/made", ownership); }),
        error_of([&] { guarded_remove_folder(folder / "open/link/made"); })}) {
    EXPECT_EQ(error.kind(), Kind::refused);
    EXPECT_EQ(error.message(), folder / "open/link is a symbolic link");
  }
  EXPECT_EQ(folder.read("elsewhere/file"), "theirs");
}

TEST_F(GuardedFile, FollowsNoLinkThatLeadsThroughSuchAFolder) {
  fs::create_directory_symlink(folder / "elsewhere", folder / "open/link");
  fs::create_directory_symlink(folder / "open/link", folder / "ours/link");
  EXPECT_EQ(error_of([&] { write(folder / "ours/link/file", "mine"); }).kind(), Kind::refused);
  EXPECT_EQ(folder.read("elsewhere/file"), "theirs");
}

TEST_F(GuardedFile, FollowsNoLinkInAStickyFolder) {
  set_mode("open", 01777);
  fs::create_directory_symlink(folder / "elsewhere", folder / "open/link");
  EXPECT_EQ(error_of([&] { write(folder / "open/link/file", "mine"); }).kind(), Kind::refused);
  EXPECT_EQ(folder.read("elsewhere/file"), "theirs");
}

TEST_F(GuardedFile, FollowsNoLinkInTheLastComponent) {
  for (const char* name : {"ours/link", "open/link"}) {
    fs::create_symlink(folder / "elsewhere/file", folder / name);
    EXPECT_EQ(guarded_info(folder / name)->type, FileType::symlink);
    EXPECT_EQ(error_of([&] { write(folder / name, "mine"); }).kind(), Kind::refused);
    EXPECT_EQ(error_of([&] { static_cast<void>(guarded_read(folder / name)); }).kind(),
              Kind::refused);
    guarded_remove(folder / name);
    EXPECT_FALSE(fs::exists(fs::symlink_status(folder / name)));
  }
  EXPECT_EQ(folder.read("elsewhere/file"), "theirs");
}

TEST_F(GuardedFile, LinksThatLeadInACircleEnd) {
  fs::create_directory_symlink("b", folder / "a");
  fs::create_directory_symlink("a", folder / "b");
  EXPECT_EQ(error_of([&] { guarded(folder / "a/file"); }).message(),
            "cannot follow " + folder / "a/file: too many levels of symbolic links");
}

TEST_F(GuardedFile, AFolderOfOthersIsNamed) {
  fs::create_directory(folder / "open/below");
  EXPECT_EQ(folder_open_to_others(folder / "open/file"), folder / "open");
  EXPECT_EQ(folder_open_to_others(folder / "open/below/file"), folder / "open");
  EXPECT_EQ(folder_open_to_others(folder / "ours/file"), "");
  EXPECT_EQ(folder_open_to_others(folder / "ours/none/file"), "");
  set_mode("open", 01777);
  EXPECT_EQ(folder_open_to_others(folder / "open/below/file"), "");
}

TEST_F(GuardedFile, AFolderIsMadeOnceAndRemovedWhenItIsEmpty) {
  guarded_make_folder(folder / "ours/made", ownership);
  EXPECT_EQ(guarded_info(folder / "ours/made")->mode, 0640U);
  set_mode("ours/made", 0700);
  guarded_make_folder(folder / "ours/made", ownership);
  EXPECT_EQ(guarded_info(folder / "ours/made")->mode, 0700U);
  folder.write("ours/made/file", "");
  EXPECT_FALSE(guarded_remove_folder(folder / "ours/made"));
  guarded_remove(folder / "ours/made/file");
  EXPECT_TRUE(guarded_remove_folder(folder / "ours/made"));
  EXPECT_TRUE(guarded_remove_folder(folder / "ours/made"));
  EXPECT_FALSE(fs::exists(folder / "ours/made"));
}

}  // namespace
}  // namespace ballast
