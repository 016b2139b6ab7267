// Reads a set again, all of it: every file and every attachment against its digest, every dump to
// its end.
#pragma once

#include <string>
#include <vector>

#include "backup/store.h"
#include "operation/progress.h"

namespace ballast {

struct SetVerified {
  std::string id;
  std::vector<std::string> damage;   // by name: "databases/shop.dump: other content than recorded"
  std::vector<std::string> unknown;  // what could not be looked at, and why
  // What is whole, but others than its owner may have read or changed.
  std::vector<std::string> exposed;
  std::vector<std::string> mended;  // damaged attachments that were copied anew from production
  bool removed = false;             // meanwhile, by a retention or a person: that is no damage
  std::uint64_t files = 0;          // attachments included
  std::uint64_t bytes = 0;
  Duration elapsed{};

  bool good() const { return damage.empty() && unknown.empty(); }
};

// Why a set that is not good cannot be used, with all that was found: "<id> is damaged<after>".
// Error(failed) with a hint of its own when nothing of it is damaged, but something unknown.
Error unsound(const SetVerified& verified, Kind kind, const std::string& after, std::string hint);

// Error(refused) for a set of another stack: "…; nothing was <done>".
void require_of_stack(const StoredSet& stored, const std::string& stack, std::string_view done);

// `operation` marks its container for recovery.
SetVerified verify_set(Server& server, const StoredSet& stored, const std::string& operation,
                       Progress& progress);

// The sets named, or the newest one, or all of them. Error(usage) for a name that is not there.
// What of the pool is damaged is copied anew from the attachments that are live now, where they
// have it; it is told as damage all the same.
std::vector<SetVerified> verify_sets(Server& server, Progress& progress, const std::string& stack,
                                     const std::string& word, bool all);

}  // namespace ballast
