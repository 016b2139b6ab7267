#include "host/pty_program.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "base/error.h"
#include "host/descriptor.h"
#include "host/marked_processes.h"
#include "host/posix_interrupts.h"
#include "host/process_state.h"
#include "host/relay.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* path = "/usr/local/bin:/usr/bin:/bin";

PtyRequest shell(const std::string& script, const std::string& mark) {
  return {.argv = {"/bin/sh", "-c", script},
          .environment = {{"PATH", path}, {"BALLAST_TEST", mark}},
          .directory = "/",
          .size = {.columns = 91, .rows = 31},
          .mark = "BALLAST_TEST=" + mark};
}

// All that it shows, to its end.
std::string all_of(TerminalProgram& program) {
  std::string text;
  std::array<char, 4096> piece;
  while (true) {
    pollfd more{.fd = program.descriptor(), .events = POLLIN, .revents = 0};
    poll(&more, 1, 60'000);
    const ssize_t got = read(program.descriptor(), piece.data(), piece.size());
    if (got <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

TEST(PtyProgram, HasATerminalOfItsSize) {
  const auto program = start_at_terminal(shell("stty size; tty; exit 3", "size"));
  const std::string text = all_of(*program);
  EXPECT_THAT(text, HasSubstr("31 91\r\n"));
  EXPECT_THAT(text, HasSubstr("/dev/pts/"));
  EXPECT_EQ(program->status(), 3);
}

TEST(PtyProgram, RunsInItsFolderWithItsEnvironmentAlone) {
  TestFolder folder;
  PtyRequest request = shell("pwd; env | sort", "folder");
  request.directory = folder.path();
  const auto program = start_at_terminal(request);
  const std::string text = all_of(*program);
  EXPECT_THAT(text, HasSubstr(folder.path() + "\r\nBALLAST_TEST=folder\r\nPATH="));
  EXPECT_THAT(text, Not(HasSubstr("HOME=")));
  EXPECT_EQ(program->status(), 0);
}

TEST(PtyProgram, ASignalIsToldAsAShellDoes) {
  const auto program = start_at_terminal(shell("kill -KILL $$", "signal"));
  all_of(*program);
  EXPECT_EQ(program->status(), 128 + SIGKILL);
}

TEST(PtyProgram, WhatIsNotThereCannotBeStarted) {
  PtyRequest request = shell("", "absent");
  request.argv = {"/nonexistent/program"};
  try {
    start_at_terminal(request);
    FAIL() << "it was started";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "cannot run /nonexistent/program: no such file or directory");
  }
}

TEST(PtyProgram, AllThatItStartedIsEnded) {
  // One in a session of its own, one that gave its environment away, one that ignores being asked.
  const auto program =
      start_at_terminal(shell("setsid sleep 301 & env -i /bin/sleep 302 & (trap '' HUP TERM; echo "
                              "ready; sleep 303; sleep 304)",
                              "tree"));
  std::string seen;
  while (seen.find("ready") == std::string::npos) {
    pollfd more{.fd = program->descriptor(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(poll(&more, 1, 60'000), 1);
    std::array<char, 256> piece;
    const ssize_t got = read(program->descriptor(), piece.data(), piece.size());
    if (got > 0) seen.append(piece.data(), static_cast<std::size_t>(got));
  }
  const auto pids = marked_processes("BALLAST_TEST=tree");
  EXPECT_GE(pids.size(), 3U);  // those that have begun by now
  program->end();
  EXPECT_THAT(marked_processes("BALLAST_TEST=tree"), IsEmpty());
  for (const long long pid : pids) EXPECT_FALSE(process_runs(pid)) << pid;
  EXPECT_NE(program->status(), 0);
}

TEST(MarkedProcesses, ThisProcessIsNeverOne) {
  setenv("BALLAST_TEST", "self", 1);
  EXPECT_THAT(marked_processes("BALLAST_TEST=self"), IsEmpty());
  EXPECT_TRUE(end_marked_processes("BALLAST_TEST=self", 1s));
  unsetenv("BALLAST_TEST");
}

// Standard input from a pipe, standard output to a file, for as long as it lives.
class Streams {
 public:
  Streams() : output_(open((folder_ / "out").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) {
    dup2(pipe_.reader.get(), STDIN_FILENO);
    std::fflush(stdout);
    dup2(output_.get(), STDOUT_FILENO);
  }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;
  ~Streams() {
    dup2(input_before_.get(), STDIN_FILENO);
    dup2(output_before_.get(), STDOUT_FILENO);
  }

  void type(std::string_view text) { write_all(pipe_.writer.get(), text); }
  void end_input() { pipe_.writer.close(); }
  std::string output() const { return folder_.read("out"); }

 private:
  TestFolder folder_;
  Pipe pipe_ = make_pipe();
  Descriptor output_;
  Descriptor input_before_{fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
  Descriptor output_before_{fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)};
};

class RelayTest : public ::testing::Test {
 protected:
  RelayEnd run(TerminalProgram& program) {
    return relay(program, interrupts_,
                 {.shown =
                      [this](std::string_view bytes) {
                        shown_ += bytes;
                        if (when_shown_) when_shown_();
                      },
                  .typed = [this](std::string_view bytes) { typed_ += bytes; },
                  .resized = [](const TerminalSize&) {},
                  .moment =
                      [this] {
                        return RelayListener::Moment{notice_, is_over_};
                      }});
  }

  Streams streams_;
  PosixInterrupts interrupts_;
  std::string shown_;
  std::string typed_;
  std::string notice_;
  bool is_over_ = false;
  std::function<void()> when_shown_;
};

TEST_F(RelayTest, WhatIsTypedGoesThereAndWhatIsShownComesBack) {
  streams_.type("hello\n");
  const auto program = start_at_terminal(shell("read word; echo \"got $word\"; exit 7", "relay"));
  EXPECT_EQ(run(*program), RelayEnd::ended);
  EXPECT_EQ(program->status(), 7);
  EXPECT_EQ(shown_, "hello\r\ngot hello\r\n");
  EXPECT_EQ(typed_, "hello\n");
  EXPECT_EQ(streams_.output(), "hello\ngot hello\n");
}

TEST_F(RelayTest, APasswordIsNeverTold) {
  when_shown_ = [this, step = 0]() mutable {
    if (step == 0 && shown_.ends_with("Password: ")) {
      streams_.type("geheimnis\n");
      step = 1;
    } else if (step == 1 && shown_.ends_with("Name: ")) {
      streams_.type("ken\n");
      step = 2;
    }
  };
  const auto program = start_at_terminal(
      shell("stty -echo; printf 'Password: '; read x; stty echo; printf 'Name: '; read y; "
            "echo \"${#x} $y\"",
            "password"));
  EXPECT_EQ(run(*program), RelayEnd::ended);
  EXPECT_THAT(shown_, HasSubstr("9 ken\r\n"));
  EXPECT_EQ(typed_, "ken\n");
  EXPECT_THAT(shown_, Not(HasSubstr("geheimnis")));
}

// As one in a container: nobody can ask its terminal once it has ended.
class AskedOnce : public TerminalProgram {
 public:
  explicit AskedOnce(TerminalProgram& program) : program_(program) {}
  int descriptor() const override { return program_.descriptor(); }
  int end_descriptor() const override { return program_.end_descriptor(); }
  std::optional<bool> echoes() override {
    return was_asked_++ == 0 ? program_.echoes() : std::nullopt;
  }
  void resize(const TerminalSize& size) override { program_.resize(size); }
  void end() override { program_.end(); }
  int status() override { return program_.status(); }

 private:
  TerminalProgram& program_;
  int was_asked_ = 0;
};

TEST_F(RelayTest, WhatEndedAProgramIsToldWhereItWasShown) {
  streams_.type("ken\n");
  const auto program = start_at_terminal(shell("read name", "gone"));
  AskedOnce gone(*program);
  EXPECT_EQ(run(gone), RelayEnd::ended);
  EXPECT_EQ(shown_, "ken\r\n");
  EXPECT_EQ(typed_, "ken\n");
}

TEST_F(RelayTest, WhatEndedAProgramIsNotToldWhereItWasHidden) {
  when_shown_ = [this] {
    if (shown_.ends_with("Code: ")) streams_.type("geheimnis\n");
  };
  const auto program = start_at_terminal(
      shell("stty -echo; printf 'Code: '; read x; stty echo; echo done", "hidden"));
  AskedOnce gone(*program);
  EXPECT_EQ(run(gone), RelayEnd::ended);
  EXPECT_EQ(typed_, "");
}

TEST_F(RelayTest, TheEndOfInputEndsWhoReads) {
  streams_.type("without a line end");
  streams_.end_input();
  const auto program = start_at_terminal(shell("cat", "eof"));
  EXPECT_EQ(run(*program), RelayEnd::ended);
  EXPECT_EQ(program->status(), 0);
  EXPECT_THAT(shown_, HasSubstr("without a line endwithout a line end"));
}

TEST_F(RelayTest, WhenItsTimeIsUpItIsEnded) {
  when_shown_ = [this] { is_over_ = true; };
  const auto program = start_at_terminal(shell("echo ready; sleep 305", "over"));
  EXPECT_EQ(run(*program), RelayEnd::over);
  EXPECT_THAT(marked_processes("BALLAST_TEST=over"), IsEmpty());
  EXPECT_GT(program->status(), 128);
}

TEST_F(RelayTest, AProgramThatClosedItsTerminalIsStillHeldToItsTime) {
  when_shown_ = [this] { is_over_ = true; };
  const auto program =
      start_at_terminal(shell("echo ready; exec sleep 306 </dev/null >/dev/null 2>&1", "closed"));
  EXPECT_EQ(run(*program), RelayEnd::over);
  EXPECT_THAT(marked_processes("BALLAST_TEST=closed"), IsEmpty());
}

TEST_F(RelayTest, WhatTheListenerThrowsEndsTheProgram) {
  when_shown_ = [] { throw Error(Kind::failed, "the disk is full"); };
  const auto program = start_at_terminal(shell("echo ready; sleep 307", "throws"));
  EXPECT_THROW(run(*program), Error);
  EXPECT_THAT(marked_processes("BALLAST_TEST=throws"), IsEmpty());
}

TEST_F(RelayTest, WhatStaysBehindDoesNotHoldItUp) {
  const auto program =
      start_at_terminal(shell("trap '' HUP; setsid sleep 308 & echo ready; exit 5", "behind"));
  EXPECT_EQ(run(*program), RelayEnd::ended);
  EXPECT_EQ(program->status(), 5);
  EXPECT_TRUE(end_marked_processes("BALLAST_TEST=behind", 1s));
}

}  // namespace
}  // namespace ballast
