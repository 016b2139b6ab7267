#pragma once

#include "host/machine.h"

namespace ballast {

class PosixMachine : public Machine {
 public:
  unsigned user() override;
  std::string user_name(unsigned uid) override;
  std::string login_name() override;
  std::string host_name() override;
  std::string working_directory() override;
  std::optional<std::string> variable(const std::string& name) override;
  std::optional<Memory> memory() override;
  long long process() override;
  std::string boot() override;
  bool running(long long pid) override;
  void end_process(long long pid) override;
  void in_network_of(long long pid, const std::function<void()>& work) override;
  std::string random_hex(std::size_t digits) override;
};

}  // namespace ballast
