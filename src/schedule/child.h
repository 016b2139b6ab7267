// The command that a job starts, and what its end means.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/host.h"
#include "schedule/job.h"

namespace ballast {

// Of all that takes hours in a backup each part has its own deadline; this one is for the rest.
inline constexpr Duration longest_job = std::chrono::hours(12);

struct ChildEnd {
  int exit_status = 0;   // as a shell has it: 128 and the signal that ended it
  bool settled = false;  // what was asked for is there, also where the command did not end with 0
  bool held = false;     // another operation holds the stack: nothing was begun
  std::string message;   // of one that did not end with 0
  std::string hint;
  std::vector<std::string> said;  // the last lines of one that does not say why

  bool went_well() const { return exit_status == 0; }
};

// `lock` is inherited: while the child goes on nobody starts another job, whatever becomes of us.
Command child_of(const Job& job, const std::string& program, const std::string& root,
                 Machine& machine, int lock);
ChildEnd end_of(const Outcome& outcome);

// `ballast schedule run` itself, for who calls it each minute. Ends when we do.
Command schedule_command(const std::string& program, const std::string& root, Machine& machine);

}  // namespace ballast
