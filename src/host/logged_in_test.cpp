#include "host/logged_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <utmp.h>

#include <cstring>
#include <fstream>

#include "host/test_folder.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int no_process = 0x7fffffff;

utmp entry(const char* user, const char* line, const char* host, int seconds) {
  utmp entry{};
  entry.ut_type = USER_PROCESS;
  entry.ut_pid = getpid();
  std::strncpy(entry.ut_user, user, sizeof entry.ut_user);
  std::strncpy(entry.ut_line, line, sizeof entry.ut_line);
  std::strncpy(entry.ut_host, host, sizeof entry.ut_host);
  entry.ut_tv.tv_sec = seconds;
  return entry;
}

class LoggedInTest : public ::testing::Test {
 protected:
  std::string list(const std::vector<utmp>& entries, const std::string& more = {}) {
    const std::string path = folder_.path() + "/utmp";
    std::ofstream file(path, std::ios::binary);
    for (const utmp& one : entries) file.write(reinterpret_cast<const char*>(&one), sizeof one);
    file << more;
    return path;
  }
  TestFolder folder_;
};

TEST_F(LoggedInTest, WhoWhereFromAndSinceWhen) {
  const auto list_of_two =
      list({entry("ken", "pts/1", "192.0.2.7", 200), entry("mia", "tty1", "", 100)}, "torn");
  EXPECT_THAT(logged_in_users(list_of_two),
              ElementsAre(LoggedIn{"mia", "tty1", "", Time(std::chrono::seconds(100))},
                          LoggedIn{"ken", "pts/1", "192.0.2.7", Time(std::chrono::seconds(200))}));
}

TEST_F(LoggedInTest, AFieldThatIsFullHasNoEndMark) {
  const std::string longest(UT_NAMESIZE, 'k');
  EXPECT_EQ(logged_in_users(list({entry(longest.c_str(), "pts/1", "", 1)})).at(0).user, longest);
}

TEST_F(LoggedInTest, OthersThanUsersAndThoseWhoseProcessHasEndedAreNotLoggedIn) {
  utmp boot = entry("reboot", "~", "", 1);
  boot.ut_type = BOOT_TIME;
  utmp gone = entry("ken", "pts/1", "", 1);
  gone.ut_pid = no_process;
  EXPECT_THAT(logged_in_users(list({boot, gone})), IsEmpty());
}

TEST_F(LoggedInTest, ASystemWithoutAListSaysNobody) {
  EXPECT_THAT(logged_in_users(folder_.path() + "/none"), IsEmpty());
}

}  // namespace
}  // namespace ballast
