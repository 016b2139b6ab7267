#include "live/database_server.h"

#include "tools/postgres_outside.h"

namespace ballast {

Postgres outside_server(Server& server, const Policy& policy) {
  return postgres_outside(server.host, server.paths.at(policy.database_url_file));
}

}  // namespace ballast
