// Frees what the retention of a stack's backups lets go: sets, then what no set names any more of
// the pool, then what cut-off work left. Only while the stack's lock is held.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "live/work.h"
#include "model/retention.h"

namespace ballast {

struct PrunedSet {
  std::string id;
  std::string reason;
  std::uint64_t bytes = 0;
};

struct PrunedRest {
  std::string what;  // "trash/", "incoming/20261125T022707Z-3f9a"
  std::string reason;
  std::uint64_t bytes = 0;
};

struct Pruned {
  std::string trouble;           // why nothing may go; empty: all was looked through
  std::vector<PrunedSet> sets;   // that went, or would: oldest first
  std::vector<PrunedRest> rest;  // of work that was cut off, and what went bad
  std::uint64_t files = 0;       // of the pool
  std::uint64_t bytes_of_files = 0;
  std::string pool_kept;  // why nothing of the pool may go; empty: it was looked through

  std::uint64_t bytes() const;
};

// With `dry_run` nothing is removed.
Pruned prune_backups(Work& work, bool dry_run);

}  // namespace ballast
