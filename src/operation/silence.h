// A Progress that tells nobody.
#pragma once

#include "operation/progress.h"

namespace ballast {

// For --dry-run: nothing is shown while it looks.
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
