#include "host/posix_disk.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.h"
#include "host/test_folder.h"
#include "host/test_small_disk.h"

namespace ballast {
namespace {

using Names = std::vector<std::string>;
namespace fs = std::filesystem;

class DiskTest : public testing::Test {
 protected:
  template <typename Action>
  static Error error_of(Action action) {
    try {
      action();
    } catch (const Error& error) {
      return error;
    }
    return {Kind::failed, "(no error)"};
  }
  void expect_symlink_refused(const Error& error, const std::string& path) {
    EXPECT_EQ(error.kind(), Kind::refused);
    EXPECT_EQ(error.message(), path + " is a symbolic link");
    EXPECT_EQ(error.hint(), "put the file itself there; Ballast writes nothing through a link");
  }

  TestFolder folder;
  PosixDisk posix;
  Disk& disk = posix;
};

TEST_F(DiskTest, InfoTellsWhatIsThere) {
  const std::string file = folder.write("file", "12345");
  chmod(file.c_str(), 0640);
  const auto info = disk.info(file);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->type, FileType::regular);
  EXPECT_EQ(info->size, 5U);
  EXPECT_EQ(info->mode, 0640U);
  EXPECT_EQ(info->owner, geteuid());
  EXPECT_EQ(disk.info(folder.path())->type, FileType::directory);
  EXPECT_EQ(disk.info("/dev/null")->type, FileType::other);
}

TEST_F(DiskTest, InfoDoesNotFollowALink) {
  fs::create_symlink("nowhere", folder / "link");
  EXPECT_EQ(disk.info(folder / "link")->type, FileType::symlink);
  fs::create_directory_symlink(folder.path(), folder / "loop");
  EXPECT_EQ(disk.info((folder / "loop") + "/")->type, FileType::symlink);
}

TEST_F(DiskTest, WhatIsAbsentIsAValue) {
  folder.write("file", "");
  for (const std::string& path : {folder / "none", folder / "none/below", folder / "file/below"}) {
    EXPECT_FALSE(disk.info(path)) << path;
    EXPECT_FALSE(disk.read(path)) << path;
  }
  EXPECT_EQ(disk.list(folder / "none"), Names{});
  EXPECT_NO_THROW(disk.remove(folder / "none"));
  EXPECT_NO_THROW(disk.remove(folder / "none/below"));
  EXPECT_NO_THROW(disk.remove_tree(folder / "none"));
  EXPECT_NO_THROW(disk.remove_tree(folder / "none/below"));
}

TEST_F(DiskTest, ReadsAllBytesUpToTheLimit) {
  const std::string content = std::string(200'000, 'x') + '\0' + "\xff";
  const std::string file = folder.write("file", content);
  EXPECT_EQ(disk.read(file), content);
  EXPECT_EQ(disk.read(file, content.size()), content);
  const Error error = error_of([&] { disk.read(file, 1000); });
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.message(), file + " is larger than 1.0 kB");
}

TEST_F(DiskTest, ReadsFilesWhoseSizeIsNotKnown) {
  EXPECT_GT(disk.read("/proc/self/status")->size(), 100U);
}

TEST_F(DiskTest, ReadsOnlyFiles) {
  fs::create_symlink(folder.write("file", "x"), folder / "link");
  expect_symlink_refused(error_of([&] { disk.read(folder / "link"); }), folder / "link");
  EXPECT_EQ(error_of([&] { disk.read(folder.path()); }).message(),
            folder.path() + " is not a file");
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(error_of([&] { disk.read(folder / "fifo"); }).message(),
            (folder / "fifo") + " is not a file");
}

TEST_F(DiskTest, ReadingWithoutPermission) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const std::string file = folder.write("file", "x");
  chmod(file.c_str(), 0);
  EXPECT_EQ(error_of([&] { disk.read(file); }).text(),
            "error: cannot read " + file + ": permission denied\n");
}

TEST_F(DiskTest, ListsSorted) {
  for (const char* name : {"b", "a", ".hidden"}) folder.write(name, "");
  EXPECT_EQ(disk.list(folder.path()), (Names{".hidden", "a", "b"}));
  EXPECT_EQ(error_of([&] { disk.list(folder / "a"); }).message(),
            "cannot list " + (folder / "a") + ": not a directory");
}

TEST_F(DiskTest, ReplaceMakesTheFileWithTheModeAsked) {
  const mode_t former = umask(077);
  disk.replace(folder / "new", "content", 0664);
  umask(former);
  EXPECT_EQ(folder.read("new"), "content");
  EXPECT_EQ(disk.info(folder / "new")->mode, 0664U);
  EXPECT_EQ(disk.list(folder.path()), Names{"new"});
}

