// How a release that could not be finished ends: the exit status, the words, the history lines.
#pragma once

#include <memory>

#include "deploy/deploy.h"
#include "live/work.h"

namespace ballast {

Ending ending_of(Work& work, const Failure& failure, const Facts& facts);

// Runs a plan to its end and gathers the result.
OperationResult run_work(Work& work, const Plan& plan);

// For --dry-run: nothing is shown while it looks, and nothing is written.
class Silence : public Progress {
 public:
  void plan(const Plan&, const std::string&) override {}
  void step_begins(const Step&) override {}
  void note(std::string_view) override {}
  void bytes(std::string_view, std::uint64_t, std::uint64_t) override {}
  void detail(std::string_view) override {}
  void step_ends(const Step&, StepEnd, std::string_view, Duration) override {}
  void undo_begins(const Step&) override {}
};

}  // namespace ballast
