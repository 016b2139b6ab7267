#include "host/streamed_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <optional>

#include "host/test_error.h"
#include "host/test_folder.h"
#include "host/test_small_disk.h"

namespace ballast {
namespace {

namespace fs = std::filesystem;

class StreamedFileTest : public testing::Test {
 protected:
  TestFolder folder;
  const std::string path = folder / "dump";
};

TEST_F(StreamedFileTest, TellsSizeAndDigestOfWhatIsThere) {
  StreamedFile file(path);
  file.append("ab");
  file.append("");
  file.append("c");
  const WrittenFile written = file.finish();
  EXPECT_EQ(written.size, 3U);
  EXPECT_EQ(written.sha256, sha256_hex("abc"));
  EXPECT_EQ(folder.read("dump"), "abc");
}

TEST_F(StreamedFileTest, IsForItsOwnerAlone) {
  StreamedFile(path).finish();
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(StreamedFileTest, LargePieces) {
  const std::string piece(5U << 20, 'x');
  StreamedFile file(path);
  for (int number = 0; number < 8; ++number) file.append(piece);
  EXPECT_EQ(file.finish().size, 8 * piece.size());
  EXPECT_EQ(fs::file_size(path), 8 * piece.size());
}

TEST_F(StreamedFileTest, WhatWasNotFinishedIsGone) {
  {
    StreamedFile file(path);
    file.append("half");
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
  StreamedFile file(path);
  file.abort();
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(StreamedFileTest, AbortAfterTheEndKeepsIt) {
  StreamedFile file(path);
  file.finish();
  file.abort();
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(StreamedFileTest, NeverWritesOverAnything) {
  folder.write("dump", "old");
  EXPECT_EQ(error_of([&] { StreamedFile file(path); }).message(), path + " exists already");
  EXPECT_EQ(folder.read("dump"), "old");
  fs::create_symlink(folder / "elsewhere", folder / "link");
  EXPECT_EQ(error_of([&] { StreamedFile file(folder / "link"); }).message(),
            (folder / "link") + " exists already");
  EXPECT_FALSE(fs::exists(folder / "elsewhere"));
}

TEST_F(StreamedFileTest, NoFolder) {
  const std::string nowhere = folder / "no/dump";
  EXPECT_EQ(error_of([&] { StreamedFile file(nowhere); }).message(),
            "cannot write " + nowhere + ": no such file or directory");
}

TEST_F(StreamedFileTest, AFullDiskIsToldAndLeavesNothing) {
  const SmallDisk disk(folder / "small");
  if (!disk.mounted()) GTEST_SKIP() << "only root can mount";
  const Error error = error_of([&] {
    StreamedFile file(disk / "dump");
    for (int number = 0; number < 100; ++number) file.append(std::string(4096, 'x'));
  });
  EXPECT_EQ(error.message(),
            "no space left on " + (folder / "small") + " while writing " + (disk / "dump"));
  EXPECT_FALSE(error.hint().empty());
  EXPECT_FALSE(fs::exists(disk / "dump"));
}

}  // namespace
}  // namespace ballast
