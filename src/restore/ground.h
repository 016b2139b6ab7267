// What a restore stands on where nothing but backups is left: the stack's files, its containers and
// volumes, a database server that answers, the roles that own what is restored.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backup/store.h"
#include "live/work.h"

namespace ballast {

// Whether the stack has its compose file.
bool has_stack_files(Server& server, const std::string& stack);
// Compose file, .env and policy as a set has them, for a stack that lacks them. They go again with
// this object, and what they replaced comes back, unless keep() was called or containers were made
// of them. Only while the stack's lock is held.
class StackFiles {
 public:
  StackFiles(Server& server, const std::string& stack);
  ~StackFiles();
  StackFiles(const StackFiles&) = delete;
  StackFiles& operator=(const StackFiles&) = delete;

  // Error(refused), and nothing is written, when one is not as the manifest says.
  void put(const StoredSet& stored);
  void keep() { before_.clear(); }

 private:
  std::set<std::string> containers() const;
  void take_back();

  Server& server_;
  std::string folder_;
  bool had_folder_;
  std::string project_;                                       // of what was put
  std::set<std::string> containers_before_;                   // their ids
  std::map<std::string, std::optional<std::string>> before_;  // by path: what was there
};

// Whether the release or its database has no container.
bool lacks_containers(const Work& work);
// Whether a service has a container that nobody ever tried to start: a restore made it that did not
// come to its end.
bool has_waiting_container(const Work& work);
// Makes containers, volumes and networks, none of which runs but the database service's, and waits
// until that answers. What it made stays, whatever becomes of the restore. Returns by name the
// volumes of the set in which nobody's files lie: there were none before, or they were made for an
// earlier restore, and the release never ran since.
std::vector<std::string> lay_ground(Work& work, const StoredSet& stored, Progress& progress);

// The roles of the set that the server lacks, with their settings and memberships; those that are
// there keep what they have.
void restore_roles(Postgres& postgres, Server& server, const StoredSet& stored);
// Pure: what of pg_dumpall's text belongs to roles that are not in `existing`.
std::string statements_for_missing_roles(const std::string& globals,
                                         const std::set<std::string>& existing);

}  // namespace ballast
