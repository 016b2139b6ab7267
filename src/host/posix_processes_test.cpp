#include "host/posix_processes.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

Command shell(const std::string& script) {
  Command command;
  command.argv = {"sh", "-c", script};
  command.deadline = 60s;
  return command;
}

class ProcessesTest : public testing::Test {
 protected:
  std::string error_of(const Command& command) {
    try {
      processes.run(command);
    } catch (const Error& error) {
      return error.message();
    }
    return "(no error)";
  }

  PosixInterrupts interrupts;
  PosixProcesses processes{interrupts};
};

TEST_F(ProcessesTest, StreamsApartAndStatus) {
  const Outcome outcome = processes.run(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(outcome.status, 3);
  EXPECT_EQ(outcome.signal, 0);
  EXPECT_EQ(outcome.output, "out\n");
  EXPECT_EQ(outcome.errors, "err\n");
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.reason(), "exit status 3");
}

TEST_F(ProcessesTest, Success) { EXPECT_TRUE(processes.run(shell("exit 0")).ok()); }

TEST_F(ProcessesTest, ASignalIsNoStatus) {
  const Outcome outcome = processes.run(shell("kill -KILL $$"));
  EXPECT_EQ(outcome.status, -1);
  EXPECT_EQ(outcome.signal, SIGKILL);
  EXPECT_EQ(outcome.reason(), "killed by signal 9 (SIGKILL)");
}

TEST_F(ProcessesTest, TheDeadlineEndsTheWholeGroup) {
  TestFolder folder;
  Command command = shell("sleep 600 & echo $!; wait");
  command.deadline = 300ms;
  const Outcome outcome = processes.run(command);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.signal, SIGTERM);
  EXPECT_TRUE(outcome.reason().starts_with("did not end within ")) << outcome.reason();
}

TEST_F(ProcessesTest, WhoIgnoresTheDeadlineIsKilled) {
  Command command = shell("trap '' TERM; while :; do sleep 600; done");
  command.deadline = 100ms;
  const Outcome outcome = processes.run(command);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.signal, SIGKILL);
}

TEST_F(ProcessesTest, AChildThatEndsInTimeOnBeingAskedToIsStillLate) {
  Command command = shell("trap 'exit 0' TERM; sleep 600 & wait");
  command.deadline = 300ms;
  const Outcome outcome = processes.run(command);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_FALSE(outcome.ok());
}

TEST_F(ProcessesTest, ManyBytesOnBothStreams) {
  const Outcome outcome =
      processes.run(shell("head -c 3000000 /dev/zero & head -c 3000000 /dev/zero >&2; wait"));
  EXPECT_EQ(outcome.output, std::string(3'000'000, '\0'));
  EXPECT_EQ(outcome.errors, std::string(3'000'000, '\0'));
  EXPECT_FALSE(outcome.truncated);
}

TEST_F(ProcessesTest, WhatIsTooMuchIsReadAndDropped) {
  Command command = shell("head -c 1000000 /dev/zero; echo end >&2");
  command.output_limit = 10;
  const Outcome outcome = processes.run(command);
  EXPECT_EQ(outcome.output, std::string(10, '\0'));
  EXPECT_EQ(outcome.errors, "end\n");
  EXPECT_TRUE(outcome.truncated);
  EXPECT_TRUE(outcome.ok());
}

TEST_F(ProcessesTest, InputThenItsEnd) {
  Command command = shell("cat");
  command.input = std::string(1'000'000, 'i');
  EXPECT_EQ(processes.run(command).output, command.input);
}

TEST_F(ProcessesTest, WithoutInputThereIsNothingToRead) {
  EXPECT_EQ(processes.run(shell("cat; echo done")).output, "done\n");
}

TEST_F(ProcessesTest, AChildMayLeaveItsInputUnread) {
  Command command = shell("exec <&-; exit 4");
  command.input = std::string(1'000'000, 'i');
  EXPECT_EQ(processes.run(command).status, 4);
}

TEST_F(ProcessesTest, TheEnvironmentIsOnlyWhatIsGiven) {
  setenv("BALLAST_TEST_LEAK", "1", 1);
  Command command;
  command.argv = {"env"};
  command.deadline = 60s;
  command.environment = {{"A", "b c"}, {"EMPTY", ""}};
  EXPECT_EQ(processes.run(command).output,
            "A=b c\nEMPTY=\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n");
  unsetenv("BALLAST_TEST_LEAK");
}

TEST_F(ProcessesTest, WordsArriveAsTheyAre) {
  Command command;
  command.argv = {"printf", "[%s]", "a b", "", "$HOME", "'\"\n*"};
  command.deadline = 60s;
  EXPECT_EQ(processes.run(command).output, "[a b][][$HOME]['\"\n*]");
}

