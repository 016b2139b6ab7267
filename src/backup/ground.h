// What a restore stands on where nothing but backups is left: the stack's files, its containers and
// volumes, a database server that answers, the roles that own what is restored.
#pragma once

#include <string>

#include "backup/store.h"
#include "live/work.h"

namespace ballast {

// Whether the stack has its compose file.
bool has_stack_files(Server& server, const std::string& stack);
// Compose file, .env and policy as the set has them.
void put_stack_files(Server& server, const std::string& stack, const StoredSet& stored);

// Whether the release or its database has no container.
bool lacks_containers(const Work& work);
// Makes containers, volumes and networks, none of which runs but the database service's, and waits
// until that answers. What it made stays, whatever becomes of the restore: it holds nothing yet.
void lay_ground(Work& work, const StoredSet& stored, Progress& progress);

// The roles of the set that the server lacks, with their settings and memberships; those that are
// there keep what they have.
void restore_roles(Postgres& postgres, Server& server, const StoredSet& stored);
// Pure: what of pg_dumpall's text belongs to roles that are not in `existing`.
std::string statements_for_missing_roles(const std::string& globals,
                                         const std::set<std::string>& existing);

}  // namespace ballast
