// `ballast backup`: one set of a stack, database and files as of one moment, proved before it
// counts.
#pragma once

#include <string>
#include <vector>

#include "backup/making.h"
#include "live/work.h"

namespace ballast {

struct BackupRequest {
  std::string stack;
  SetWanted wanted;
  bool strict = false;  // what production itself has lost makes the set incomplete too
  Duration wait{};      // how long to wait for the stack's lock
};

struct BackupResult {
  BackupSet set;
  std::string folder;
  Duration elapsed{};
};

// An incomplete set is a result, not an Error: it is kept, with its reasons.
BackupResult backup(Server& server, Progress& progress, const BackupRequest& request);

Course backup_course(Work& work);

}  // namespace ballast
