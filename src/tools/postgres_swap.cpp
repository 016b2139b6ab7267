#include "tools/postgres_swap.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view staging_role = "ballast_staging";
constexpr Duration longest_change = std::chrono::minutes(10);
constexpr int closing_tries = 50;

std::set<std::string> names_from(Postgres& postgres, const std::string& sql) {
  std::set<std::string> names;
  for (const auto& row : postgres.maintenance_query(sql)) names.insert(row.at(0));
  return names;
}

void change(Postgres& postgres, const std::string& sql) {
  postgres.query(postgres.maintenance_database(), sql, longest_change);
}

// psql runs the statements of one -c in one transaction.
void change_together(Postgres& postgres, const std::vector<std::string>& statements) {
  if (!statements.empty()) change(postgres, join(statements, "; "));
}

std::string rename(const std::string& from, const std::string& to) {
  return fmt::format("ALTER DATABASE {} RENAME TO {}", quoted_identifier(from),
                     quoted_identifier(to));
}

std::string closed(const std::string& name) {
  return fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS false", quoted_identifier(name));
}

void open(const std::string& name, const std::string& owner, std::vector<std::string>& statements) {
  const std::string quoted = quoted_identifier(name);
  if (!owner.empty())
    statements.push_back(
        fmt::format("ALTER DATABASE {} OWNER TO {}", quoted, quoted_identifier(owner)));
  statements.push_back(
      fmt::format("ALTER DATABASE {} IS_TEMPLATE false ALLOW_CONNECTIONS true", quoted));
}

void make_staging_role(Postgres& postgres) {
  if (role_names(postgres).contains(std::string(staging_role))) return;
  change(postgres, fmt::format("CREATE ROLE {} NOLOGIN", staging_role));
}

std::string creation(const NewDatabase& wanted, std::string_view owner) {
  return fmt::format(
      "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}",
      quoted_identifier(wanted.name), quoted_identifier(owner), quoted_literal(wanted.encoding),
      quoted_literal(wanted.collate), quoted_literal(wanted.ctype));
}

// A row for each.
std::string end_of_connections(const std::vector<std::string>& names) {
  return fmt::format(
      "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ({}) AND "
      "pid <> pg_backend_pid() AND backend_type = 'client backend'",
      quoted_literals(names));
}

std::vector<std::string> live_names(const std::vector<DatabaseSwap>& swaps) {
  std::vector<std::string> names;
  for (const DatabaseSwap& swap : swaps) {
    names.push_back(swap.names.live);
    if (!swap.names.incoming.empty()) names.push_back(swap.names.incoming);
  }
  return names;
}

}  // namespace

std::string connected_role(Postgres& postgres) {
  const auto answer = postgres.maintenance_query("SELECT current_user");
  return answer.empty() ? std::string() : answer.front().at(0);
}

std::string server_version(Postgres& postgres) {
  const auto answer = postgres.maintenance_query("SELECT current_setting('server_version')");
  return answer.empty() ? std::string() : answer.front().at(0);
}

std::set<std::string> role_names(Postgres& postgres) {
  return names_from(postgres, "SELECT rolname FROM pg_roles");
}

std::set<std::string> database_names(Postgres& postgres) {
  return names_from(postgres, "SELECT datname FROM pg_database");
}

void create_staging_database(Postgres& postgres, const NewDatabase& wanted) {
  make_staging_role(postgres);
  change(postgres, creation(wanted, staging_role) + " IS_TEMPLATE true");
}

void create_database(Postgres& postgres, const NewDatabase& wanted, const std::string& owner) {
  change(postgres, creation(wanted, owner));
}

void drop_database(Postgres& postgres, const std::string& name) {
  if (!database_names(postgres).contains(name)) return;
  postgres.query_in_turn(postgres.maintenance_database(),
                         {fmt::format("ALTER DATABASE {} IS_TEMPLATE false ALLOW_CONNECTIONS false",
                                      quoted_identifier(name)),
                          end_of_connections({name}),
                          fmt::format("DROP DATABASE IF EXISTS {}", quoted_identifier(name))},
                         longest_change);
}