TEST_F(ProcessesTest, RunsInItsDirectory) {
  TestFolder folder;
  Command command = shell("pwd -P");
  command.directory = folder.path();
  EXPECT_EQ(trim(processes.run(command).output), std::filesystem::canonical(folder.path()));
  command.directory = folder / "none";
  EXPECT_EQ(error_of(command), "cannot enter " + (folder / "none") + ": no such file or directory");
}

TEST_F(ProcessesTest, PrivateFiles) {
  Command command = shell("umask");
  command.private_files = true;
  EXPECT_EQ(processes.run(command).output, "0077\n");
}

TEST_F(ProcessesTest, OwnProcessGroupAndDefaultSignals) {
  const auto parts = split_words(processes.run(shell("ps -o pid=,pgid= -p $$")).output);
  if (parts.size() != 2) GTEST_SKIP() << "ps is not installed";
  EXPECT_EQ(parts[0], parts[1]);
}

TEST_F(ProcessesTest, SignalsAreAsAtTheStartOfAProgram) {
  sigset_t usr1;
  sigset_t former;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &usr1, &former);
  const auto lines = split_lines(processes.run(shell("exec cat /proc/self/status")).output);
  pthread_sigmask(SIG_SETMASK, &former, nullptr);
  for (const char* line : {"SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"})
    EXPECT_THAT(lines, testing::Contains(line));
}

TEST_F(ProcessesTest, OtherDescriptorsAreClosed) {
  const int leaky = open("/dev/null", O_RDONLY);
  const int high = fcntl(leaky, F_DUPFD, 200);
  Command command;
  command.argv = {"ls", "/proc/self/fd"};
  command.deadline = 60s;
  EXPECT_EQ(processes.run(command).output, "0\n1\n2\n3\n");  // 3 is what ls reads
  close(leaky);
  close(high);
}

TEST_F(ProcessesTest, InheritedDescriptorsStayInThatChildOnly) {
  TestFolder folder;
  const int kept = open(folder.write("file", "kept").c_str(), O_RDONLY | O_CLOEXEC);
  Command command = shell("cat <&" + std::to_string(kept));
  command.inherited = {kept};
  EXPECT_EQ(processes.run(command).output, "kept");
  EXPECT_EQ(fcntl(kept, F_GETFD), FD_CLOEXEC);
  close(kept);
}

TEST_F(ProcessesTest, AClosedDescriptorCannotBeInherited) {
  Command command = shell("exit 0");
  command.inherited = {777};
  EXPECT_EQ(error_of(command), "cannot hand its descriptors to /usr/bin/sh: bad file descriptor");
}

TEST_F(ProcessesTest, WhatIsNotInstalled) {
  Command command;
  command.argv = {"no-such-program"};
  command.deadline = 60s;
  const Outcome outcome = processes.run(command);
  EXPECT_TRUE(outcome.not_found);
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.reason(), "not installed");
  command.argv = {"/no/such/program"};
  EXPECT_TRUE(processes.run(command).not_found);
  command.argv = {"sh"};
  command.environment = {{"PATH", "/no/such/folder::relative"}};
  EXPECT_TRUE(processes.run(command).not_found);
}

TEST_F(ProcessesTest, WhatCannotBeRun) {
  TestFolder folder;
  Command command;
  command.argv = {folder.write("text", "words")};
  command.deadline = 60s;
  EXPECT_EQ(error_of(command), "cannot run " + command.argv[0] + ": permission denied");
  std::filesystem::permissions(command.argv[0], std::filesystem::perms::owner_all);
  EXPECT_EQ(error_of(command), "cannot run " + command.argv[0] + ": exec format error");
}

TEST_F(ProcessesTest, ACommandNeedsWordsAndADeadline) {
  Command command;
  EXPECT_EQ(error_of(command), "a command without words cannot be run");
  command.argv = {"true"};
  EXPECT_EQ(error_of(command), "true cannot be run without a deadline");
  command.deadline = 1s;
  command.argv.emplace_back("a\0b", 3);
  EXPECT_EQ(error_of(command), "a word for true holds a zero byte");
}

TEST_F(ProcessesTest, LinesAsTheyArrive) {
  Command command = shell(R"(printf 'one\r\ntwo'; printf 'x\n\nlast' ; echo bad >&2)");
  Lines out;
  Lines err;
  command.on_line = [&](std::string_view line, bool is_error) {
    (is_error ? err : out).emplace_back(line);
  };
  EXPECT_EQ(processes.run(command).output, "one\r\ntwox\n\nlast");
  EXPECT_EQ(out, (Lines{"one", "twox", "", "last"}));
  EXPECT_EQ(err, Lines{"bad"});
}

