// What a restore of a set would exchange, and whether there is room for both sides.
#pragma once

#include <string>
#include <vector>

#include "backup/exchange.h"
#include "backup/store.h"
#include "live/work.h"

namespace ballast {

// What lies beside attachments in their volume: for a volume that was made anew.
struct BesideFilestore {
  std::string archive;  // path in the set
  std::string root;     // of the volume, on this host
};

struct RestorePlan {
  std::vector<SetDatabase> databases;  // in the order of exchange.databases
  Exchange exchange;                   // without the release
  std::string filestore;               // the folder …/filestore on this host; empty: none
  std::vector<SetVolume> volumes;      // in the order of exchange.contents
  std::vector<BesideFilestore> beside;
};

struct RestoreWish {
  std::vector<std::string> databases;  // empty: all
  std::string as;                      // another name for the one database
};

// No databases named: all databases and, but for preset odoo, all volumes. Error(usage) for a
// database that the set has not, Error(refused) for one whose dump is not in it, or a volume that
// is not on this server, or when `as` is to name more than one.
RestorePlan plan_restore(Work& work, const StoredSet& stored, const RestoreWish& wish);

// Error(refused) that says how much is missing where.
void require_space(Work& work, const RestorePlan& plan);
// Error(refused) when the server is older than the one that the dumps are of.
void require_server(Postgres& postgres, const std::vector<SetDatabase>& databases);

}  // namespace ballast
