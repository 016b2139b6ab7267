// This machine without what an environment could say to Ballast: only where programs are, whose
// home it is, and how texts and times look.
#pragma once

#include <algorithm>
#include <array>

#include "host/machine.h"

namespace ballast {

class PlainMachine : public Machine {
 public:
  explicit PlainMachine(Machine& machine) : machine_(machine) {}

  unsigned user() override { return machine_.user(); }
  std::string user_name(unsigned uid) override { return machine_.user_name(uid); }
  std::string login_name() override { return machine_.login_name(); }
  std::string host_name() override { return machine_.host_name(); }
  std::string working_directory() override { return machine_.working_directory(); }
  std::optional<std::string> variable(const std::string& name) override {
    return std::ranges::find(kept, name) == kept.end() ? std::nullopt : machine_.variable(name);
  }
  std::optional<Memory> memory() override { return machine_.memory(); }
  long long process() override { return machine_.process(); }
  std::string boot() override { return machine_.boot(); }
  bool running(long long pid) override { return machine_.running(pid); }
  void end_process(long long pid) override { machine_.end_process(pid); }
  void in_network_of(long long pid, const std::function<void()>& work) override {
    machine_.in_network_of(pid, work);
  }
  std::string random_hex(std::size_t digits) override { return machine_.random_hex(digits); }

 private:
  static constexpr auto kept =
      std::to_array<std::string_view>({"HOME", "LANG", "LC_ALL", "PATH", "TZ"});

  Machine& machine_;
};

}  // namespace ballast
