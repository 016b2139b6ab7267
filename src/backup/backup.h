// `ballast backup`: one set of a stack, database and files as of one moment, proved before it
// counts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/making.h"
#include "backup/offsite.h"
#include "live/work.h"

namespace ballast {

struct BackupRequest {
  std::string stack;
  SetWanted wanted;
  bool strict = false;  // what production itself has lost makes the set incomplete too
  Duration wait{};      // how long to wait for the stack's lock
};

// An attachment in the pool whose content had gone bad.
struct PoolDamage {
  AttachmentName attachment;
  bool replaced = false;  // by the copy that production still has
};

struct BackupResult {
  BackupSet set;
  std::string folder;
  std::vector<PoolDamage> pool_damage;  // found by this backup, or by one that could not tell
  Duration elapsed{};
  std::optional<Sent> sent;  // to the off-site remote, when the policy names one
};

// An incomplete set is a result, not an Error: it is kept, with its reasons.
BackupResult backup(Server& server, Progress& progress, const BackupRequest& request);
// For who has shown `pool_damage`: until then the next backup tells it too.
void damage_is_told(Server& server, const BackupResult& result);

Course backup_course(Work& work);

}  // namespace ballast
