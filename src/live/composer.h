// Compose, run for one stack while its lock is held: every child inherits the lock.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "check/check.h"
#include "live/stack.h"
#include "operation/progress.h"
#include "tools/compose.h"

namespace ballast {

class Composer {
 public:
  // The generation is chosen by the containers that run (see choose_compose). `lock` may be -1:
  // nothing to inherit.
  Composer(Server& server, const Stack& stack, const Running& running, int lock);

  const ComposeTool& tool() const { return tool_; }

  // Each throws Error(failed) with the last lines of what Compose said, secrets masked.
  void up(const UpOptions& options, Progress& progress);
  // `what` it is, in words: "the candidate".
  void start_candidate(const CandidateOptions& options, std::string_view what,
                       const std::map<std::string, std::string>& environment, Progress& progress);
  void remove(const std::string& service, Progress& progress);

  // The last up() ended before Compose was done, and no other one has ended well since: the engine
  // may still be doing what it was asked.
  bool was_cut_off() const { return cut_off_; }

  // What Compose makes of the stack's files; resolved only when they are more than one.
  ComposeReading read(const std::map<std::string, std::string>& environment);
  // The same as text, one file or several; empty where it does not take them.
  std::string resolved(const std::map<std::string, std::string>& environment);

 private:
  Outcome run(const std::vector<std::string>& words,
              const std::map<std::string, std::string>& environment, Duration deadline,
              Progress* progress);
  void must(const Outcome& outcome, const std::string& what);
  Error refusal(const Outcome& outcome) const;
  Server& server_;
  const Stack& stack_;
  ComposeTool tool_;
  ComposeProject project_;
  int lock_;
  bool cut_off_ = false;
};

}  // namespace ballast