TEST_F(DiskTest, ReplaceKeepsTheMode) {
  const std::string file = folder.write("file", "a longer old content");
  chmod(file.c_str(), 0600);
  disk.replace(file, "new", 0644);
  EXPECT_EQ(folder.read("file"), "new");
  EXPECT_EQ(disk.info(file)->mode, 0600U);
  EXPECT_EQ(disk.list(folder.path()), Names{"file"});
}

TEST_F(DiskTest, ReplaceKeepsTheOwner) {
  const std::string file = folder.write("file", "old");
  if (chown(file.c_str(), 101, 102) != 0) GTEST_SKIP() << "only root can give files away";
  chmod(file.c_str(), 02750);
  disk.replace(file, "new", 0644);
  EXPECT_EQ(disk.info(file)->owner, 101U);
  EXPECT_EQ(disk.info(file)->group, 102U);
  EXPECT_EQ(disk.info(file)->mode, 02750U);
}

TEST_F(DiskTest, ReplaceRefusesALinkAndLeavesItsTarget) {
  const std::string target = folder.write("target", "old");
  fs::create_symlink(target, folder / "link");
  fs::create_symlink("nowhere", folder / "dangling");
  for (const char* name : {"link", "dangling"})
    expect_symlink_refused(error_of([&] { disk.replace(folder / name, "new", 0644); }),
                           folder / name);
  EXPECT_EQ(folder.read("target"), "old");
  EXPECT_FALSE(fs::exists(folder / "nowhere"));
}

TEST_F(DiskTest, ReplaceNeedsAFolderAndAName) {
  EXPECT_EQ(error_of([&] { disk.replace(folder / "none/file", "x", 0644); }).message(),
            "cannot write " + (folder / "none/file") + ": no such file or directory");
  EXPECT_EQ(error_of([&] { disk.replace(folder.path(), "x", 0644); }).message(),
            folder.path() + " is not a file");
  EXPECT_EQ(error_of([&] { disk.replace("/", "x", 0644); }).message(), "`/` does not name a file");
  EXPECT_EQ(error_of([&] { disk.replace("", "x", 0644); }).message(), "`` does not name a file");
}

TEST_F(DiskTest, ReplaceTakesTheLongestNames) {
  const std::string name(255, 'n');
  disk.replace(folder / name, "x", 0644);
  EXPECT_EQ(disk.list(folder.path()), Names{name});
}

TEST_F(DiskTest, AFullDiskLeavesTheOldFileAndNothingElse) {
  const std::string place = folder / "small";
  const SmallDisk small(place);
  if (!small.mounted()) GTEST_SKIP() << "only root can mount";
  disk.replace(place + "/file", "old", 0644);
  const Error error =
      error_of([&] { disk.replace(place + "/file", std::string(1 << 20, 'x'), 0644); });
  EXPECT_EQ(error.kind(), Kind::failed);
  EXPECT_EQ(error.message(), "no space left on " + place + " while writing " + place + "/file");
  EXPECT_EQ(error.hint(),
            "free some space there and try again; see what is full with: df -h " + place);
  EXPECT_EQ(folder.read("small/file"), "old");
  EXPECT_EQ(disk.list(place), Names{"file"});
}

TEST_F(DiskTest, AFullDiskLeavesNoHalfLine) {
  const std::string place = folder / "small";
  const SmallDisk small(place);
  if (!small.mounted()) GTEST_SKIP() << "only root can mount";
  disk.append(place + "/log", "first\n", 0644);
  const std::string line = std::string(1 << 20, 'x') + "\n";
  EXPECT_EQ(error_of([&] { disk.append(place + "/log", line, 0644); }).message(),
            "no space left on " + place + " while writing " + place + "/log");
  EXPECT_EQ(folder.read("small/log"), "first\n");
}

TEST_F(DiskTest, AppendAdds) {
  disk.append(folder / "log", "one\n", 0640);
  disk.append(folder / "log", "two\n", 0600);
  disk.append(folder / "log", "", 0600);
  EXPECT_EQ(folder.read("log"), "one\ntwo\n");
  EXPECT_EQ(disk.info(folder / "log")->mode, 0640U);
}

TEST_F(DiskTest, AppendRefusesWhatIsNoFile) {
  fs::create_symlink("nowhere", folder / "link");
  expect_symlink_refused(error_of([&] { disk.append(folder / "link", "x", 0644); }),
                         folder / "link");
  EXPECT_FALSE(fs::exists(folder / "nowhere"));
  EXPECT_EQ(error_of([&] { disk.append(folder.path(), "x", 0644); }).message(),
            "cannot write " + folder.path() + ": is a directory");
}

