#include "host/posix_trees.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/descriptor.h"
#include "host/parallel.h"
#include "host/test_error.h"
#include "host/test_folder.h"
#include "host/test_small_disk.h"

namespace ballast {
namespace {

using Names = std::vector<std::string>;
namespace fs = std::filesystem;

class TreesTest : public testing::Test {
 protected:
  Names walked(const std::function<bool(const TreeEntry&)>& also = {}) {
    Names paths;
    trees.walk(folder.path(), [&](const TreeEntry& entry) {
      paths.push_back(entry.path);
      return !also || also(entry);
    });
    return paths;
  }
  Names names_left() const {
    Names names;
    for (const auto& entry : fs::directory_iterator(folder.path()))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  struct stat status_of(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(lstat((folder / name).c_str(), &status), 0) << name;
    return status;
  }
  Below below(const std::string& path) const { return {folder.path(), path}; }
  void expect_link_refused(const Error& error, const std::string& name) {
    EXPECT_EQ(error.kind(), Kind::refused);
    EXPECT_EQ(error.message(), (folder / name) + " is a symbolic link");
  }

  TestFolder folder;
  PosixTrees posix;
  Trees& trees = posix;
};

// --- walk

TEST_F(TreesTest, WalksAFolderBeforeWhatIsInItNamesInByteOrder) {
  fs::create_directories(folder / "b/deep/er");
  folder.write("b/deep/er/file", "1");
  folder.write("b/z", "");
  folder.write("B", "");
  folder.write("a b", "");
  folder.write("\xc3\xa4", "");
  EXPECT_EQ(walked(),
            (Names{"B", "a b", "b", "b/deep", "b/deep/er", "b/deep/er/file", "b/z", "\xc3\xa4"}));
}

TEST_F(TreesTest, TellsWhatEachEntryIs) {
  folder.write("file", "12345");
  chmod((folder / "file").c_str(), 0640);
  fs::create_directory(folder / "folder");
  fs::create_symlink("/etc", folder / "link");
  mkfifo((folder / "pipe").c_str(), 0600);
  const auto entries = entries_below(trees, folder.path());
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].info.type, FileType::regular);
  EXPECT_EQ(entries[0].info.size, 5U);
  EXPECT_EQ(entries[0].info.mode, 0640U);
  EXPECT_EQ(entries[0].info.owner, geteuid());
  EXPECT_NE(entries[0].info.modified, Time{});
  EXPECT_EQ(entries[1].info.type, FileType::directory);
  EXPECT_EQ(entries[2].info.type, FileType::symlink);
  EXPECT_EQ(entries[3].info.type, FileType::other);
}

TEST_F(TreesTest, DoesNotEnterWhatItIsToldNotTo) {
  fs::create_directories(folder / "in");
  fs::create_directories(folder / "out");
  folder.write("in/file", "");
  folder.write("out/file", "");
  EXPECT_EQ(walked([](const TreeEntry& entry) { return entry.path != "out"; }),
            (Names{"in", "in/file", "out"}));
}

TEST_F(TreesTest, LeavesOutWhatVanishesMeanwhile) {
  for (const char* name : {"a", "b", "c", "d"}) fs::create_directories(folder / name);
  folder.write("c/file", "");
  EXPECT_EQ(walked([&](const TreeEntry& entry) {
              if (entry.path == "a") fs::remove(folder / "b");
              if (entry.path == "c") fs::remove_all(folder / "c");
              return true;
            }),
            (Names{"a", "c", "d"}));
}

TEST_F(TreesTest, DoesNotFollowAFolderThatBecameALink) {
  fs::create_directories(folder / "a/real");
  EXPECT_EQ(walked([&](const TreeEntry& entry) {
              if (entry.path == "a") {
                fs::remove_all(folder / "a");
                fs::create_directory_symlink("/etc", folder / "a");
              }
              return true;
            }),
            Names{"a"});
}

TEST_F(TreesTest, NoDataIsNotEmptyData) {
  const std::string gone = folder / "gone";
  EXPECT_EQ(error_of([&] { entries_below(trees, gone); }).message(),
            "cannot open " + gone + ": no such file or directory");
  fs::create_directory(gone);
  EXPECT_TRUE(entries_below(trees, gone).empty());
}

TEST_F(TreesTest, AManyLevelledTree) {
  std::string path = "0";
  for (int level = 1; level < 100; ++level) path += "/" + std::to_string(level);
  fs::create_directories(folder / path);
  EXPECT_EQ(walked().size(), 100U);
  EXPECT_EQ(walked().back(), path);
}

TEST_F(TreesTest, NamesOfAStore) {
  for (const char* name : {"aa", "bb", "empty"}) fs::create_directories(folder / name);
  folder.write("aa/aa2", "12");
  folder.write("aa/aa1", "1");
  folder.write("bb/bb1", "");
  folder.write("stray", "");
  fs::create_directory(folder / "bb/folder");
  fs::create_symlink("bb1", folder / "bb/link");
  Names told;
  for (const SizedName& file : names_in_store(trees, folder.path()))
    told.push_back(file.name + " " + std::to_string(file.size));
  EXPECT_EQ(told, (Names{"aa/aa1 1", "aa/aa2 2", "bb/bb1 0"}));
  EXPECT_EQ(trees.files_in(below("aa")).front().name, "aa1");
  EXPECT_TRUE(trees.files_in(below("cc")).empty());
}

TEST_F(TreesTest, FilesInALinkedFolderAreRefused) {
  fs::create_directory_symlink("/etc", folder / "aa");
  expect_link_refused(error_of([&] { trees.files_in(below("aa")); }), "aa");
}

// --- copy_hashed

TEST_F(TreesTest, CopiesAndTellsWhatItCopied) {
  const std::string content = std::string(300'000, 'x') + '\0' + "end";
  folder.write("from", content);
  const auto copied = trees.copy_hashed(below("from"), below("to"));
  ASSERT_TRUE(copied);
  EXPECT_EQ(copied->digest, sha1_hex(content));
  EXPECT_EQ(copied->size, content.size());
  EXPECT_EQ(folder.read("to"), content);
  EXPECT_EQ(status_of("to").st_mode & 07777U, 0600U);
  EXPECT_EQ(names_left(), (Names{"from", "to"}));
}

TEST_F(TreesTest, CopiesAnEmptyFile) {
  folder.write("from", "");
  EXPECT_EQ(trees.copy_hashed(below("from"), below("to"))->digest, sha1_hex(""));
  EXPECT_TRUE(fs::exists(folder / "to"));
}

TEST_F(TreesTest, OtherContentThanExpectedTakesNobodysPlace) {
  folder.write("from", "torn");
  folder.write("to", "whole");
  EXPECT_EQ(trees.copy_hashed(below("from"), below("to"), sha1_hex("whole"))->digest,
            sha1_hex("torn"));
  EXPECT_EQ(folder.read("to"), "whole");
  trees.copy_hashed(below("from"), below("to"), sha1_hex("torn"));
  EXPECT_EQ(folder.read("to"), "torn");
  EXPECT_EQ(names_left(), (Names{"from", "to"}));
}

TEST_F(TreesTest, ACopyReplacesWhatWasThere) {
  folder.write("from", "new");
  folder.write("to", "older and longer");
  trees.copy_hashed(below("from"), below("to"));
  EXPECT_EQ(folder.read("to"), "new");
}

TEST_F(TreesTest, AVanishedSourceIsAValue) {
  EXPECT_FALSE(trees.copy_hashed(below("gone"), below("to")));
  EXPECT_FALSE(trees.copy_hashed(below("gone/too"), below("to")));
  EXPECT_FALSE(trees.place(below("gone"), below("to"), {}));
  EXPECT_FALSE(trees.digest(below("gone"), DigestAlgorithm::sha1));
  EXPECT_TRUE(names_left().empty());
}

TEST_F(TreesTest, FollowsNoLinkOnTheWay) {
  fs::create_directory(folder / "real");
  folder.write("real/file", "secret");
  fs::create_symlink("real/file", folder / "link");
  fs::create_directory_symlink("real", folder / "linked");
  expect_link_refused(error_of([&] { trees.copy_hashed(below("link"), below("to")); }), "link");
  expect_link_refused(error_of([&] { trees.copy_hashed(below("linked/file"), below("to")); }),
                      "linked");
  expect_link_refused(error_of([&] { trees.copy_hashed(below("real/file"), below("linked/to")); }),
                      "linked");
  expect_link_refused(error_of([&] { trees.place(below("real/file"), below("linked/to"), {}); }),
                      "linked");
  EXPECT_FALSE(fs::exists(folder / "real/to"));
  EXPECT_FALSE(fs::exists(folder / "to"));
}

TEST_F(TreesTest, LeavesItsFolderByNoName) {
  folder.write("file", "");
  fs::create_directory(folder / "in");
  const Below outside{folder / "in", "../file"};
  const Error error = error_of([&] { trees.digest(outside, DigestAlgorithm::sha1); });
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.message(), "`..` leads out of " + (folder / "in"));
  EXPECT_EQ(error_of([&] {
              trees.digest({folder / "in", "/etc/hostname"}, DigestAlgorithm::sha1);
            }).message(),
            "`/etc` leads out of " + (folder / "in"));
}

TEST_F(TreesTest, OnlyFilesAreCopied) {
  mkfifo((folder / "pipe").c_str(), 0600);
  fs::create_directory(folder / "folder");
  for (const char* name : {"pipe", "folder"})
    EXPECT_EQ(error_of([&] { trees.copy_hashed(below(name), below("to")); }).message(),
              (folder / name) + " is not a file");
}

TEST_F(TreesTest, NoFolderToCopyTo) {
  folder.write("from", "");
  EXPECT_EQ(error_of([&] { trees.copy_hashed(below("from"), below("aa/to")); }).message(),
            "cannot write " + (folder / "aa/to") + ": no such file or directory");
}

TEST_F(TreesTest, AFullDiskIsToldAndLeavesNothingBehind) {
  const SmallDisk disk(folder / "small");
  if (!disk.mounted()) GTEST_SKIP() << "only root can mount";
  folder.write("from", std::string(1U << 20, 'x'));
  for (const bool hashed : {true, false}) {
    const Error error = error_of([&] {
      if (hashed) trees.copy_hashed(below("from"), below("small/to"));
      if (!hashed) trees.place(below("from"), below("small/to"), {});
    });
    EXPECT_EQ(error.message(),
              "no space left on " + (folder / "small") + " while writing " + (disk / "to"));
    EXPECT_TRUE(fs::is_empty(folder / "small"));
  }
}

TEST_F(TreesTest, ManyThreadsCopyAtOnce) {
  fs::create_directory(folder / "from");
  fs::create_directory(folder / "to");
  for (int number = 0; number < 200; ++number)
    folder.write("from/" + std::to_string(number), std::to_string(number));
  parallel_for(200, copy_threads(), [&](std::size_t index) {
    const std::string name = std::to_string(index);
    EXPECT_EQ(trees.copy_hashed(below("from/" + name), below("to/" + name))->digest,
              sha1_hex(name));
  });
  EXPECT_EQ(trees.files_in(below("to")).size(), 200U);
}

TEST_F(TreesTest, AKillLeavesNoTornFileUnderItsName) {
  const std::string content(4U << 20, 'x');
  folder.write("from", content);
  for (int round = 0; round < 12; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
      for (;;) trees.copy_hashed(below("from"), below("to"));
    usleep(static_cast<useconds_t>(3000 + round * 1700));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    if (fs::exists(folder / "to")) {
      EXPECT_EQ(fs::file_size(folder / "to"), content.size());
    }
    for (const std::string& name : names_left())
      EXPECT_TRUE(name == "from" || name == "to" || is_temporary_name(name)) << name;
    fs::remove(folder / "to");
  }
}

TEST(TemporaryNames, AreKnownAgain) {
  for (const char* name : {".aabb.ballast-abc234", ".x.ballast-zzzzzz"})
    EXPECT_TRUE(is_temporary_name(name)) << name;
  for (const char* name : {"", "x.ballast-abc234", ".ballast-abc234", ".x.ballast-abc23",
                           ".x.ballast-abc2345", ".x.ballast-ABC234", ".hidden"})
    EXPECT_FALSE(is_temporary_name(name)) << name;
}

// --- place, digest

TEST_F(TreesTest, PlacesACopyWithItsOwnership) {
  const std::string content(200'000, 'y');
  folder.write("from", content);
  const unsigned owner = geteuid() == 0 ? 101 : geteuid();
  const unsigned group = geteuid() == 0 ? 102 : getegid();
  ASSERT_TRUE(
      trees.place(below("from"), below("to"), {.mode = 0644, .owner = owner, .group = group}));
  EXPECT_EQ(folder.read("to"), content);
  const struct stat status = status_of("to");
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
  EXPECT_EQ(status.st_uid, owner);
  EXPECT_EQ(status.st_gid, group);
  EXPECT_EQ(status.st_nlink, 1U);
  EXPECT_NE(status.st_ino, status_of("from").st_ino);
}

TEST_F(TreesTest, PlacesAcrossFileSystems) {
  const SmallDisk disk(folder / "other", "4m");
  if (!disk.mounted()) GTEST_SKIP() << "only root can mount";
  const std::string content(300'001, 'z');
  folder.write("from", content);
  ASSERT_TRUE(
      trees.place(below("from"), below("other/to"), {.mode = 0600, .owner = 0, .group = 0}));
  EXPECT_EQ(folder.read("other/to"), content);
}

TEST_F(TreesTest, DigestsByEitherAlgorithmAndTellsHowFarItIs) {
  const std::string content(700'000, 'q');
  folder.write("file", content);
  std::uint64_t told = 0;
  const auto hashed = trees.digest(below("file"), DigestAlgorithm::sha256,
                                   [&](std::uint64_t bytes) { told += bytes; });
  EXPECT_EQ(hashed->digest, sha256_hex(content));
  EXPECT_EQ(hashed->size, content.size());
  EXPECT_EQ(told, content.size());
  EXPECT_EQ(trees.digest(file_at(folder / "file"), DigestAlgorithm::sha1)->digest,
            sha1_hex(content));
}

TEST_F(TreesTest, AWatcherMayStopIt) {
  folder.write("file", "x");
  const Error error = error_of([&] {
    trees.digest(below("file"), DigestAlgorithm::sha1,
                 [](std::uint64_t) { throw Error(Kind::interrupted, "stopped"); });
  });
  EXPECT_EQ(error.kind(), Kind::interrupted);
}

// --- read_part

TEST_F(TreesTest, ReadsAPart) {
  folder.write("file", "0123456789");
  EXPECT_EQ(trees.read_part(below("file"), 0, 4), "0123");
  EXPECT_EQ(trees.read_part(below("file"), 4, 100), "456789");
  EXPECT_EQ(trees.read_part(below("file"), 10, 4), "");
  EXPECT_EQ(trees.read_part(below("file"), 1000, 4), "");
  EXPECT_EQ(trees.read_part(below("gone"), 0, 4), std::nullopt);
  fs::create_symlink("file", folder / "link");
  expect_link_refused(error_of([&] { trees.read_part(below("link"), 0, 4); }), "link");
}

// --- create_pipe

class PipeTest : public TreesTest {
 protected:
  PipeTest() { signal(SIGPIPE, SIG_IGN); }  // as the program does

  Descriptor reader() const {
    return Descriptor(open((folder / "pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }

  std::unique_ptr<PipeWriter> pipe = trees.create_pipe(folder / "pipe");
};

TEST_F(PipeTest, WhoReadsItGetsWhatWasTakenUpToTheEnd) {
  EXPECT_EQ(pipe->offer("nobody reads"), 0);
  const Descriptor reading = reader();
  EXPECT_EQ(pipe->offer("abc"), 3);
  pipe->end();
  EXPECT_EQ(read_up_to(reading.get(), 100), "abc");
  EXPECT_EQ(read_up_to(reading.get(), 100), "");
}

TEST_F(PipeTest, ASlowReaderIsNotWaitedFor) {
  const Descriptor reading = reader();
  const std::string piece(64 << 10, 'x');
  std::size_t taken = 0;
  for (std::size_t last = 1; last > 0; taken += last) last = pipe->offer(piece);
  EXPECT_GE(taken, piece.size());
  EXPECT_EQ(read_up_to(reading.get(), 5000)->size(), 5000);
  EXPECT_GT(pipe->offer(piece), 0);
}

TEST_F(PipeTest, AReaderThatIsGoneTakesNothing) {
  reader();
  EXPECT_EQ(pipe->offer("abc"), 0);
  Descriptor reading = reader();
  EXPECT_EQ(pipe->offer("abc"), 3);
  reading.close();
  EXPECT_EQ(pipe->offer("abc"), 0);
}

TEST_F(PipeTest, ItIsForItsOwnerAndGoesAway) {
  EXPECT_EQ(status_of("pipe").st_mode, S_IFIFO | 0600U);
  pipe.reset();
  EXPECT_EQ(names_left(), Names{});
}

TEST_F(PipeTest, NoneWhereOneCannotBeHad) {
  EXPECT_EQ(trees.create_pipe(folder / "pipe"), nullptr);
  EXPECT_EQ(trees.create_pipe(folder / "gone/pipe"), nullptr);
}

// --- folders, removal, sync

TEST_F(TreesTest, MakesFoldersWithTheirOwner) {
  const unsigned owner = geteuid() == 0 ? 101 : geteuid();
  const Ownership ownership{.mode = 0750, .owner = owner, .group = getegid()};
  trees.make_directory(below("filestore/db/aa"), ownership);
  for (const char* name : {"filestore", "filestore/db", "filestore/db/aa"}) {
    EXPECT_EQ(status_of(name).st_mode & 07777U, 0750U) << name;
    EXPECT_EQ(status_of(name).st_uid, owner) << name;
  }
}

TEST_F(TreesTest, AFolderThatExistsIsGivenItsOwnershipAndNothingElseIs) {
  fs::create_directories(folder / "a/b");
  chmod((folder / "a").c_str(), 0711);
  trees.make_directory(below("a/b"), {.mode = 0700, .owner = geteuid(), .group = getegid()});
  EXPECT_EQ(status_of("a/b").st_mode & 07777U, 0700U);
  EXPECT_EQ(status_of("a").st_mode & 07777U, 0711U);
}

TEST_F(TreesTest, NoFolderIsMadeThroughALink) {
  fs::create_directory(folder / "real");
  fs::create_directory_symlink("real", folder / "linked");
  expect_link_refused(error_of([&] { trees.make_directory(below("linked/x"), {}); }), "linked");
  EXPECT_EQ(error_of([&] { trees.make_directory(below("linked"), {}); }).message(),
            "cannot make the folder " + (folder / "linked") + ": not a directory");
  EXPECT_TRUE(fs::is_empty(folder / "real"));
}

TEST_F(TreesTest, RemovesManyAndMissesNone) {
  fs::create_directory(folder / "aa");
  folder.write("aa/1", "");
  folder.write("aa/2", "");
  trees.remove(folder.path(), {"aa/1", "aa/absent", "bb/absent"});
  EXPECT_FALSE(fs::exists(folder / "aa/1"));
  EXPECT_TRUE(fs::exists(folder / "aa/2"));
  EXPECT_EQ(error_of([&] { trees.remove(folder.path(), {"aa"}); }).message(),
            "cannot remove " + (folder / "aa") + ": is a directory");
}

TEST_F(TreesTest, SyncsWhatIsThere) {
  trees.sync(folder.path());
  const std::string gone = folder / "gone";
  EXPECT_EQ(error_of([&] { trees.sync(gone); }).message(),
            "cannot open " + gone + ": no such file or directory");
}

TEST_F(TreesTest, CreatesAFileToStreamInto) {
  const auto file = trees.create(folder / "dump");
  file->append("abc");
  EXPECT_EQ(file->finish().sha256, sha256_hex("abc"));
}

}  // namespace
}  // namespace ballast
