// The PostgreSQL server of a stack, in a container of its own or elsewhere.
#pragma once

#include <optional>

#include "live/server.h"
#include "live/stack.h"
#include "model/policy.h"
#include "tools/postgres.h"

namespace ballast {

// That of `database: {url-file: …}`. Error(refused) or Error(usage) when the file is not as it
// should be; the server is not asked yet.
Postgres outside_server(Server& server, const Policy& policy);

// That one, or the one in the stack's own container; nullopt: its service does not run.
std::optional<Postgres> server_that_runs(Server& server, const Stack& stack,
                                         const Running& running);

}  // namespace ballast
