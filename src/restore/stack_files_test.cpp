#include "restore/stack_files.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "host/host.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

class StackFilesTest : public ::testing::Test {
 protected:
  bool is_given(const std::string& path) {
    return is_configuration(host_.get().disk, folder_ / "stack", folder_ / path);
  }
  void make_socket(const std::string& path) const {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, (folder_ / path).c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    close(socket);
  }

  RealHost host_;
  TestFolder folder_;
};

TEST_F(StackFilesTest, FilesAndFoldersOfTheStackAreGiven) {
  folder_.write("stack/config/odoo.conf", "[options]\n");
  folder_.write("stack/config/deeper/more.conf", "");
  EXPECT_TRUE(is_given("stack/config"));
  EXPECT_TRUE(is_given("stack/config/odoo.conf"));
}

TEST_F(StackFilesTest, NothingElseOfThisMachineIs) {
  folder_.write("other/odoo.conf", "");
  folder_.write("stack-of-others/odoo.conf", "");
  std::filesystem::create_directories(folder_ / "stack");
  EXPECT_FALSE(is_given("other"));
  EXPECT_FALSE(is_given("stack-of-others"));
  EXPECT_FALSE(is_given("stack"));
  EXPECT_FALSE(is_given("stack/absent"));
}

TEST_F(StackFilesTest, ASocketLeadsToALiveServer) {
  folder_.write("stack/run/postgresql/readme", "");
  make_socket("stack/run/postgresql/.s.PGSQL.5432");
  EXPECT_FALSE(is_given("stack/run"));
  EXPECT_FALSE(is_given("stack/run/postgresql/.s.PGSQL.5432"));
  EXPECT_TRUE(is_given("stack/run/postgresql/readme"));
}

TEST_F(StackFilesTest, NorIsAPipe) {
  folder_.write("stack/pipes/readme", "");
  ASSERT_EQ(mkfifo((folder_ / "stack/pipes/commands").c_str(), 0600), 0);
  EXPECT_FALSE(is_given("stack/pipes"));
}

}  // namespace
}  // namespace ballast
