// How an operation tells what it does. The command line draws it; tests collect it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "operation/plan.h"

namespace ballast {

enum class StepEnd { done, failed, undone, undo_failed, skipped };

class Progress {
 public:
  virtual ~Progress() = default;
  virtual void plan(const Plan& plan, const std::string& operation) = 0;
  virtual void step_begins(const Step& step) = 0;
  // What it is doing right now: replaced by the next note, not kept.
  virtual void note(std::string_view text) = 0;
  // 0 when the total is not known.
  virtual void bytes(std::string_view what, std::uint64_t done, std::uint64_t total) = 0;
  // A line that stays: a check's answer, a log line of a failed candidate, a file's difference.
  virtual void detail(std::string_view text) = 0;
  virtual void step_ends(const Step& step, StepEnd end, std::string_view summary,
                         Duration elapsed) = 0;
  virtual void undo_begins(const Step& step) = 0;
};

}  // namespace ballast
