// Databases that stand beside the live ones: made for a restore, changed in by rename, parked,
// dropped. Whatever runs on the server must not take them for its own meanwhile: one that is being
// filled is a template and belongs to a role of ours, one that is parked refuses connections.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/name_swap.h"
#include "tools/postgres.h"

namespace ballast {

struct NewDatabase {
  std::string name;
  std::string encoding;
  std::string collate;
  std::string ctype;
};

struct DatabaseSwap {
  NameSwap names;
  std::string owner;  // of what is live after it
};

// Whose rights we have.
std::string connected_role(Postgres& postgres);
std::string server_version(Postgres& postgres);  // "15.14"
// The roles that are there, and the databases, templates and closed ones too.
std::set<std::string> role_names(Postgres& postgres);
std::set<std::string> database_names(Postgres& postgres);
// Those of `names` that are there.
std::vector<std::string> present_databases(Postgres& postgres,
                                           const std::vector<std::string>& names);

// Empty, marked template, owned by the role that make_staging_role() makes. Error(failed) with
// PostgreSQL's words when the role may not, or the name is taken.
void create_staging_database(Postgres& postgres, const NewDatabase& wanted);
// An ordinary one, of a role that exists.
void create_database(Postgres& postgres, const NewDatabase& wanted, const std::string& owner);
// Absent is fine. Ends what is connected.
void drop_database(Postgres& postgres, const std::string& name);
// The role goes once nothing belongs to it any more.
void drop_staging_role(Postgres& postgres);

// From now on nobody gets into these, and nobody is in. Those that are absent are passed over.
// Error(failed) when somebody stays connected.
void close_databases(Postgres& postgres, const std::vector<std::string>& names);
// The first half of it, for databases that are there; then these questions, the rows of each.
std::vector<Postgres::Rows> close_and_ask(Postgres& postgres, const std::vector<std::string>& names,
                                          const std::vector<std::string>& questions);

// All of them in one transaction, once nobody is connected: before it or after it, never between.
// What has been swapped already stays; so a second call completes the first. Error(failed) with
// PostgreSQL's words.
void swap_databases(Postgres& postgres, const std::vector<DatabaseSwap>& swaps);
// The way back; `owners` are of what is live again.
void swap_databases_back(Postgres& postgres, const std::vector<DatabaseSwap>& swaps);
bool is_swapped(const NameSwap& swap, const std::set<std::string>& existing);

// Pure: what the calls above run, in order, given the databases that there are.
std::vector<std::string> swap_statements(const std::vector<DatabaseSwap>& swaps,
                                         const std::set<std::string>& existing);
std::vector<std::string> swap_back_statements(const std::vector<DatabaseSwap>& swaps,
                                              const std::set<std::string>& existing);

}  // namespace ballast