TEST_F(ProcessesTest, ALineWithoutEndComesInPieces) {
  Command command = shell("head -c 200000 /dev/zero");
  std::size_t longest = 0;
  std::size_t total = 0;
  command.on_line = [&](std::string_view line, bool) {
    longest = std::max(longest, line.size());
    total += line.size();
  };
  processes.run(command);
  EXPECT_EQ(longest, 65536U);
  EXPECT_EQ(total, 200'000U);
}

TEST_F(ProcessesTest, WhenAListenerThrowsNothingKeepsRunning) {
  Command command = shell("echo $$; exec sleep 600");
  int child = 0;
  command.on_line = [&](std::string_view line, bool) {
    child = std::stoi(std::string(line));
    throw Error(Kind::failed, "enough");
  };
  EXPECT_EQ(error_of(command), "enough");
  EXPECT_EQ(kill(child, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST_F(ProcessesTest, OutputAsItComesHasNoLimit) {
  Command command = shell("head -c 20000000 /dev/zero; echo end >&2; exit 3");
  command.output_limit = 10;
  std::size_t total = 0;
  command.on_output = [&](std::string_view bytes) { total += bytes.size(); };
  const Outcome outcome = processes.run(command);
  EXPECT_EQ(total, 20'000'000U);
  EXPECT_EQ(outcome.output, "");
  EXPECT_EQ(outcome.errors, "end\n");
  EXPECT_FALSE(outcome.truncated);
  EXPECT_EQ(outcome.status, 3);
}

TEST_F(ProcessesTest, WhenASinkThrowsNothingKeepsRunning) {
  Command command = shell("echo $$; exec yes");
  int child = 0;
  command.on_output = [&](std::string_view bytes) {
    child = std::stoi(std::string(bytes));
    throw Error(Kind::failed, "disk full");
  };
  EXPECT_EQ(error_of(command), "disk full");
  EXPECT_EQ(kill(child, 0), -1);
}

TEST_F(ProcessesTest, AChildMayDieWithUs) {
  TestFolder folder;
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    Command command = shell("echo $$ >new; mv new pid; exec sleep 600");
    command.directory = folder.path();
    command.dies_with_us = true;
    processes.run(command);
    _exit(0);
  }
  while (!std::filesystem::exists(folder / "pid")) std::this_thread::sleep_for(5ms);
  const pid_t child = std::stoi(folder.read("pid"));
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_F(ProcessesTest, AGrandchildThatKeepsTheStreamsIsNotAwaited) {
  const Outcome outcome = processes.run(shell("sleep 600 & echo $!"));
  EXPECT_TRUE(outcome.ok());
  const int grandchild = std::stoi(outcome.output);
  EXPECT_EQ(kill(grandchild, SIGKILL), 0);
}

TEST_F(ProcessesTest, TheFirstInterruptEndsTheChild) {
  Command command = shell("echo up; exec sleep 600");
  command.on_line = [](std::string_view, bool) { raise(SIGINT); };
  const Outcome outcome = processes.run(command);
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.signal, SIGTERM);
  EXPECT_EQ(outcome.reason(), "interrupted");
}

TEST_F(ProcessesTest, AfterAnInterruptNothingIsStarted) {
  raise(SIGTERM);
  const Outcome outcome = processes.run(shell("exit 0"));
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_FALSE(outcome.ok());
}

TEST_F(ProcessesTest, WhileHeldAnInterruptEndsNothing) {
  interrupts.hold(true);
  Command command = shell("echo up; sleep 0.1; echo done");
  Lines lines;
  command.on_line = [&](std::string_view line, bool) {
    if (lines.empty()) raise(SIGINT);
    lines.emplace_back(line);
  };
  const Outcome outcome = processes.run(command);
  EXPECT_TRUE(outcome.ok());
  EXPECT_FALSE(outcome.interrupted);
  EXPECT_EQ(lines, (Lines{"up", "done"}));
}

TEST_F(ProcessesTest, ManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int number = 0; number < 8; ++number)
    threads.emplace_back([&, number] {
      for (int round = 0; round < 5; ++round) {
        Command command = shell("cat; exit " + std::to_string(number));
        command.input = std::to_string(number);
        const Outcome outcome = processes.run(command);
        if (outcome.status == number && outcome.output == command.input) ++right;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 40);
}

TEST_F(ProcessesTest, NothingIsLeftOpen) {
  const auto count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = count();
  Command command = shell("exit 0");
  command.input = "x";
  processes.run(command);
  command.directory = "/no/such/folder";
  EXPECT_THROW(processes.run(command), Error);
  EXPECT_EQ(count(), before);
}

TEST_F(ProcessesTest, FindsPrograms) {
  TestFolder folder;
  EXPECT_THAT(processes.find("sh").value_or(""), testing::EndsWith("/sh"));
  EXPECT_EQ(processes.find("/bin/sh"), "/bin/sh");
  EXPECT_EQ(processes.find("no-such-program"), std::nullopt);
  EXPECT_EQ(processes.find(""), std::nullopt);
  EXPECT_EQ(processes.find(folder.write("text", "")), std::nullopt);
  EXPECT_EQ(processes.find("/bin"), std::nullopt);
}

}  // namespace
}  // namespace ballast
