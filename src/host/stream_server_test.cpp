#include "host/stream_server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "host/local_client.h"
#include "host/test_error.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

constexpr Duration long_enough = std::chrono::seconds(60);

bool goes_on() { return true; }

class StreamServerTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/run/gate.sock"; }
  StreamServerTerms terms() const { return {.unix_socket = path(), .group = getegid()}; }

  std::vector<std::string> lines_of(const std::string& question) const {
    std::vector<std::string> lines;
    EXPECT_TRUE(
        follow_local(path(), question + "\n", long_enough, goes_on, [&](std::string_view line) {
          lines.emplace_back(line);
          return true;
        }));
    return lines;
  }

  TestFolder folder_;
};

TEST_F(StreamServerTest, SpeaksLineByLineAndKnowsWhoAsks) {
  Caller asked;
  const StreamServer server(
      terms(), [&](const std::string& request, const Caller& caller, LocalStream& stream) {
        asked = caller;
        stream.send(request + " one\n");
        stream.send(request + " two\n");
      });
  EXPECT_EQ(lines_of("say"), (std::vector<std::string>{"say one", "say two"}));
  EXPECT_EQ(asked.user, geteuid());
  EXPECT_EQ(asked.pid, getpid());
}

TEST_F(StreamServerTest, TheSocketIsForOwnerAndGroup) {
  const StreamServer server(terms(), [](const std::string&, const Caller&, LocalStream&) {});
  struct stat status {};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0660U);
  EXPECT_EQ(status.st_gid, getegid());
}

TEST_F(StreamServerTest, OneThatTakesItsTimeKeepsNobodyWaiting) {
  std::mutex mutex;
  std::condition_variable news;
  bool may_end = false;
  const StreamServer server(terms(),
                            [&](const std::string& request, const Caller&, LocalStream& stream) {
                              if (request == "slow") {
                                std::unique_lock lock(mutex);
                                news.wait(lock, [&] { return may_end; });
                              }
                              stream.send(request + "\n");
                            });
  std::vector<std::string> slow;
  std::thread waits([&] { slow = lines_of("slow"); });
  EXPECT_EQ(lines_of("quick"), std::vector<std::string>{"quick"});
  {
    const std::lock_guard lock(mutex);
    may_end = true;
  }
  news.notify_all();
  waits.join();
  EXPECT_EQ(slow, std::vector<std::string>{"slow"});
}

TEST_F(StreamServerTest, SeesThatTheCallerLeft) {
  std::mutex mutex;
  std::condition_variable news;
  bool saw_it = false;
  const StreamServer server(terms(), [&](const std::string&, const Caller&, LocalStream& stream) {
    stream.send("begun\n");
    while (stream.is_open()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const std::lock_guard lock(mutex);
    saw_it = !stream.send("more\n");
    news.notify_all();
  });
  EXPECT_TRUE(
      follow_local(path(), "x\n", long_enough, goes_on, [](std::string_view) { return false; }));
  std::unique_lock lock(mutex);
  EXPECT_TRUE(news.wait_for(lock, long_enough, [&] { return saw_it; }));
}

TEST_F(StreamServerTest, WhatGoesWrongEndsOneAnswerAlone) {
  const StreamServer server(terms(),
                            [](const std::string& request, const Caller&, LocalStream& stream) {
                              if (request == "bad") throw std::runtime_error("bad");
                              stream.send("good\n");
                            });
  EXPECT_TRUE(lines_of("bad").empty());
  EXPECT_TRUE(lines_of(std::string(600 << 10, 'x')).empty());
  EXPECT_EQ(lines_of("other"), std::vector<std::string>{"good"});
}

TEST_F(StreamServerTest, ItsEndIsTheEndOfWhatItSays) {
  std::vector<std::string> lines;
  std::thread hears;
  {
    std::mutex mutex;
    std::condition_variable news;
    bool begun = false;
    const StreamServer server(terms(), [&](const std::string&, const Caller&, LocalStream& stream) {
      {
        const std::lock_guard lock(mutex);
        begun = true;
      }
      news.notify_all();
      while (stream.is_open()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    });
    hears = std::thread([&] { lines = lines_of("x"); });
    std::unique_lock lock(mutex);
    news.wait(lock, [&] { return begun; });
  }
  hears.join();
  EXPECT_TRUE(lines.empty());
  EXPECT_FALSE(
      follow_local(path(), "x\n", long_enough, goes_on, [](std::string_view) { return true; }));
}

TEST_F(StreamServerTest, AnInterruptIsSeenWhileNothingIsSaid) {
  const StreamServer server(terms(), [](const std::string&, const Caller&, LocalStream& stream) {
    while (stream.is_open()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  const Error error = error_of([&] {
    follow_local(
        path(), "x\n", long_enough, [] { return false; }, [](std::string_view) { return true; });
  });
  EXPECT_EQ(error.kind(), Kind::interrupted);
}

}  // namespace
}  // namespace ballast
