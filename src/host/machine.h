// Who and where we are.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace ballast {

struct Memory {
  std::uint64_t total = 0;
  std::uint64_t available = 0;  // MemAvailable
};

class Machine {
 public:
  virtual ~Machine() = default;
  virtual unsigned user() = 0;                      // effective uid
  virtual std::string user_name(unsigned uid) = 0;  // "uid 1234" when it has no name
  virtual std::string login_name() = 0;             // of the real user; never empty
  virtual std::string host_name() = 0;
  virtual std::string working_directory() = 0;                               // whole path
  virtual std::optional<std::string> variable(const std::string& name) = 0;  // of the environment
  virtual std::optional<Memory> memory() = 0;                                // from /proc/meminfo
  virtual long long process() = 0;                                           // own pid
  virtual std::string boot() = 0;  // /proc/sys/kernel/random/boot_id
  virtual bool running(long long pid) = 0;
  virtual void end_process(long long pid) = 0;  // SIGTERM, up to 10 s, then SIGKILL
  // Runs `work` on a thread whose sockets, and those of the threads that it starts, are in the
  // network of that process. Error(failed) when that network cannot be entered: it takes root.
  virtual void in_network_of(long long pid, const std::function<void()>& work) = 0;
  virtual std::string random_hex(std::size_t digits) = 0;
};

}  // namespace ballast
