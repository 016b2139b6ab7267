// Which backup sets of a stack may go: a plan over plain data.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/set_layout.h"

namespace ballast {

struct KeptSet {
  std::string id;
  BackupKind kind = BackupKind::manual;
  Time time{};
  bool complete = false;
  bool proved = false;  // a drill of it was good
  bool needed = false;  // by an operation that has not ended
  bool ours = false;    // Ballast made it: it has a manifest that can be read
};

// How many complete sets of a kind stay.
struct RetentionLimits {
  int daily = 7;
  int weekly = 4;
  int pre_deploy = 5;
};

struct RetentionVerdict {
  std::string id;
  bool remove = false;
  std::string reason;  // "daily: beyond the newest 7", "kept: newest complete set"
};

// One verdict a set, in the order given. Of the kinds with a limit the newest complete sets stay;
// manual ones always do. An incomplete set counts for nothing, and goes when a newer one of its
// kind is complete. Whatever the limits, these stay: the newest complete set, the newest one that a
// drill proved, sets that an operation needs, and what Ballast did not make. A set dated after
// `now` (a clock was wrong) stays too and pushes nothing out.
std::vector<RetentionVerdict> plan_retention(std::span<const KeptSet> sets,
                                             const RetentionLimits& limits, Time now);

}  // namespace ballast
