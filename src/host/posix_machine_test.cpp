#include "host/posix_machine.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "host/descriptor.h"

namespace ballast {
namespace {

// A child that sleeps, seen to run.
pid_t start_child(bool deaf_to_term) {
  Pipe ready = make_pipe();
  const pid_t child = fork();
  if (child == 0) {
    if (deaf_to_term) signal(SIGTERM, SIG_IGN);
    write_all(ready.writer.get(), "x");
    while (true) pause();
  }
  read_up_to(ready.reader.get(), 1);
  return child;
}

int reap(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

class MachineTest : public testing::Test {
 protected:
  PosixMachine machine;
};

TEST_F(MachineTest, Names) {
  EXPECT_EQ(machine.user(), geteuid());
  EXPECT_EQ(machine.user_name(0), "root");
  EXPECT_EQ(machine.user_name(3'999'999'999U), "uid 3999999999");
  EXPECT_EQ(machine.login_name(), machine.user_name(getuid()));
  EXPECT_FALSE(machine.host_name().empty());
}

TEST_F(MachineTest, Variables) {
  setenv("BALLAST_TEST", "", 1);
  EXPECT_EQ(machine.variable("BALLAST_TEST"), "");
  unsetenv("BALLAST_TEST");
  EXPECT_EQ(machine.variable("BALLAST_TEST"), std::nullopt);
}

TEST_F(MachineTest, MemoryAndBoot) {
  const auto memory = machine.memory();
  ASSERT_TRUE(memory);
  EXPECT_GT(memory->available, 1'000'000U);
  EXPECT_GE(memory->total, memory->available);
  EXPECT_EQ(machine.boot().size(), 36U);
  EXPECT_EQ(machine.boot(), machine.boot());
}

TEST_F(MachineTest, RandomDigits) {
  for (const std::size_t digits : {0U, 1U, 7U, 8U, 64U, 1001U})
    EXPECT_EQ(machine.random_hex(digits).size(), digits);
  EXPECT_TRUE(is_hex(machine.random_hex(100)));
  EXPECT_NE(machine.random_hex(32), machine.random_hex(32));
}

TEST_F(MachineTest, WhoRuns) {
  EXPECT_EQ(machine.process(), getpid());
  EXPECT_TRUE(machine.running(getpid()));
  EXPECT_TRUE(machine.running(1));
  for (const long long pid : {0LL, -1LL, 999'999'999LL, 99'999'999'999LL})
    EXPECT_FALSE(machine.running(pid)) << pid;
}

TEST_F(MachineTest, EndsAProcess) {
  const pid_t child = start_child(false);
  EXPECT_TRUE(machine.running(child));
  machine.end_process(child);
  EXPECT_FALSE(machine.running(child));  // a zombie does not run
  EXPECT_EQ(reap(child), SIGTERM);
  EXPECT_NO_THROW(machine.end_process(child));
}

TEST_F(MachineTest, EndsAProcessThatDoesNotListen) {
  const pid_t child = start_child(true);
  machine.end_process(child);
  EXPECT_EQ(reap(child), SIGKILL);
}

}  // namespace
}  // namespace ballast
