// Makes one backup set in incoming/: attachments into the pool first, then each database through a
// held snapshot, then what else lies in the volumes. Nothing of it counts before finish().
#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "backup/pool.h"
#include "backup/store.h"
#include "host/archives.h"
#include "live/stack.h"
#include "live/workbench.h"
#include "operation/progress.h"
#include "tools/postgres_dump.h"

namespace ballast {

struct SetWanted {
  BackupKind kind = BackupKind::manual;
  std::string note;
  std::string operator_name;
  std::vector<std::string> databases;  // empty: all
};

class SetMaker {
 public:
  // `operation` becomes the set's id.
  SetMaker(Server& server, const Stack& stack, const Running& running, std::string operation,
           const SetWanted& wanted, Progress& progress);
  ~SetMaker();

  // Each returns a line for the person who watches. begin(): Error(refused) when the database
  // service does not run, Error(usage) for a database that is not there. What goes wrong later with
  // one database or volume makes the set incomplete, by name; a full disk is an Error.
  std::string begin();
  std::string take_files();
  std::string take_databases();
  std::string take_volumes();
  BackupSet finish();

 private:
  void keep_stack_files();
  void find_databases();
  void look_at_filestore();
  PoolCount take_new_files(const SetDatabase& database);
  void take_database(SetDatabase& database);
  bool dump_through(HeldSnapshot& snapshot, SetDatabase& database,
                    std::vector<AttachmentName>& names, bool last_try);
  bool settle_attachments(SetDatabase& database, std::vector<AttachmentName>& names);
  void dump(const HeldSnapshot& snapshot, SetDatabase& database);
  void take_globals();
  void take_volume(const docker::Mount& mount);
  void archive_filestore();
  void archive_attachments(const SetDatabase& database, ArchiveWriter& archive,
                           const Ownership& folders);
  void read_back();
  void record(const std::string& path, const WrittenFile& file);
  void put(const std::string& path, std::string_view text);
  std::string filestore_of(const std::string& database) const;
  void phase(const std::string& name);

  Server& server_;
  const Stack& stack_;
  const Running& running_;
  std::string id_;
  SetWanted wanted_;
  Progress& progress_;
  SetStore store_;
  std::string folder_;
  BackupSet set_;
  std::unique_ptr<Postgres> postgres_;
  std::unique_ptr<Pool> pool_;
  std::string filestore_;  // folder on this host; empty: none
  std::future<std::vector<std::string>> read_back_;
  Monotonic phase_began_{};
};

// What a SetMaker that was cut off left behind.
void sweep_set(Server& server, const Stack& stack, const Running& running, const std::string& id);

}  // namespace ballast
