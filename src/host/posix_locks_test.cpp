#include "host/posix_locks.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/error.h"
#include "host/posix_disk.h"
#include "host/posix_processes.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using Pids = std::vector<long long>;
using Taken = std::unique_ptr<Lock>;

constexpr long long no_process = 999'999'999;

class LocksTest : public testing::Test {
 protected:
  Holder self(const std::string& operation = "deploy") const {
    return {.operation = operation,
            .operator_name = "ann \"é\"",
            .pid = getpid(),
            .since = Time(1795573627123ms),
            .alive = true};
  }
  Taken take(const Holder& holder) {
    auto got = locks.acquire(path, holder);
    return std::holds_alternative<Taken>(got) ? std::get<Taken>(std::move(got)) : nullptr;
  }

  TestFolder folder;
  std::string path = folder / "run/locks/shop.lock";
  PosixLocks locks;
};

TEST_F(LocksTest, MakesTheFileAndItsFolders) {
  ASSERT_TRUE(take(self()));
  const auto file = PosixDisk().info(path);
  EXPECT_EQ(file->mode, 0644U);
  EXPECT_EQ(PosixDisk().info(folder / "run")->mode, 0755U);
}

TEST_F(LocksTest, TheSecondIsToldWhoHoldsIt) {
  const Taken first = take(self());
  ASSERT_TRUE(first);
  const auto second = locks.acquire(path, self("backup"));
  const auto& holder = std::get<Holder>(second);
  EXPECT_EQ(holder.operation, "deploy");
  EXPECT_EQ(holder.operator_name, "ann \"é\"");
  EXPECT_EQ(holder.pid, getpid());
  EXPECT_EQ(holder.since, Time(1795573627123ms));
  EXPECT_TRUE(holder.alive);
  EXPECT_EQ(locks.held(path)->operation, "deploy");
}

TEST_F(LocksTest, TheRecordIsOneLineOfJson) {
  const Taken lock = take(self());
  EXPECT_EQ(folder.read("run/locks/shop.lock"),
            "{\"operation\":\"deploy\",\"operator\":\"ann \\\"é\\\"\",\"pid\":" +
                std::to_string(getpid()) + ",\"since\":\"2026-11-25T02:27:07.123Z\"}\n");
}

TEST_F(LocksTest, ReleasedItIsFreeAndTheFileStays) {
  Taken lock = take(self("a much longer name of an operation"));
  lock.reset();
  EXPECT_FALSE(locks.held(path));
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(take(self("backup")));
  EXPECT_EQ(folder.read("run/locks/shop.lock").find("much longer"), std::string::npos);
}

TEST_F(LocksTest, WhatWasNeverLockedIsFree) {
  EXPECT_FALSE(locks.held(path));
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(locks.holders(path), Pids{});
}

TEST_F(LocksTest, ARecordThatCannotBeReadStillMeansHeld) {
  const Taken lock = take(self());
  std::ofstream(path, std::ios::trunc) << "{";
  const auto holder = locks.held(path);
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->operation, "unknown");
  EXPECT_FALSE(holder->alive);
}

TEST_F(LocksTest, ALinkIsRefused) {
  std::filesystem::create_directories(folder / "run/locks");
  std::filesystem::create_symlink(folder / "target", path);
  EXPECT_THROW(take(self()), Error);
  EXPECT_THROW(locks.held(path), Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "target"));
}

TEST_F(LocksTest, AChildKeepsWhatItInherited) {
  PosixInterrupts interrupts;
  PosixProcesses processes(interrupts);
  Holder holder = self();
  holder.pid = no_process;
  Taken lock = take(holder);
  Command command{.argv = {"sh", "-c", "echo $$; exec sleep 600"}, .deadline = 60s};
  command.inherited = {lock->descriptor()};
  command.on_line = [&](std::string_view line, bool) {
    const int child = std::stoi(std::string(line));
    lock.reset();
    ASSERT_TRUE(locks.held(path));
    EXPECT_FALSE(locks.held(path)->alive);
    EXPECT_EQ(locks.holders(path), Pids{child});
    EXPECT_FALSE(take(self()));
    kill(child, SIGKILL);
  };
  EXPECT_EQ(processes.run(command).signal, SIGKILL);
  EXPECT_FALSE(locks.held(path));
  EXPECT_EQ(locks.holders(path), Pids{});
  EXPECT_TRUE(take(self()));
}

TEST_F(LocksTest, WhoOnlyLooksIsNoHolder) {
  PosixInterrupts interrupts;
  PosixProcesses processes(interrupts);
  const Taken lock = take(self());
  Command command{.argv = {"sh", "-c", "exec 9<\"$0\"; echo up; exec sleep 600", path},
                  .deadline = 60s};
  command.on_line = [&](std::string_view, bool) {
    EXPECT_EQ(locks.holders(path), Pids{});
    raise(SIGINT);
  };
  EXPECT_TRUE(processes.run(command).interrupted);
}

TEST_F(LocksTest, AskingIsNeverTakenForHolding) {
  { const Taken once = take(self()); }
  std::atomic<bool> done = false;
  std::thread asker([&] {
    while (!done) locks.held(path);
  });
  int failures = 0;
  for (int round = 0; round < 200; ++round)
    if (!take(self())) ++failures;
  done = true;
  asker.join();
  EXPECT_EQ(failures, 0);
}

}  // namespace
}  // namespace ballast