TEST_F(DiskTest, MakesFoldersAndLeavesThoseThatAreThere) {
  chmod(folder.path().c_str(), 0700);
  const mode_t former = umask(077);
  disk.make_directories(folder / "a/b//c/", 0755);
  umask(former);
  EXPECT_EQ(disk.info(folder / "a/b/c")->mode, 0755U);
  EXPECT_EQ(disk.info(folder / "a")->mode, 0755U);
  EXPECT_EQ(disk.info(folder.path())->mode, 0700U);
  EXPECT_NO_THROW(disk.make_directories(folder / "a/b/c", 0700));
  EXPECT_EQ(disk.info(folder / "a/b/c")->mode, 0755U);
  EXPECT_NO_THROW(disk.make_directories("/"));
}

TEST_F(DiskTest, AFileInTheWayOfAFolder) {
  folder.write("file", "");
  EXPECT_EQ(error_of([&] { disk.make_directories(folder / "file", 0755); }).message(),
            "cannot make the folder " + (folder / "file") + ": file exists");
  EXPECT_THROW(disk.make_directories(folder / "file/below", 0755), Error);
}

TEST_F(DiskTest, RemovesFilesAndLinksButNoFolders) {
  fs::create_symlink(folder.write("target", ""), folder / "link");
  disk.remove(folder / "link");
  EXPECT_EQ(disk.list(folder.path()), Names{"target"});
  disk.remove(folder / "target");
  EXPECT_EQ(disk.list(folder.path()), Names{});
  fs::create_directory(folder / "sub");
  EXPECT_EQ(error_of([&] { disk.remove(folder / "sub"); }).message(),
            "cannot remove " + (folder / "sub") + ": is a directory");
}

TEST_F(DiskTest, RemovingATreeDoesNotFollowLinks) {
  fs::create_directories(folder / "outside");
  folder.write("outside/kept", "x");
  fs::create_directories(folder / "tree/a/b");
  folder.write("tree/a/b/file", "x");
  fs::create_directory_symlink(folder / "outside", folder / "tree/a/link");
  disk.remove_tree(folder / "tree");
  EXPECT_EQ(disk.list(folder.path()), Names{"outside"});
  EXPECT_EQ(folder.read("outside/kept"), "x");
}

TEST_F(DiskTest, RemovingATreeThatIsALinkRemovesTheLink) {
  fs::create_directories(folder / "outside");
  folder.write("outside/kept", "x");
  fs::create_directory_symlink(folder / "outside", folder / "tree");
  disk.remove_tree(folder / "tree");
  EXPECT_EQ(disk.list(folder.path()), Names{"outside"});
  EXPECT_EQ(folder.read("outside/kept"), "x");
}

TEST_F(DiskTest, RemovingATreeStopsAtAMount) {
  fs::create_directories(folder / "tree");
  const std::string place = folder / "tree/mounted";
  const SmallDisk small(place);
  if (!small.mounted()) GTEST_SKIP() << "only root can mount";
  folder.write("tree/mounted/kept", "x");
  const Error error = error_of([&] { disk.remove_tree(folder / "tree"); });
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.message(), place + " is a mount point; it was not removed");
  EXPECT_EQ(folder.read("tree/mounted/kept"), "x");
}

TEST_F(DiskTest, RenamesOverWhatIsThere) {
  folder.write("from", "new");
  folder.write("to", "old");
  disk.rename(folder / "from", folder / "to");
  EXPECT_EQ(folder.read("to"), "new");
  EXPECT_EQ(disk.list(folder.path()), Names{"to"});
  EXPECT_EQ(error_of([&] { disk.rename(folder / "from", folder / "to"); }).message(),
            "cannot rename " + (folder / "from") + " to " + (folder / "to") +
                ": no such file or directory");
  EXPECT_THROW(disk.rename(folder / "to", folder / "none/to"), Error);
}

TEST_F(DiskTest, SpaceOfTheNearestParent) {
  const Space here = disk.space(folder.path());
  const Space below = disk.space(folder / "none/below");
  struct statvfs numbers {};
  ASSERT_EQ(statvfs(folder.path().c_str(), &numbers), 0);
  EXPECT_EQ(here.total, numbers.f_blocks * numbers.f_frsize);
  EXPECT_GT(here.available, 0U);
  EXPECT_EQ(below.filesystem, here.filesystem);
  EXPECT_NE(disk.space("/proc").filesystem, here.filesystem);
}

TEST_F(DiskTest, SpaceInPercent) {
  const std::string place = folder / "small";
  const SmallDisk small(place);
  if (!small.mounted()) GTEST_SKIP() << "only root can mount";
  EXPECT_EQ(disk.space(place).total, 65536U);
  EXPECT_EQ(disk.space(place).used_percent, 0);
  folder.write("small/file", std::string(32768, 'x'));
  EXPECT_EQ(disk.space(place).available, 32768U);
  EXPECT_EQ(disk.space(place).used_percent, 50);
}

}  // namespace
}  // namespace ballast
