#include "host/posix_terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/descriptor.h"

namespace ballast {
namespace {

// One of 0, 1 and 2 stands for something else for a while.
class Redirected {
 public:
  Redirected(int number, int to) : number_(number), former_(fcntl(number, F_DUPFD_CLOEXEC, 10)) {
    dup2(to, number);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;
  ~Redirected() { dup2(former_.get(), number_); }

 private:
  int number_;
  Descriptor former_;
};

struct TestTerminal {
  Descriptor outside{posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
  Descriptor inside;

  TestTerminal() {
    grantpt(outside.get());
    unlockpt(outside.get());
    inside = Descriptor(open(ptsname(outside.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  }
};

class TerminalTest : public testing::Test {
 protected:
  PosixInterrupts interrupts;
  PosixTerminal terminal{interrupts};
};

TEST_F(TerminalTest, WritesToItsStreams) {
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  {
    const Redirected one(STDOUT_FILENO, out.writer.get());
    const Redirected two(STDERR_FILENO, err.writer.get());
    EXPECT_FALSE(terminal.out_is_terminal());
    EXPECT_FALSE(terminal.error_is_terminal());
    EXPECT_EQ(terminal.out("to out"), Terminal::Written::all);
    terminal.error("to err");
    EXPECT_EQ(terminal.columns(), 80);
  }
  EXPECT_EQ(read_up_to(out.reader.get(), 6), "to out");
  EXPECT_EQ(read_up_to(err.reader.get(), 6), "to err");
}

TEST_F(TerminalTest, AClosedPipeIsToldAndKillsNobody) {
  Pipe out = make_pipe();
  out.reader.close();
  const Redirected one(STDOUT_FILENO, out.writer.get());
  EXPECT_EQ(terminal.out("x"), Terminal::Written::nobody_reads);
}

TEST_F(TerminalTest, AFullDiskIsToldApartFromAClosedPipe) {
  const Descriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  const Redirected one(STDOUT_FILENO, full.get());
  EXPECT_EQ(terminal.out("x"), Terminal::Written::lost);
}

TEST_F(TerminalTest, WithoutATerminalNobodyIsAsked) {
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Redirected zero(STDIN_FILENO, nothing.get());
  EXPECT_FALSE(terminal.in_is_terminal());
  EXPECT_EQ(terminal.ask("sure? "), std::nullopt);
}

TEST_F(TerminalTest, AsksAtATerminal) {
  const TestTerminal pty;
  const winsize size{.ws_row = 24, .ws_col = 132, .ws_xpixel = 0, .ws_ypixel = 0};
  ioctl(pty.outside.get(), TIOCSWINSZ, &size);
  const Redirected zero(STDIN_FILENO, pty.inside.get());
  const Redirected one(STDOUT_FILENO, pty.inside.get());
  const Redirected two(STDERR_FILENO, pty.inside.get());
  ASSERT_TRUE(write_all(pty.outside.get(), "yes please\n"));
  EXPECT_EQ(terminal.ask("sure? "), "yes please");
  EXPECT_EQ(terminal.columns(), 132);
}

TEST_F(TerminalTest, AnInterruptIsNoAnswer) {
  const TestTerminal pty;
  const Redirected zero(STDIN_FILENO, pty.inside.get());
  const Redirected two(STDERR_FILENO, pty.inside.get());
  raise(SIGINT);
  EXPECT_EQ(terminal.ask("sure? "), std::nullopt);
}

}  // namespace
}  // namespace ballast
