// For tests: messages to send, and a host whose folder is real and whose clock and net are not.
#pragma once

#include <filesystem>
#include <mutex>

#include "host/host.h"
#include "host/posix_disk.h"
#include "host/posix_locks.h"
#include "host/posix_trees.h"
#include "host/tar_archives.h"
#include "host/test_folder.h"
#include "host/zip_archives.h"
#include "model/paths.h"
#include "notify/channel.h"
#include "tools/test_host.h"

namespace ballast::testing {

using namespace std::chrono_literals;

// 2026-11-25T02:27:07Z
inline const Time noon{1'795'573'627s};

inline Alert disk_full(News news = News::firing) {
  Alert alert{.rule = "disk-full",
              .stack = "shop",
              .subject = "/srv",
              .title = "Disk Full",
              .news = news,
              .unknown = false,
              .severity = Severity::page,
              .text = "91 % used & <growing>",
              .hint = "ballast prune shop --dry-run",
              .since = noon - 4min,
              .until = {}};
  if (news == News::resolved) alert.until = noon - 1min;
  return alert;
}

inline Message message_of(std::vector<Alert> alerts, bool closes = false) {
  return {.id = "20261125T022707Z-3f9a0001",
          .host = "web1",
          .group = alerts.front().key(),
          .closes = closes,
          .at_least = Severity::info,
          .at = noon,
          .alerts = std::move(alerts),
          .explained = {},
          .change = {},
          .lasts = {},
          .audit_head = {}};
}

class StoppedClock : public Clock {
 public:
  Time now() override { return time; }
  Monotonic monotonic() override { return Monotonic(ticks); }
  void sleep(Duration duration) override { pass(duration); }
  void pass(Duration duration) {
    const std::lock_guard guard(mutex_);
    time += duration;
    ticks += duration;
  }
  Time time = noon;
  Duration ticks{};

 private:
  std::mutex mutex_;
};

// Answers as it is told; each answer is for all that are sent until another one is set.
class ScriptedHttp : public Http {
 public:
  HttpResponse send(const HttpRequest& request) override {
    const std::lock_guard guard(mutex_);
    requests.push_back(request);
    const auto found = answers.find(request.url);
    return found == answers.end() ? answer : found->second;
  }
  HttpResponse answer = status(200);
  std::map<std::string, HttpResponse> answers;  // by URL
  std::vector<HttpRequest> requests;

  static HttpResponse status(int number, const std::string& body = "") {
    HttpResponse response;
    response.status = number;
    response.body = body;
    return response;
  }
  static HttpResponse silence() {
    HttpResponse response;
    response.failure = HttpFailure::timed_out;
    response.failure_text = "no answer within 10 s";
    return response;
  }

 private:
  std::mutex mutex_;
};

class NoInterrupts : public Interrupts {
 public:
  bool requested() const override { return false; }
  void hold(bool) override {}
  bool held() const override { return false; }
};

class NoTerminal : public Terminal {
 public:
  bool out_is_terminal() override { return false; }
  bool error_is_terminal() override { return false; }
  bool in_is_terminal() override { return false; }
  int columns() override { return 80; }
  Written out(std::string_view) override { return Written::all; }
  void error(std::string_view) override {}
  std::optional<std::string> ask(std::string_view) override { return std::nullopt; }
};

class CountingMachine : public FakeMachine {
 public:
  std::string random_hex(std::size_t digits) override {
    const std::string number = std::to_string(++count_);
    return std::string(digits - number.size(), '0') + number;
  }

 private:
  int count_ = 0;
};

// A server in a folder that is gone at the end.
class NotifyBench {
 public:
  Host host() {
    return {disk,    processes, clock, http,     locks, interrupts,
            machine, terminal,  trees, archives, zips};
  }
  Paths paths() const { return {.root = folder.path()}; }
  void settings(const std::string& text) {
    std::filesystem::create_directories(folder / "etc/ballast");
    folder.write("etc/ballast/ballast.yaml", text);
  }
  void secret(const std::string& name, const std::string& content) {
    std::filesystem::create_directories(folder / "etc/ballast");
    std::filesystem::permissions(folder.write("etc/ballast/" + name, content),
                                 static_cast<std::filesystem::perms>(0600));
  }
  std::vector<std::string> files(const std::string& below) {
    return disk.list(folder / ("var/lib/ballast/notify/" + below));
  }

  TestFolder folder;
  PosixDisk disk;
  PosixLocks locks;
  FakeProcesses processes;
  StoppedClock clock;
  ScriptedHttp http;
  NoInterrupts interrupts;
  CountingMachine machine;
  NoTerminal terminal;
  PosixTrees trees;
  TarArchives archives;
  ZipArchives zips;
};

}  // namespace ballast::testing
