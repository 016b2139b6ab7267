// `ballast prune`: frees space on the whole server in one protected plan: backup sets beyond the
// retention, attachments that no set names, data that restores replaced, fallback copies that a
// later release made needless, images that no rollback needs, containers that killed operations
// left. Names what it may not touch: the largest logs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "live/server.h"
#include "operation/progress.h"

namespace ballast {

struct PruneRequest {
  std::string stack;  // empty: all
  std::string operator_name;
  bool only_backups = false;  // sets and pool, nothing else
  bool dry_run = false;
  Duration wait{};
};

struct PrunePart {
  std::string what;    // "set 20261125T022707Z-3f9a"
  std::string reason;  // "daily: beyond the newest 7"
  std::uint64_t bytes = 0;
};

struct StackPruned {
  std::string stack;
  std::vector<PrunePart> parts;
  std::string trouble;  // why nothing, or not everything, was looked at

  std::uint64_t bytes() const;
};

struct LargeLog {
  std::string container;
  std::string stack;
  std::uint64_t bytes = 0;
};

struct PruneReport {
  std::vector<StackPruned> stacks;
  std::vector<LargeLog> logs;  // largest first
};

// What cannot be pruned in one stack is its trouble, never an Error for the others.
PruneReport prune_server(Server& server, Progress& progress, const PruneRequest& request);
Course prune_course(Work& work);

}  // namespace ballast
