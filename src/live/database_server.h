// The PostgreSQL server of a stack that has none in a container of its own.
#pragma once

#include "live/server.h"
#include "model/policy.h"
#include "tools/postgres.h"

namespace ballast {

// That of `database: {url-file: …}`. Error(refused) or Error(usage) when the file is not as it
// should be; the server is not asked yet.
Postgres outside_server(Server& server, const Policy& policy);

}  // namespace ballast
