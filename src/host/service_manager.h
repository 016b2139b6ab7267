// What a service tells the program that started it (systemd's sd_notify protocol). Where nobody
// started it so, nothing is told.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "host/machine.h"

namespace ballast {

class ServiceManager {
 public:
  explicit ServiceManager(Machine& machine);

  bool is_there() const { return !socket_.empty(); }
  // It kills the service when watchdog() is not called within this time: call it twice as often.
  // nullopt: it does not watch.
  std::optional<Duration> watchdog_interval() const { return interval_; }

  // None of them fails or waits: to be told is no condition of the work.
  void ready() const;
  void watchdog() const;
  void stopping() const;
  void status(std::string_view text) const;  // one line, shown by `systemctl status`

 private:
  void tell(const std::string& words) const;
  std::string socket_;  // "/run/systemd/notify", "@abstract"
  std::optional<Duration> interval_;
};

}  // namespace ballast
