// The journal as a file: who may open it, who shares it, and what it survives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>

#include "journal/journal.h"
#include "journal/test_journal.h"

namespace ballast {
namespace {

namespace files = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class JournalFileTest : public JournalTest {
 protected:
  // The exit status of a child that does this; 99 when it throws.
  template <typename Action>
  static pid_t child(Action action) {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    try {
      ::_exit(action());
    } catch (const Error& error) {
      std::cerr << error.text();
      ::_exit(99);
    }
  }
  static int ended(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  template <typename Action>
  static int as_nobody(Action action) {
    return ended(child([&] {
      if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 98;
      return action();
    }));
  }
};

TEST_F(JournalFileTest, IsRootsAlone) {
  const Journal journal(path());
  struct stat found {};
  ASSERT_EQ(::stat(path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0600u);
  ASSERT_EQ(::stat((folder_ / "state").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0700u);
}

TEST_F(JournalFileTest, ANewerSchemaIsRefused) {
  { const Journal journal(path()); }
  sql("PRAGMA user_version = 99");
  EXPECT_EQ(error(), "the journal " + path() +
                         " was written by a newer ballast (schema 99, this one knows 2)");
  EXPECT_THROW(Journal::open_for_reading(path()), Error);
}

TEST_F(JournalFileTest, AnotherProgramsDatabaseIsRefused) {
  files::create_directories(folder_ / "state");
  sql("CREATE TABLE theirs (x)");
  const std::string before = content(path());
  EXPECT_EQ(error(), path() + " is no journal of ballast");
  EXPECT_EQ(content(path()), before);
}

TEST_F(JournalFileTest, AnEmptyFileOfSchemaZeroIsMigrated) {
  files::create_directories(folder_ / "state");
  std::ofstream(path()).close();
  EXPECT_EQ(error(), "no error");
}

TEST_F(JournalFileTest, ADamagedFileIsNamed) {
  files::create_directories(folder_ / "state");
  std::ofstream(path()) << std::string(8192, 'x');
  EXPECT_THAT(error(), HasSubstr("the journal " + path() + " is damaged"));
}

TEST_F(JournalFileTest, ReadingMakesNothing) {
  EXPECT_FALSE(Journal::open_for_reading(path()).has_value());
  EXPECT_FALSE(files::exists(folder_ / "state"));
}

TEST_F(JournalFileTest, ReadsWhileAnotherWrites) {
  Journal writer(path());
  writer.begin(operation("one"));
  const auto reader = Journal::open_for_reading(path());
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(reader->unfinished("").size(), 1u);
}

TEST_F(JournalFileTest, AnEmptyFileIsNoJournalYetForReaders) {
  files::create_directories(folder_ / "state");
  std::ofstream(path()).close();
  EXPECT_FALSE(Journal::open_for_reading(path()).has_value());
  EXPECT_THAT(names(), ElementsAre("ballast.db"));
}

TEST_F(JournalFileTest, ACopyIsReadWithoutMakingAnythingBesideIt) {
  { Journal(path()).begin(operation("one")); }
  files::remove(path() + "-wal");
  files::remove(path() + "-shm");
  files::rename(path(), folder_ / "state" / "a?b%20#c.db");
  const auto copy = Journal::open_for_reading((folder_ / "state" / "a?b%20#c.db").string());
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(copy->unfinished("").size(), 1u);
  EXPECT_THAT(names(), ElementsAre("a?b%20#c.db"));
}

TEST_F(JournalFileTest, WhoMayOnlyReadSeesItWhetherOrNotSomebodyWrites) {
  if (::getuid() != 0) GTEST_SKIP() << "needs root";
  const auto seen = [&] {
    return as_nobody(
        [&] { return static_cast<int>(Journal::open_for_reading(path())->unfinished("").size()); });
  };
  auto writer = std::make_unique<Journal>(path());
  writer->begin(operation("one"));
  writer.reset();
  files::permissions(folder_, files::perms(0755));
  files::permissions(folder_ / "state", files::perms(0755));
  for (const std::string& name : names())
    files::permissions(folder_ / "state" / name, files::perms(0644));
  EXPECT_EQ(seen(), 1);
  writer = std::make_unique<Journal>(path());
  writer->begin(operation("two"));
  EXPECT_EQ(seen(), 2);
  struct stat found {};
  ASSERT_EQ(::stat(path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0644u) << "what the administrator chose stays";
}

TEST_F(JournalFileTest, WhoMayNotReadIsToldSo) {
  if (::getuid() != 0) GTEST_SKIP() << "needs root";
  { const Journal journal(path()); }
  files::permissions(folder_, files::perms(0755));
  EXPECT_EQ(as_nobody([&] {
              try {
                Journal::open_for_reading(path());
              } catch (const Error& error) {
                const bool same = error.message() == "the journal " + path() +
                                                         " cannot be opened: Permission denied" &&
                                  error.hint() == "run ballast as root (sudo)";
                return same ? 7 : 8;
              }
              return 9;
            }),
            7);
}

TEST_F(JournalFileTest, ManyMayMakeItAtTheSameMoment) {
  for (int round = 0; round < 10; ++round) {
    std::vector<pid_t> makers;
    for (int number = 0; number < 4; ++number)
      makers.push_back(child([&] {
        Journal(path()).begin(operation(std::to_string(number)));
        return 0;
      }));
    for (const pid_t maker : makers) EXPECT_EQ(ended(maker), 0);
    EXPECT_EQ(Journal(path()).unfinished("").size(), 4u);
    files::remove_all(folder_ / "state");
  }
}

TEST_F(JournalFileTest, TwoProcessesWriteInTurns) {
  constexpr int steps = 25;
  { const Journal journal(path()); }
  std::vector<pid_t> writers;
  for (const char* id : {"one", "two"})
    writers.push_back(child([&] {
      Journal journal(path());
      journal.begin(operation(id));
      for (int number = 0; number < steps; ++number)
        journal.record_step(id, {.number = number, .name = "s", .state = StepState::done},
                            {line("deployed")}, std::nullopt);
      return 0;
    }));
  for (const pid_t writer : writers) EXPECT_EQ(ended(writer), 0);
  const Journal journal(path());
  EXPECT_EQ(journal.steps("one").size(), 25u);
  EXPECT_EQ(journal.steps("two").size(), 25u);
  long long last = 0;
  for (const HistoryRow& row : journal.history_rows()) EXPECT_EQ(row.number, ++last);
  EXPECT_EQ(last, 2 * steps);
}

TEST_F(JournalFileTest, ManyAppendToOneAuditChainAtTheSameMoment) {
  { const Journal journal(path()); }
  std::vector<pid_t> writers;
  for (int writer = 0; writer < 4; ++writer)
    writers.push_back(child([&] {
      Journal journal(path());
      for (int count = 0; count < 20; ++count)
        journal.append_audit({.kind = "gate", .stack = "", .who = "", .content = count, .at = {}});
      return 0;
    }));
  for (const pid_t writer : writers) EXPECT_EQ(ended(writer), 0);
  const auto records = Journal(path()).audit_records();
  ASSERT_EQ(records.size(), 81u);
  for (std::size_t index = 1; index < records.size(); ++index) {
    EXPECT_EQ(records[index].number, static_cast<long long>(index) + 1);
    EXPECT_EQ(records[index].previous, records[index - 1].hash);
    EXPECT_EQ(records[index].hash, audit_hash(records[index]));
  }
}

TEST_F(JournalFileTest, AFullDiskIsNamedAndWhatWasWrittenStays) {
  files::create_directories(folder_ / "state");
  if (::mount("none", (folder_ / "state").c_str(), "tmpfs", 0, "size=256k") != 0)
    GTEST_SKIP() << "needs the right to mount";
  std::size_t written = 0;
  try {
    Journal journal(path());
    journal.begin(operation("one"));
    for (;; ++written)
      journal.record_step("one", {.number = static_cast<int>(written),
                                  .name = "s",
                                  .state = StepState::done,
                                  .fact = std::string(4000, 'x')});
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "no space left on the disk of the journal " + path());
    EXPECT_EQ(error.hint(), "free some space there, then run `ballast recover`");
  }
  EXPECT_GT(written, 0u);
  EXPECT_EQ(Journal::open_for_reading(path())->steps("one").size(), written);
  ASSERT_EQ(::umount((folder_ / "state").c_str()), 0);
}

// Whatever the moment of its death: what it had reported as written is there, and nothing is half
// there.
TEST_F(JournalFileTest, AKilledWriterLeavesWhatItCommitted) {
  { Journal(path()).begin(operation("one")); }
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Journal journal(path());
    for (int number = 0;; ++number) {
      journal.record_step(
          "one", {.number = number, .name = "s", .state = StepState::done, .fact = {}, .at = {}},
          {line("deployed")}, std::nullopt);
      [[maybe_unused]] const auto written = ::write(pipe[1], &number, sizeof number);
    }
  }
  int last = -1;
  for (int seen = 0; seen < 20; ++seen)
    ASSERT_EQ(::read(pipe[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const Journal journal(path());
  EXPECT_GE(journal.steps("one").size(), 20u);
  EXPECT_EQ(journal.steps("one").size(), journal.history_rows().size());
  int number = 0;
  for (const StepRecord& step : journal.steps("one")) EXPECT_EQ(step.number, number++);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

}  // namespace
}  // namespace ballast
