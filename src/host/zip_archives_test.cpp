#include "host/zip_archives.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

#include "base/text.h"
#include "host/test_error.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

using Names = std::vector<std::string>;

bool is_long() {
  const char* wanted = std::getenv("BALLAST_LONG");
  return wanted != nullptr && std::string(wanted) == "1";
}

class ZipTest : public testing::Test {
 protected:
  // What a program says of the archive; its last line is its exit status.
  std::string told(const std::string& command) const {
    const std::string whole = "cd " + folder.path() + " && " + command + " >said 2>&1";
    const int status = std::system(whole.c_str());
    return folder.read("said") + "status " + std::to_string(WEXITSTATUS(status));
  }
  std::string python(const std::string& lines) const {
    folder.write("said.py", "import zipfile\nz = zipfile.ZipFile('a.zip')\n" + lines);
    return told("python3 said.py");
  }
  std::map<std::string, std::string> content() {
    std::map<std::string, std::string> found;
    const auto zip = zips.open(path);
    while (const auto entry = zip->next()) {
      std::string& text = found[entry->name];
      zip->read([&](std::string_view bytes) { text += bytes; });
      EXPECT_EQ(text.size(), entry->size);
    }
    return found;
  }
  void write_by_python(const std::string& lines) const {
    folder.write("made.py",
                 "import zipfile\nz = zipfile.ZipFile('a.zip', 'w', "
                 "zipfile.ZIP_DEFLATED)\n" +
                     lines + "z.close()\n");
    ASSERT_EQ(told("python3 made.py"), "status 0");
  }
  Error opened() {
    return error_of([&] {
      const auto zip = zips.open(path);
      while (zip->next()) zip->read([](std::string_view) {});
    });
  }

  TestFolder folder;
  const std::string path = folder / "a.zip";
  ZipArchives zip_archives;
  Zips& zips = zip_archives;
};

TEST_F(ZipTest, StockToolsReadWhatIsWritten) {
  const std::string sql(3'000'000, 's');
  folder.write("file", "an attachment");
  const auto zip = zips.create(path);
  zip->begin("dump.sql");
  zip->append(sql.substr(0, 1'000'000));
  zip->append(sql.substr(1'000'000));
  const auto added = zip->add("filestore/aa/aabb", {folder.path(), "file"});
  EXPECT_EQ(added->digest, sha1_hex("an attachment"));
  EXPECT_EQ(added->size, 13U);
  zip->begin("manifest.json");
  zip->append("{}");
  const WrittenFile written = zip->finish();
  EXPECT_EQ(written.size, std::filesystem::file_size(path));
  EXPECT_EQ(written.sha256, sha256_hex(folder.read("a.zip")));

  EXPECT_EQ(python("print(z.testzip(), z.namelist())\n"
                   "print(len(z.read('dump.sql')), z.read('filestore/aa/aabb'))\n"),
            "None ['dump.sql', 'filestore/aa/aabb', 'manifest.json']\n"
            "3000000 b'an attachment'\nstatus 0");
  EXPECT_TRUE(told("unzip -tq a.zip")
                  .ends_with("No errors detected in compressed data of a.zip.\nstatus 0"));
  EXPECT_EQ(content(), (std::map<std::string, std::string>{{"dump.sql", sql},
                                                           {"filestore/aa/aabb", "an attachment"},
                                                           {"manifest.json", "{}"}}));
}

