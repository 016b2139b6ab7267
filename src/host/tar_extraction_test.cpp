// Archives that somebody else made, and not with good intent.
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "host/tar_archives.h"
#include "host/test_error.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

namespace fs = std::filesystem;

class ExtractionTest : public testing::Test {
 protected:
  ExtractionTest() : writer_(archive_write_new()) {
    fs::create_directory(folder / "out");
    archive_write_set_format_gnutar(writer_);
    archive_write_add_filter_gzip(writer_);
    archive_write_open_filename(writer_, path.c_str());
  }
  ~ExtractionTest() override { archive_write_free(writer_); }

  void put(const std::string& name, unsigned type, const std::string& content = {}) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, type == AE_IFDIR ? 0755 : 0644);
    archive_entry_set_mtime(entry, 1'000'000'000, 0);
    if (type == AE_IFREG) archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    if (type == AE_IFLNK) archive_entry_set_symlink(entry, content.c_str());
    EXPECT_EQ(archive_write_header(writer_, entry), ARCHIVE_OK) << name;
    if (type == AE_IFREG) archive_write_data(writer_, content.data(), content.size());
    archive_entry_free(entry);
  }
  void put_hard_link(const std::string& name, const std::string& target) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_hardlink(entry, target.c_str());
    EXPECT_EQ(archive_write_header(writer_, entry), ARCHIVE_OK);
    archive_entry_free(entry);
  }
  ArchiveContent extract() {
    archive_write_close(writer_);
    return archives.extract(path, folder / "out", {});
  }
  void expect_refused(const std::string& message) {
    const Error error = error_of([&] { extract(); });
    EXPECT_EQ(error.kind(), Kind::refused);
    EXPECT_EQ(error.message(), message);
  }

  TestFolder folder;
  const std::string path = folder / "archive.tar.gz";
  TarArchives archives;

 private:
  archive* writer_;
};

TEST_F(ExtractionTest, NothingLeavesTheFolderByName) {
  put("../evil", AE_IFREG, "x");
  expect_refused(path + " holds `../evil`, which leads out of its folder");
  EXPECT_FALSE(fs::exists(folder / "evil"));
}

TEST_F(ExtractionTest, NothingLeavesTheFolderFromWithin) {
  put("in/../../evil", AE_IFREG, "x");
  expect_refused(path + " holds `in/../../evil`, which leads out of its folder");
}

TEST_F(ExtractionTest, NoAbsoluteNames) {
  put("/tmp/evil", AE_IFREG, "x");
  expect_refused(path + " holds `/tmp/evil`, which leads out of its folder");
}

TEST_F(ExtractionTest, NothingIsWrittenThroughALink) {
  fs::create_directory(folder / "elsewhere");
  put("door", AE_IFLNK, folder / "elsewhere");
  put("door/evil", AE_IFREG, "x");
  expect_refused((folder / "out/door") + " is a symbolic link");
  EXPECT_TRUE(fs::is_empty(folder / "elsewhere"));
}

TEST_F(ExtractionTest, NoFolderIsChangedThroughALink) {
  fs::create_directory(folder / "elsewhere");
  chmod((folder / "elsewhere").c_str(), 0700);
  put("door", AE_IFLNK, folder / "elsewhere");
  put("door", AE_IFDIR);
  expect_refused((folder / "out/door") + " is a symbolic link");
  EXPECT_EQ(fs::status(folder / "elsewhere").permissions(), fs::perms::owner_all);
}

TEST_F(ExtractionTest, AFileReplacesALinkInsteadOfFollowingIt) {
  folder.write("precious", "untouched");
  put("file", AE_IFLNK, folder / "precious");
  put("file", AE_IFREG, "new");
  extract();
  EXPECT_EQ(folder.read("precious"), "untouched");
  EXPECT_EQ(folder.read("out/file"), "new");
  EXPECT_FALSE(fs::is_symlink(folder / "out/file"));
}

TEST_F(ExtractionTest, NoHardLinksAndNoDevices) {
  put("file", AE_IFREG, "x");
  put_hard_link("again", "file");
  expect_refused(path + " holds again, which is neither a file nor a folder nor a symlink");
}

TEST_F(ExtractionTest, NoPipes) {
  put("pipe\x1b", AE_IFIFO);
  expect_refused(path + " holds pipe\\x1b, which is neither a file nor a folder nor a symlink");
}

TEST_F(ExtractionTest, FoldersComeFromNamesAloneAndTheLastOfTwoFilesWins) {
  put("./a//b/file", AE_IFREG, "first");
  put("a/b/file", AE_IFREG, "second");
  EXPECT_EQ(extract().entries, 2U);
  EXPECT_EQ(folder.read("out/a/b/file"), "second");
}

TEST_F(ExtractionTest, TheFolderItselfIsGivenModeAndTime) {
  put("./", AE_IFDIR);
  put("./file", AE_IFREG, "x");
  extract();
  struct stat status {};
  ASSERT_EQ(stat((folder / "out").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0755U);
  EXPECT_EQ(status.st_mtim.tv_sec, 1'000'000'000);
}

TEST_F(ExtractionTest, ReadsWhatGnuTarWrites) {
  fs::create_directory(folder / "tree");
  folder.write("tree/" + std::string(150, 'l'), "long");
  folder.write("tree/holes", "");
  fs::resize_file(folder / "tree/holes", 3U << 20);
  ASSERT_EQ(std::system(("tar -C " + (folder / "tree") + " -czSf " + path + " .").c_str()), 0);
  EXPECT_EQ(archives.verify(path, {}).damage, "");
  archives.extract(path, folder / "out", {});
  EXPECT_EQ(folder.read("out/" + std::string(150, 'l')), "long");
  EXPECT_EQ(folder.read("out/holes"), std::string(3U << 20, '\0'));
}

TEST_F(ExtractionTest, ReadsManyGzipMembers) {
  fs::create_directory(folder / "tree");
  folder.write("tree/file", std::string(100'000, 'x'));
  const std::string tar = "tar -C " + (folder / "tree") + " -cf " + (folder / "tar") + " .";
  const std::string split = "cd " + folder.path() + " && split -b 30000 tar part. && " +
                            "for part in part.*; do gzip -c $part; done >" + path;
  ASSERT_EQ(std::system(tar.c_str()), 0);
  ASSERT_EQ(std::system(split.c_str()), 0);
  EXPECT_EQ(archives.verify(path, {}).damage, "");
  EXPECT_EQ(archives.verify(path, {}).bytes, 100'000U);
}

TEST_F(ExtractionTest, WhatIsNoArchive) {
  EXPECT_EQ(archives.verify(folder.write("a", ""), {}).damage, "it is empty");
  EXPECT_EQ(archives.verify(folder.write("b", "text"), {}).damage,
            "it is neither gzip nor zstd, or its beginning is damaged");
  ASSERT_EQ(std::system(("echo no tar | gzip >" + (folder / "c")).c_str()), 0);
  EXPECT_NE(archives.verify(folder / "c", {}).damage, "");
  EXPECT_EQ(error_of([&] { archives.verify(folder / "absent", {}); }).message(),
            "cannot read " + (folder / "absent") + ": no such file or directory");
}

}  // namespace
}  // namespace ballast
