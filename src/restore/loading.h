// Plain SQL from elsewhere, loaded into an empty database that nobody else sees yet.
#pragma once

#include <string>

#include "backup/client_tools.h"
#include "tools/postgres.h"

namespace ballast {

struct SqlFile {
  std::string folder;
  std::string name;
  bool unaccent = false;    // it makes that extension
  std::string dumped_from;  // "17.2 (Debian 17.2-1)"
};

// All that it makes belongs to `owner`, then ANALYZE. Error(failed) with the first thing that
// PostgreSQL refuses. `key`: random; psql's own commands are locked with it while it runs.
void load_sql(Postgres& postgres, ClientTools& loader, const SqlFile& file,
              const std::string& database, const std::string& owner, const std::string& key);

// What a load that was cut off left in the server. Absent is fine.
void drop_loading_role(Postgres& postgres);

}  // namespace ballast