TEST_F(ZipTest, OnlyRootMayReadIt) {
  zips.create(path)->finish();
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(ZipTest, WhatIsNotFinishedIsNotLeft) {
  zips.create(path)->begin("dump.sql");
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ZipTest, AnAbsentFileIsAValue) {
  const auto zip = zips.create(path);
  EXPECT_EQ(zip->add("a", {folder.path(), "absent"}).has_value(), false);
  EXPECT_EQ(zip->add("a", {folder.path(), "no/folder"}).has_value(), false);
}

TEST_F(ZipTest, MoreFilesThanTheOldFormatHasNumbersFor) {
  folder.write("file", "x");
  const auto zip = zips.create(path);
  for (int number = 0; number < 70'000; ++number)
    zip->add("f/" + std::to_string(number), {folder.path(), "file"});
  zip->finish();
  EXPECT_EQ(python("print(len(z.namelist()), z.namelist()[69999])\n"), "70000 f/69999\nstatus 0");
  EXPECT_EQ(told("unzip -l a.zip | tail -1"),
            "    70000                     70000 files\nstatus 0");
  std::size_t count = 0;
  const auto read = zips.open(path);
  while (read->next()) ++count;
  EXPECT_EQ(count, 70'000U);
}

TEST_F(ZipTest, MoreBytesThanTheOldFormatHasNumbersFor) {
  if (!is_long()) GTEST_SKIP() << "takes a minute: BALLAST_LONG=1";
  constexpr std::uint64_t size = 5'000'000'000;
  folder.write("sparse", "");
  ASSERT_EQ(truncate((folder / "sparse").c_str(), static_cast<off_t>(size)), 0);
  const auto zip = zips.create(path);
  zip->begin("streamed");
  const std::string zeros(1'000'000, '\0');
  for (int number = 0; number < 5'000; ++number) zip->append(zeros);
  EXPECT_EQ(zip->add("known", {folder.path(), "sparse"})->size, size);
  zip->begin("after");
  zip->append("end");
  zip->finish();
  EXPECT_EQ(python("print([(i.filename, i.file_size) for i in z.infolist()], z.read('after'))\n"
                   "print(z.testzip())\n"),
            "[('streamed', 5000000000), ('known', 5000000000), ('after', 3)] b'end'\nNone\n"
            "status 0");
  EXPECT_TRUE(told("unzip -tq a.zip")
                  .ends_with("No errors detected in compressed data of a.zip.\nstatus 0"));
  const auto read = zips.open(path);
  std::uint64_t total = 0;
  while (read->next()) read->read([&](std::string_view bytes) { total += bytes.size(); });
  EXPECT_EQ(total, 2 * size + 3);
}

TEST_F(ZipTest, ReadsWhatPythonWrites) {
  write_by_python(
      "z.writestr('dump.sql', 'sql')\n"
      "z.writestr('filestore/', '')\n"
      "with z.open('filestore/aa/one', 'w', force_zip64=True) as f: f.write(b'x' * 100000)\n");
  EXPECT_EQ(content(),
            (std::map<std::string, std::string>{{"dump.sql", "sql"},
                                                {"filestore/", ""},
                                                {"filestore/aa/one", std::string(100000, 'x')}}));
}

TEST_F(ZipTest, ExtractsOneFileWhole) {
  write_by_python("z.writestr('a', 'first')\nz.writestr('b', 'second')\n");
  const auto zip = zips.open(path);
  zip->next();
  EXPECT_EQ(zip->next()->name, "b");
  const Ownership ours{.mode = 0640, .owner = geteuid(), .group = getegid()};
  EXPECT_EQ(zip->extract({folder.path(), "out"}, ours).digest, sha1_hex("second"));
  EXPECT_EQ(folder.read("out"), "second");
  struct stat status {};
  ASSERT_EQ(stat((folder / "out").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(ZipTest, ALinkIsNoFile) {
  write_by_python(
      "i = zipfile.ZipInfo('link')\ni.create_system = 3\ni.external_attr = 0o120777 << 16\n"
      "z.writestr(i, '/etc/passwd')\n");
  EXPECT_EQ(zips.open(path)->next()->is_file, false);
}

TEST_F(ZipTest, SaysWhatIsNoZip) {
  EXPECT_EQ(error_of([&] { zips.open(path); }).message(),
            "cannot read " + path + ": no such file or directory");
  EXPECT_EQ(error_of([&] { zips.open(folder.path()); }).message(),
            folder.path() + " is not a file");
  folder.write("a.zip", "PGDMP...");
  EXPECT_EQ(opened().message(),
            path + " is a dump of PostgreSQL's own format, not a zip archive with attachments");
  EXPECT_EQ(opened().kind(), Kind::usage);
  for (const std::string content : {"", "x", "no zip at all"}) {
    folder.write("a.zip", content);
    EXPECT_TRUE(
        opened().message().starts_with(path + " is no zip archive, or one that is cut off: "))
        << opened().message();
  }
}

TEST_F(ZipTest, ACutOffOneIsNoneAtEveryLength) {
  write_by_python("z.writestr('dump.sql', 'sql' * 100)\nz.writestr('manifest.json', '{}')\n");
  const std::string whole = folder.read("a.zip");
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    folder.write("a.zip", whole.substr(0, size));
    EXPECT_NE(opened().message(), "(no error)") << size;
  }
}

TEST_F(ZipTest, DamagedContentIsFound) {
  write_by_python("z.writestr('dump.sql', bytes(range(256)) * 50, zipfile.ZIP_STORED)\n");
  std::string whole = folder.read("a.zip");
  whole[2000] = static_cast<char>(whole[2000] ^ 1);
  folder.write("a.zip", whole);
  EXPECT_TRUE(opened().message().starts_with(path + " is damaged: dump.sql: "))
      << opened().message();
  EXPECT_EQ(opened().kind(), Kind::failed);
}

// Whoever believes the directory would be filled up by what comes out.
TEST_F(ZipTest, AnEntryLongerThanItSaysIsFound) {
  write_by_python("z.writestr('dump.sql', b'0' * 5000000)\n");
  std::string whole = folder.read("a.zip");
  const std::string size("\x40\x4b\x4c\x00", 4);
  const std::string smaller("\x40\x4b\x01\x00", 4);
  for (std::size_t at; (at = whole.find(size)) != std::string::npos;)
    whole.replace(at, size.size(), smaller);
  folder.write("a.zip", whole);
  EXPECT_TRUE(opened().message().starts_with(path + " is damaged: dump.sql")) << opened().message();
}

}  // namespace
}  // namespace ballast
