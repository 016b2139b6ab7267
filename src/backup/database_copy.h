// One database into a set, through a snapshot that is held: the attachments that it names are in
// the pool before its dump is written.
#pragma once

#include <string>
#include <vector>

#include "backup/dump_proof.h"
#include "backup/live_filestore.h"
#include "backup/set_folder.h"
#include "operation/progress.h"
#include "tools/postgres_dump.h"

namespace ballast {

// What a copy is made of, and where it goes.
struct CopyWays {
  Host& host;
  Postgres& postgres;
  LiveFilestore* filestore;  // nullptr: the stack keeps no attachments in files
  SetFolder& folder;
  DumpProof& proof;
  Progress& progress;
  std::string session;                             // how the server is to know us
  const std::vector<std::string>& counted_tables;  // whose rows the manifest counts
};

// What was found on the way.
struct Copied {
  std::vector<std::string> reasons;             // why the set is incomplete
  std::vector<std::string> remarks;             // what else a person should know
  std::vector<AttachmentName> damaged_in_pool;  // and not to be had from production
};

// Writes the dump and the list of attachments, and what is known of both into `database`. An Error
// when it cannot be dumped whole.
void copy_database(const CopyWays& ways, SetDatabase& database, Copied& copied);

}  // namespace ballast
