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
  std::uint64_t files = 0;           // attachments included
  std::uint64_t bytes = 0;
  Duration elapsed{};

  bool good() const { return damage.empty() && unknown.empty(); }
};

// Why a set that is not good cannot be used, with all that was found: "<id> is damaged<after>".
Error unsound(const SetVerified& verified, Kind kind, const std::string& after, std::string hint);

// `operation` marks its container for recovery.
SetVerified verify_set(Server& server, const StoredSet& stored, const std::string& operation,
                       Progress& progress);

// The sets named, or the newest one, or all of them. Error(usage) for a name that is not there.
std::vector<SetVerified> verify_sets(Server& server, Progress& progress, const std::string& stack,
                                     const std::string& word, bool all);

}  // namespace ballast