void drop_staging_role(Postgres& postgres) {
  if (!role_names(postgres).contains(std::string(staging_role))) return;
  const auto owned = postgres.maintenance_query(
      fmt::format("SELECT 1 FROM pg_database WHERE pg_get_userbyid(datdba) = '{}'", staging_role));
  if (owned.empty()) change(postgres, fmt::format("DROP ROLE {}", staging_role));
}

std::vector<std::string> present_databases(Postgres& postgres,
                                           const std::vector<std::string>& names) {
  const auto existing = database_names(postgres);
  std::vector<std::string> present;
  for (const std::string& name : names)
    if (existing.contains(name)) present.push_back(name);
  return present;
}

std::vector<Postgres::Rows> close_and_ask(Postgres& postgres, const std::vector<std::string>& names,
                                          const std::vector<std::string>& questions) {
  std::vector<std::string> closing;
  for (const std::string& name : names) closing.push_back(closed(name));
  std::vector<std::string> statements{join(closing, "; ")};
  statements.insert(statements.end(), questions.begin(), questions.end());
  auto answers =
      postgres.query_in_turn(postgres.maintenance_database(), statements, longest_change);
  answers.erase(answers.begin());
  return answers;
}

void close_databases(Postgres& postgres, const std::vector<std::string>& names) {
  const auto present = present_databases(postgres, names);
  if (present.empty()) return;
  auto inside = close_and_ask(postgres, present, {end_of_connections(present)}).front();
  for (int attempt = 1; attempt < closing_tries && !inside.empty(); ++attempt)
    inside = postgres.maintenance_query(end_of_connections(present));
  if (inside.empty()) return;
  throw Error(Kind::failed, fmt::format("somebody stays connected to {}", join(present, ", ")),
              "see who: SELECT * FROM pg_stat_activity");
}

bool is_swapped(const NameSwap& swap, const std::set<std::string>& existing) {
  return swap.incoming.empty() ? !existing.contains(swap.live) : !existing.contains(swap.incoming);
}

std::vector<std::string> swap_statements(const std::vector<DatabaseSwap>& swaps,
                                         const std::set<std::string>& existing) {
  std::vector<std::string> statements;
  for (const DatabaseSwap& swap : swaps) {
    if (is_swapped(swap.names, existing)) continue;
    if (existing.contains(swap.names.live))
      statements.push_back(rename(swap.names.live, swap.names.parked));
    if (!swap.names.incoming.empty())
      statements.push_back(rename(swap.names.incoming, swap.names.live));
  }
  for (const DatabaseSwap& swap : swaps)
    if (!swap.names.incoming.empty()) open(swap.names.live, swap.owner, statements);
  return statements;
}

std::vector<std::string> swap_back_statements(const std::vector<DatabaseSwap>& swaps,
                                              const std::set<std::string>& existing) {
  std::vector<std::string> statements;
  for (const DatabaseSwap& swap : swaps) {
    const bool swapped = is_swapped(swap.names, existing);
    const bool has_parked = existing.contains(swap.names.parked);
    const bool has_live = existing.contains(swap.names.live);
    if (swapped && has_live && !swap.names.incoming.empty())
      statements.push_back(rename(swap.names.live, swap.names.incoming));
    if (swapped && has_parked) statements.push_back(rename(swap.names.parked, swap.names.live));
    if (swapped ? has_parked : has_live) open(swap.names.live, {}, statements);
  }
  return statements;
}

void swap_databases(Postgres& postgres, const std::vector<DatabaseSwap>& swaps) {
  const auto existing = database_names(postgres);
  bool all_swapped = true;
  for (const DatabaseSwap& swap : swaps)
    all_swapped = all_swapped && is_swapped(swap.names, existing);
  if (all_swapped) return;
  close_databases(postgres, live_names(swaps));
  change_together(postgres, swap_statements(swaps, existing));
}

void swap_databases_back(Postgres& postgres, const std::vector<DatabaseSwap>& swaps) {
  const auto existing = database_names(postgres);
  bool any_swapped = false;
  for (const DatabaseSwap& swap : swaps)
    any_swapped = any_swapped || is_swapped(swap.names, existing);
  if (any_swapped) close_databases(postgres, live_names(swaps));
  change_together(postgres, swap_back_statements(swaps, existing));
}

}  // namespace ballast
