#include "host/tar_archives.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <random>

#include "base/text.h"
#include "host/folder.h"
#include "host/posix_trees.h"
#include "host/test_error.h"
#include "host/test_folder.h"
#include "host/test_small_disk.h"

namespace ballast {
namespace {

using Names = std::vector<std::string>;
namespace fs = std::filesystem;

std::string noise(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

// What a tree is: type, mode, owner, time and content or target of everything in it.
std::map<std::string, std::string> picture(const std::string& top) {
  std::map<std::string, std::string> entries;
  PosixTrees trees;
  trees.walk(top, [&](const TreeEntry& entry) {
    const std::string path = top + "/" + entry.path;
    std::string text = std::to_string(static_cast<int>(entry.info.type)) + " " +
                       std::to_string(entry.info.mode) + " " + std::to_string(entry.info.owner) +
                       ":" + std::to_string(entry.info.group);
    text += " " + iso_utc(entry.info.modified);
    if (entry.info.type == FileType::regular)
      text += " " + trees.digest(file_at(path), DigestAlgorithm::sha1, {})->digest;
    if (entry.info.type == FileType::symlink) text += " -> " + fs::read_symlink(path).string();
    entries[entry.path] = text;
    return true;
  });
  return entries;
}

class ArchivesTest : public testing::TestWithParam<Packing> {
 protected:
  ArchivesTest() {
    fs::create_directory(folder / "tree");
    fs::create_directory(folder / "out");
  }
  void fill_tree() {
    fs::create_directories(folder / "tree/sessions/deep");
    fs::create_directory(folder / "tree/empty");
    folder.write("tree/sessions/one", "session");
    folder.write("tree/sessions/deep/large", noise(3'000'000) + std::string(2'000'000, 'x'));
    folder.write("tree/nothing", "");
    folder.write("tree/umlaut \xc3\xa4", "name in UTF-8");
    folder.write("tree/latin \xe4", "name in nothing known");
    folder.write("tree/" + std::string(200, 'n'), "long name");
    fs::create_symlink("sessions/one", folder / "tree/link");
    fs::create_symlink("/" + std::string(150, 't'), folder / "tree/long link");
    chmod((folder / "tree/nothing").c_str(), 0640);
    chmod((folder / "tree/empty").c_str(), 0711);
    if (geteuid() == 0) {
      EXPECT_EQ(chown((folder / "tree/sessions/one").c_str(), 101, 4'000'000'000U), 0);
    }
  }
  ArchiveMade make(const std::function<bool(const TreeEntry&)>& wanted = {}) {
    const auto archive = archives.create(path, GetParam());
    add_tree(trees, *archive, folder / "tree", wanted);
    return archive->finish();
  }
  // What stock tools make of it, on stdout and stderr.
  std::string tar(const std::string& options) const {
    const std::string unpack = GetParam() == Packing::gzip ? "-z" : "--zstd";
    const std::string command =
        "tar " + unpack + " -f " + path + " " + options + " >" + (folder / "said") + " 2>&1";
    const int status = std::system(command.c_str());
    return folder.read("said") + (status == 0 ? "" : "status " + std::to_string(status));
  }
  bool tar_reads_it() const {
    return GetParam() == Packing::gzip || std::system("zstd --version >/dev/null 2>&1") == 0;
  }

  TestFolder folder;
  const std::string path = folder / "archive";
  PosixTrees trees;
  TarArchives tar_archives;
  Archives& archives = tar_archives;
};

INSTANTIATE_TEST_SUITE_P(Both, ArchivesTest, testing::Values(Packing::gzip, Packing::zstd),
                         [](const auto& packing) {
                           return packing.param == Packing::gzip ? "Gzip" : "Zstd";
                         });

TEST_P(ArchivesTest, GivesBackWhatWasPutIn) {
  fill_tree();
  const ArchiveMade made = make();
  EXPECT_EQ(made.files, 6U);
  EXPECT_TRUE(made.omitted.empty());
  const ArchiveContent content = archives.extract(path, folder / "out");
  EXPECT_EQ(content.files, made.files);
  EXPECT_EQ(content.bytes, made.bytes);
  EXPECT_EQ(content.entries, 11U);
  EXPECT_EQ(picture(folder / "out"), picture(folder / "tree"));
}

TEST_P(ArchivesTest, StockToolsReadIt) {
  if (!tar_reads_it()) GTEST_SKIP() << "zstd is not installed";
  fill_tree();
  make();
  EXPECT_EQ(tar("--numeric-owner -xp -C " + (folder / "out")), "");
  EXPECT_EQ(picture(folder / "out"), picture(folder / "tree"));
}

TEST_P(ArchivesTest, TellsSizeAndDigestOfTheArchive) {
  fill_tree();
  const ArchiveMade made = make();
  const auto hashed = trees.digest(file_at(path), DigestAlgorithm::sha256, {});
  EXPECT_EQ(made.file.sha256, hashed->digest);
  EXPECT_EQ(made.file.size, hashed->size);
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_P(ArchivesTest, SoundOnesVerify) {
  fill_tree();
  const ArchiveMade made = make();
  std::uint64_t told = 0;
  const ArchiveContent content = archives.verify(path, [&](std::uint64_t bytes) { told += bytes; });
  EXPECT_EQ(content.damage, "");
  EXPECT_EQ(content.bytes, made.bytes);
  EXPECT_EQ(told, made.bytes);
}

TEST_P(ArchivesTest, NothingIsAnArchiveToo) {
  EXPECT_EQ(archives.create(path, GetParam())->finish().files, 0U);
  EXPECT_EQ(archives.verify(path).damage, "");
  EXPECT_EQ(archives.verify(path).entries, 0U);
  if (tar_reads_it()) {
    EXPECT_EQ(tar("-t"), "");
  }
}

TEST_P(ArchivesTest, TakesOnlyWhatIsWanted) {
  fill_tree();
  make([](const TreeEntry& entry) {
    return entry.path.starts_with("sessions") && entry.path != "sessions/deep";
  });
  archives.extract(path, folder / "out");
  Names names;
  for (const auto& [name, text] : picture(folder / "out")) names.push_back(name);
  EXPECT_EQ(names, (Names{"sessions", "sessions/one"}));
}

TEST_P(ArchivesTest, PutsAFileUnderAnotherNameWithAnotherOwner) {
  folder.write("pooled", "content");
  const unsigned owner = geteuid() == 0 ? 101 : geteuid();
  const auto archive = archives.create(path, GetParam());
  archive->add("filestore/db/aa/aabb", {folder.path(), "pooled"},
               Ownership{.mode = 0644, .owner = owner, .group = getegid()});
  archive->finish();
  archives.extract(path, folder / "out");
  EXPECT_EQ(folder.read("out/filestore/db/aa/aabb"), "content");
  struct stat status {};
  ASSERT_EQ(stat((folder / "out/filestore/db/aa/aabb").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
  EXPECT_EQ(status.st_uid, owner);
}

TEST_P(ArchivesTest, WhatVanishedOrIsNoFileIsOmittedByName) {
  mkfifo((folder / "tree/pipe").c_str(), 0600);
  const auto archive = archives.create(path, GetParam());
  EXPECT_FALSE(archive->add("gone", {folder / "tree", "gone"}));
  EXPECT_FALSE(archive->add("no/gone", {folder / "tree", "no/gone"}));
  EXPECT_FALSE(archive->add("pipe", {folder / "tree", "pipe"}));
  const ArchiveMade made = archive->finish();
  Names omitted;
  for (const Omission& omission : made.omitted)
    omitted.push_back(omission.name + " " + omission.reason);
  EXPECT_EQ(omitted,
            (Names{"gone vanished before it was read", "no/gone vanished before it was read",
                   "pipe is neither a file nor a folder nor a symlink"}));
  EXPECT_EQ(archives.verify(path).damage, "");
}

TEST_P(ArchivesTest, AFileThatShrinksIsFilledUpAndTold) {
  folder.write("tree/large", std::string(2'000'000, 'x'));
  folder.write("tree/next", "still right");
  const auto archive = archives.create(path, GetParam(), [&](std::uint64_t) {
    if (fs::file_size(folder / "tree/large") > 500'000)
      fs::resize_file(folder / "tree/large", 500'000);
  });
  add_tree(trees, *archive, folder / "tree");
  const ArchiveMade made = archive->finish();
  ASSERT_EQ(made.omitted.size(), 1U);
  EXPECT_EQ(made.omitted[0].name, "large");
  EXPECT_EQ(made.omitted[0].reason, "shrank while it was read; filled up with zeros");
  EXPECT_EQ(archives.verify(path).damage, "");
  archives.extract(path, folder / "out");
  EXPECT_EQ(folder.read("out/large"), std::string(500'000, 'x') + std::string(1'500'000, '\0'));
  EXPECT_EQ(folder.read("out/next"), "still right");
}

TEST_P(ArchivesTest, AFileThatGrowsIsTakenAsItWas) {
  folder.write("tree/log", std::string(1'000'000, 'x'));
  bool grown = false;
  const auto archive = archives.create(path, GetParam(), [&](std::uint64_t) {
    if (!grown) fs::resize_file(folder / "tree/log", 3'000'000);
    grown = true;
  });
  add_tree(trees, *archive, folder / "tree");
  EXPECT_TRUE(archive->finish().omitted.empty());
  archives.extract(path, folder / "out");
  EXPECT_EQ(folder.read("out/log"), std::string(1'000'000, 'x'));
}

TEST_P(ArchivesTest, WhatWasNotFinishedIsGone) {
  folder.write("tree/file", "x");
  {
    const auto archive = archives.create(path, GetParam());
    archive->add("file", {folder / "tree", "file"});
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_EQ(error_of([&] {
              const auto archive = archives.create(path, GetParam(), [](std::uint64_t) {
                throw Error(Kind::interrupted, "stopped");
              });
              archive->add("file", {folder / "tree", "file"});
            }).kind(),
            Kind::interrupted);
  EXPECT_FALSE(fs::exists(path));
}

TEST_P(ArchivesTest, NeverWritesOverAnything) {
  folder.write("archive", "old");
  EXPECT_EQ(error_of([&] { archives.create(path, GetParam()); }).message(),
            path + " exists already");
}

TEST_P(ArchivesTest, AFullDiskIsToldAndLeavesNothing) {
  const SmallDisk disk(folder / "small", "1m");
  if (!disk.mounted()) GTEST_SKIP() << "only root can mount";
  folder.write("tree/large", noise(20'000'000));
  const Error error = error_of([&] {
    const auto archive = archives.create(disk / "archive", GetParam());
    add_tree(trees, *archive, folder / "tree");
    archive->finish();
  });
  EXPECT_EQ(error.message(),
            "no space left on " + (folder / "small") + " while writing " + (disk / "archive"));
  EXPECT_TRUE(fs::is_empty(folder / "small"));
}

// --- damage

TEST_P(ArchivesTest, CutAnywhereItIsDamaged) {
  // Zeros at the end, and whole blocks of them: a cut must not pass for an end mark.
  folder.write("tree/a", noise(100'000));
  folder.write("tree/zeros", std::string(3U << 20, '\0'));
  make();
  const std::string whole = folder.read("archive");
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 150) {
    folder.write("cut", whole.substr(0, size));
    EXPECT_NE(archives.verify(folder / "cut").damage, "") << size << " of " << whole.size();
  }
  for (std::size_t missing = 1; missing < 40; ++missing) {
    folder.write("cut", whole.substr(0, whole.size() - missing));
    EXPECT_NE(archives.verify(folder / "cut").damage, "") << "all but " << missing;
  }
}

TEST_P(ArchivesTest, AFlippedBitIsToldOrChangesNothing) {
  folder.write("tree/noise", noise(60'000));
  folder.write("tree/text", std::string(60'000, 't'));
  make();
  const auto expected = picture(folder / "tree");
  const std::string whole = folder.read("archive");
  int unnoticed = 0;
  for (std::size_t at = 0; at < whole.size(); at += at < 100 ? 1 : 293) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    folder.write("flipped", flipped);
    if (!archives.verify(folder / "flipped").damage.empty()) continue;
    ++unnoticed;
    fs::remove_all(folder / "out");
    fs::create_directory(folder / "out");
    archives.extract(folder / "flipped", folder / "out");
    EXPECT_EQ(picture(folder / "out"), expected) << at;
  }
  // The time and system in the head of gzip mean nothing, nor do a few bits between blocks.
  EXPECT_LE(unnoticed, 12);
}

TEST_P(ArchivesTest, DamageStopsAnExtraction) {
  folder.write("tree/noise", noise(3'000'000));
  make();
  folder.write("archive", folder.read("archive").substr(0, 1'000'000));
  const Error error = error_of([&] { archives.extract(path, folder / "out"); });
  EXPECT_EQ(error.kind(), Kind::verification);
  EXPECT_EQ(error.message(), path + " is damaged: it is cut off");
  EXPECT_TRUE(fs::is_empty(folder / "out"));
}

TEST_P(ArchivesTest, WhatFollowsTheEndIsDamage) {
  folder.write("tree/file", "x");
  make();
  folder.write("archive", folder.read("archive") + "something");
  EXPECT_NE(archives.verify(path).damage, "");
}

}  // namespace
}  // namespace ballast
