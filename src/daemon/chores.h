// What the daemon does each minute besides watching: the schedule, as a command of its own; the
// ping that says that it lives; what fires is said once more to those who forget.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "live/server.h"
#include "model/alert.h"
#include "model/settings.h"

namespace ballast {

struct ChoreTerms {
  std::string program;  // ballast itself
  std::function<std::vector<Alert>()> firing;
  std::function<void()> something_waits;      // in the queues
  std::function<void(std::string_view)> say;  // from the threads of the chores
};

class Chores {
 public:
  // `server` ends its requests and children when it is to stop.
  Chores(Server& server, const Settings& settings, ChoreTerms terms);
  Chores(const Chores&) = delete;
  Chores& operator=(const Chores&) = delete;
  ~Chores();

 private:
  void each_minute(const std::function<void()>& chore);
  void run_schedule();
  void ping();
  void say_again_what_fires();
  void report_failing_channels();
  void close_sessions();  // of break-glass, whose time is up

  Server& server_;
  const Settings& settings_;
  ChoreTerms terms_;
  std::mutex mutex_;
  std::condition_variable news_;
  bool stops_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ballast
