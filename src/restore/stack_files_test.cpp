#include "restore/stack_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/text.h"
#include "host/host.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

class StackFilesTest : public ::testing::Test {
 protected:
  bool is_given(const std::string& path) {
    return is_configuration(host_.get().disk, folder_ / "stack", folder_ / path);
  }
  void write(const std::string& path) const {
    std::filesystem::create_directories(std::filesystem::path(folder_ / path).parent_path());
    folder_.write(path, "");
  }
  void run(const std::vector<std::string>& argv) const {
    EXPECT_EQ(std::system(shell_quoted(argv).c_str()), 0);
  }

  RealHost host_;
  TestFolder folder_;
};

TEST_F(StackFilesTest, FilesAndFoldersOfTheStackAreGiven) {
  write("stack/config/odoo.conf");
  write("stack/config/deeper/more.conf");
  EXPECT_TRUE(is_given("stack/config"));
  EXPECT_TRUE(is_given("stack/config/odoo.conf"));
}

TEST_F(StackFilesTest, NothingElseOfThisMachineIs) {
  write("other/odoo.conf");
  write("stack-of-others/odoo.conf");
  std::filesystem::create_directories(folder_ / "stack");
  EXPECT_FALSE(is_given("other"));
  EXPECT_FALSE(is_given("stack-of-others"));
  EXPECT_FALSE(is_given("stack"));
  EXPECT_FALSE(is_given("stack/absent"));
}

TEST_F(StackFilesTest, ASocketLeadsToALiveServer) {
  write("stack/run/postgresql/readme");
  run({"/usr/bin/python3", "-c",
       "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
       folder_ / "stack/run/postgresql/.s.PGSQL.5432"});
  EXPECT_FALSE(is_given("stack/run"));
  EXPECT_FALSE(is_given("stack/run/postgresql/.s.PGSQL.5432"));
  EXPECT_TRUE(is_given("stack/run/postgresql/readme"));
}

TEST_F(StackFilesTest, NorIsAPipe) {
  write("stack/pipes/readme");
  run({"/usr/bin/mkfifo", folder_ / "stack/pipes/commands"});
  EXPECT_FALSE(is_given("stack/pipes"));
}

}  // namespace
}  // namespace ballast
