// What the modules in a stack's databases were made of when a release was last good. Two builds of
// one version differ in nothing else, so that a changed file is seen.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "journal/journal.h"

namespace ballast {

using ModuleHashes = std::map<std::string, std::string>;  // by module: Addon::upgrade_hash

struct RecordedHashes {
  std::string operation;  // that made it; it counts once that is a good release
  ModuleHashes release;   // of the image that was last good, so of every database
  // By database: what was not upgraded to it, with the hash that it has there; empty: not known.
  std::map<std::string, ModuleHashes> behind;

  ModuleHashes of(const std::string& database) const;
};

// nullopt: nothing is known, as before the first good release and after a restore.
std::optional<RecordedHashes> recorded_hashes(const Journal& journal, const std::string& stack);
void keep_hashes(Journal& journal, const std::string& stack, const RecordedHashes& hashes,
                 Time now);
// The databases are others now: what was recorded is not of them.
void forget_hashes(Journal& journal, const std::string& stack, Time now);

}  // namespace ballast
