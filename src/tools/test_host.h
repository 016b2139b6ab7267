// For tests: a machine and processes that answer as they are told.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/machine.h"
#include "host/processes.h"

namespace ballast {

class FakeMachine : public Machine {
 public:
  std::map<std::string, std::string> variables;

  unsigned user() override { return 0; }
  std::string user_name(unsigned) override { return "root"; }
  std::string login_name() override { return "root"; }
  std::string host_name() override { return "host"; }
  std::string working_directory() override { return "/root"; }
  std::optional<std::string> variable(const std::string& name) override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<Memory> memory() override { return std::nullopt; }
  long long process() override { return 1; }
  std::string boot() override { return "boot"; }
  bool running(long long) override { return false; }
  void end_process(long long) override {}
  void in_network_of(long long, const std::function<void()>& work) override { work(); }
  std::string random_hex(std::size_t digits) override { return std::string(digits, '0'); }
};

// Keeps the last command.
class FakeProcesses : public Processes {
 public:
  std::map<std::string, std::string> places;
  Outcome answer;
  std::vector<std::string> asked;
  std::string input;

  Outcome run(const Command& command) override {
    asked = command.argv;
    input = command.input;
    return answer;
  }
  std::optional<std::string> find(const std::string& program) override {
    const auto found = places.find(program);
    return found == places.end() ? std::nullopt : std::optional(found->second);
  }
};

}  // namespace ballast
