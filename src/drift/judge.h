// Whether somebody did that by hand. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "drift/deed.h"
#include "drift/finding.h"

namespace ballast {

struct Period {
  Time from{};
  Time until = Time::max();  // it goes on
};

// What is known of a stack, and explains what is done to it.
struct Circumstances {
  std::vector<Period> operations;    // of Ballast's own
  std::optional<Period> session;     // of a person, which keeps a record of its own
  std::vector<std::string> routine;  // patterns of commands
  std::string health_command;        // of this container
  std::function<bool(const std::string& exec)> is_own_exec;
  // The services that a release consists of.
  std::vector<std::string> release_services;
};

// nullopt: it is explained.
std::optional<DriftFinding> judge_deed(const Deed& deed, const Circumstances& known);

}  // namespace ballast
