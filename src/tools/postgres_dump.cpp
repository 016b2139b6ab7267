#include "tools/postgres_dump.h"

#include <fmt/format.h>

#include "base/text.h"
#include "tools/held_session.h"

namespace ballast {

namespace {

constexpr Duration lock_patience = std::chrono::seconds(60);

// Only a superuser may read the passwords of roles. Where a service manages the server nobody is
// one; the server of a stack has one, and roles without passwords would be half of them.
std::vector<std::string> globals_argv(Postgres& postgres) {
  std::vector<std::string> argv{"pg_dumpall", "--globals-only", "--no-password", "-l",
                                postgres.maintenance_database()};
  if (postgres.clients().come_with_server()) return argv;
  const auto answer = postgres.maintenance_query("SHOW is_superuser");
  if (answer.empty() || answer.front().at(0) != "on") argv.emplace_back("--no-role-passwords");
  return argv;
}

}  // namespace

void dump_database(Postgres& postgres, const std::string& database, const std::string& snapshot,
                   const std::string& session, Duration deadline,
                   const PostgresClients::Sink& output) {
  const auto argv = dump_argv(database, snapshot, lock_patience);
  const auto result = postgres.clients().stream({argv, session_named(session), deadline}, output);
  require_good(result, fmt::format("pg_dump of {}", printable(database)));
}

void dump_globals(Postgres& postgres, Duration deadline, const PostgresClients::Sink& output) {
  const auto result = postgres.clients().stream(
      {globals_argv(postgres), session_named("ballast"), deadline}, output);
  require_good(result, "pg_dumpall --globals-only");
}

int end_sessions(Postgres& postgres, const std::string& session) {
  const auto rows = postgres.maintenance_query(
      fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
                  "{} AND pid <> pg_backend_pid()",
                  quoted_literal(session)));
  return static_cast<int>(rows.size());
}

}  // namespace ballast
