// What a restore of a set would exchange, and whether there is room for both sides.
#pragma once

#include <string>
#include <vector>

#include "backup/store.h"
#include "live/work.h"
#include "restore/exchange.h"

namespace ballast {

// What lies beside attachments in their volume: for a volume that was made anew.
struct BesideFilestore {
  std::string volume;   // as name_of_volume()
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

// Docker's name of it, or the folder of a bind mount.
const std::string& name_of_volume(const SetMount& mount);

struct RestoreWish {
  std::vector<std::string> databases;  // empty: all
  std::string as;                      // another name for the one database
};

// No databases named: all databases and, but for preset odoo, all volumes. Error(usage) for a
// database that the set has not, Error(refused) for one whose dump is not in it, or a volume that
// is not on this server, or when `as` is to name more than one.
RestorePlan plan_restore(Work& work, const StoredSet& stored, const RestoreWish& wish);

// Error(refused) that says how much is missing where. `bare`: the volumes into which that is
// unpacked which lies beside attachments.
void require_space(Work& work, const StoredSet& stored, const RestorePlan& plan,
                   const std::vector<std::string>& bare);
struct Need {
  std::string folder;  // empty: not known where
  std::uint64_t bytes = 0;
};
struct RoomFor {
  std::string_view what = "a second copy";
  std::string_view done = "changed";
};
// What shares a file system is added up. `hint`: what to do when there is not enough.
void require_room(Disk& disk, const std::vector<Need>& needs, const std::string& hint,
                  const RoomFor& room = {});
// How much more of a file system may be used so that no more than `percent` of it is, as `df`
// counts.
std::uint64_t room_below(const Space& space, double percent);
// What is in an archive of the set: its manifest tells only how long the archive itself is.
std::uint64_t unpacked_size(Server& server, const StoredSet& stored, const std::string& archive);
// Where PostgreSQL keeps its files; empty when it is not told by a mount.
std::string database_folder(const Work& work);
// Error(refused) when the server is older than the one that the dumps are of.
void require_server(Postgres& postgres, const std::vector<SetDatabase>& databases);

}  // namespace ballast
