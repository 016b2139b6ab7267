// Sends what waits in the queues, each channel on a thread of its own, so that one that hangs
// delays nobody.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "model/paths.h"
#include "notify/delivery.h"

namespace ballast {

class Sender {
 public:
  // `host` ends its requests when it is to stop.
  Sender(Host& host, const Paths& paths, const Settings& settings);
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  ~Sender();

  void poke();  // something new waits
  std::vector<ChannelReport> reports() const;

 private:
  struct Way {
    ChannelSettings settings;
    ChannelReport report;
    bool poked = true;
    std::thread thread;
  };

  void serve(Way& way);
  bool wait(std::unique_lock<std::mutex>& lock, Way& way);

  Host& host_;
  Paths paths_;
  mutable std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::unique_ptr<Way>> ways_;
  bool stops_ = false;
};

}  // namespace ballast
