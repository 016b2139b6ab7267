#include "host/patched_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "host/test_error.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

using std::string_literals::operator""s;

TEST(PatchedFile, IsMadeEmptyAndGrowsByZeros) {
  const TestFolder folder;
  const auto file = open_patched_file(folder / "made", 0600);
  EXPECT_EQ(folder.read("made"), "");
  struct stat status {};
  ASSERT_EQ(stat((folder / "made").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  file->resize(4);
  EXPECT_EQ(folder.read("made"), "\0\0\0\0"s);
}

TEST(PatchedFile, BytesAreWrittenInTheirPlaceAndTheRestStays) {
  const TestFolder folder;
  const auto file = open_patched_file(folder.write("there", "0123456789"), 0600);
  file->write(3, "abc");
  EXPECT_EQ(folder.read("there"), "012abc6789");
  file->write(0, "");
  file->write(9, "yz");
  EXPECT_EQ(folder.read("there"), "012abc678yz");
  file->resize(2);
  EXPECT_EQ(folder.read("there"), "01");
}

TEST(PatchedFile, NoticesThatItWasRemoved) {
  const TestFolder folder;
  const auto file = open_patched_file(folder / "gone", 0600);
  EXPECT_TRUE(file->has_a_name());
  std::filesystem::remove(folder / "gone");
  EXPECT_FALSE(file->has_a_name());
  EXPECT_NO_THROW(file->write(0, "lost"));
  EXPECT_FALSE(std::filesystem::exists(folder / "gone"));
}

TEST(PatchedFile, RefusesWhatIsNoFile) {
  const TestFolder folder;
  std::filesystem::create_symlink(folder / "aim", folder / "link");
  const auto opening = [&](const std::string& name) {
    return error_of([&] { open_patched_file(folder / name, 0600); });
  };
  EXPECT_EQ(opening("link").message(), (folder / "link") + " is a symbolic link");
  EXPECT_EQ(opening("link").kind(), Kind::refused);
  EXPECT_FALSE(std::filesystem::exists(folder / "aim"));
  std::filesystem::create_directory(folder / "folder");
  EXPECT_EQ(opening("folder").message(), (folder / "folder") + " is not a file");
  EXPECT_EQ(opening("none/below").message(),
            "cannot write " + (folder / "none/below") + ": no such file or directory");
}

}  // namespace
}  // namespace ballast
