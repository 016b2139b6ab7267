// Dumps as streams, never a file where the clients run.
#pragma once

#include <string>

#include "tools/postgres.h"

namespace ballast {

// pg_dump -Fc of what the snapshot sees. Error(failed) unless pg_dump ended with 0.
void dump_database(Postgres& postgres, const std::string& database, const std::string& snapshot,
                   const std::string& session, Duration deadline,
                   const PostgresClients::Sink& output);

// pg_dumpall --globals-only: roles with their password hashes, settings.
void dump_globals(Postgres& postgres, Duration deadline, const PostgresClients::Sink& output);

// Ends the sessions that a killed Ballast left in the server. How many there were.
int end_sessions(Postgres& postgres, const std::string& session);

}  // namespace ballast
