// `ballast doctor`: everything looked at, each weakness judged, what is accepted set apart.
#pragma once

#include <string>
#include <vector>

#include "doctor/finding.h"
#include "doctor/see.h"

namespace ballast::doctor {

enum class State { weak, unknown, accepted };
std::string_view state_text(State state);

struct Line {
  const WeaknessKind* kind = nullptr;
  std::string stack;  // empty: the server
  State state = State::weak;
  Finding finding;
  std::string reason;  // why it is accepted
};

struct Report {
  Time at{};
  std::string folder;               // of a repository; empty: a server was looked at
  std::vector<std::string> stacks;  // that were looked at
  std::vector<Line> lines;          // the server first, then each stack; the worst first in each

  std::size_t count(State state) const;
  bool all_good() const;  // nothing is weak or unknown that is not accepted
};

// Of one stack and the server, or of all stacks and the server.
Report examine_server(Server& server, const std::string& stack);
Report examine_folder(Host& host, const std::string& folder);

// Pure.
std::vector<Line> judge_server(const ServerSeen& seen, const AcceptedWeaknesses& accepted);
std::vector<Line> judge_stack(const StackSeen& seen);

}  // namespace ballast::doctor
