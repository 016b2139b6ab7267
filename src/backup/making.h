// Makes one backup set in incoming/: attachments into the pool first, then each database through a
// held snapshot, then what else lies in the volumes. Nothing of it counts before finish().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backup/dump_proof.h"
#include "backup/live_filestore.h"
#include "backup/set_folder.h"
#include "backup/store.h"
#include "live/stack.h"
#include "operation/progress.h"
#include "tools/postgres.h"

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

  // Each returns a line for the person who watches. begin(): Error(refused) when the database
  // service does not run or there is no space, Error(usage) for a database that is not there. What
  // goes wrong later with the roles, one database or volume makes the set incomplete, by name; what
  // then keeps it from being finished is an Error.
  std::string begin();
  // False in a recovery, which has nothing of what was gathered.
  bool has_begun() const { return !set_.id.empty(); }
  std::string take_files();
  std::string take_databases();
  std::string take_volumes();
  BackupSet finish();

 private:
  void keep_stack_files();
  void find_databases();
  void take_globals();
  void copy_databases();
  void place_attachments();
  void miss_release();
  void take_volume(const docker::Mount& mount);
  void archive_filestore();
  void require_dumps();
  // What is thrown while `part` is taken makes the set incomplete, but for an interruption.
  void note_failure(const std::string& part, const std::function<void()>& work);
  void phase(const std::string& name);

  Server& server_;
  const Stack& stack_;
  const Running& running_;
  std::string id_;
  SetWanted wanted_;
  Progress& progress_;
  SetStore store_;
  SetFolder folder_;
  BackupSet set_;
  std::unique_ptr<Postgres> postgres_;
  std::unique_ptr<LiveFilestore> filestore_;  // nullptr: no attachments
  std::unique_ptr<DumpProof> proof_;
  Monotonic phase_began_{};
};

// What a SetMaker that was cut off left behind.
void sweep_set(Server& server, const Stack& stack, const Running& running, const std::string& id);

}  // namespace ballast
