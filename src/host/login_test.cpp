#include "host/login.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "host/descriptor.h"
#include "host/posix_machine.h"

namespace ballast {
namespace {

TEST(Login, TheKernelTellsWhoLoggedIn) {
  PosixMachine machine;
  const Login login = login_from("0\n", machine);
  EXPECT_EQ(login, (Login{.name = "root", .user = 0, .from_kernel = true}));
}

TEST(Login, AUserWithoutANameIsItsNumber) {
  PosixMachine machine;
  const Login login = login_from("54321\n", machine);
  EXPECT_EQ(login, (Login{.name = "uid 54321", .user = 54321, .from_kernel = true}));
}

TEST(Login, WhereNobodyLoggedInItIsTheProcesssOwnUser) {
  PosixMachine machine;
  for (const char* text : {"4294967295\n", "", "none\n", "12x\n", "-1\n"}) {
    const Login login = login_from(text, machine);
    EXPECT_FALSE(login.from_kernel) << text;
    EXPECT_EQ(login.user, getuid()) << text;
    EXPECT_EQ(login.name, machine.user_name(getuid())) << text;
  }
}

// Exits with 0 when it was seen, 1 when not, 2 where the kernel does not let a test log in.
int log_in_and_look(const std::string& user) {
  const Descriptor file(open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC));
  if (!file || !write_all(file.get(), user)) return 2;
  setenv("SUDO_USER", "somebody", 1);
  PosixMachine machine;
  const Login login = login_of_this_process(machine);
  return login.from_kernel && std::to_string(login.user) == user ? 0 : 1;
}

TEST(Login, NoVariableHidesIt) {
  const pid_t child = fork();
  if (child == 0) _exit(log_in_and_look("4242"));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  if (WEXITSTATUS(status) == 2) GTEST_SKIP() << "this kernel does not let a test log in";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace ballast
