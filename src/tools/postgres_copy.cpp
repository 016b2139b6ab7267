#include "tools/postgres_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "tools/postgres_swap.h"

namespace ballast {

namespace {

constexpr Duration longest_copy = std::chrono::hours(6);
constexpr Duration longest_change = std::chrono::minutes(1);
constexpr Duration longest_end = std::chrono::seconds(30);
constexpr Duration pause = std::chrono::milliseconds(100);
constexpr Duration pause_between_tries = std::chrono::seconds(1);
constexpr int tries = 5;
constexpr int first_with_strategy = 15;

bool somebody_came_in(const Error& error) {
  return error.message().find("being accessed by other users") != std::string::npos;
}

// Statements that give the copy what the catalogue says of the other one, in order. A setting that
// is a list of names is taken from the session, where it can be set as it is written down.
std::string question_about_traits(const std::string& from, const std::string& to) {
  constexpr std::string_view text = R"(
WITH one AS (SELECT oid, datconnlimit, datacl, datdba FROM pg_database WHERE datname = {from}),
setting AS (
  SELECT CASE WHEN s.setrole = 0 THEN format('ALTER DATABASE %I', {to})
              ELSE format('ALTER ROLE %I IN DATABASE %I', pg_get_userbyid(s.setrole), {to}) END AS whose,
         split_part(line, '=', 1) AS name, substr(line, strpos(line, '=') + 1) AS value
  FROM one JOIN pg_db_role_setting s ON s.setdatabase = one.oid, unnest(s.setconfig) AS line)
SELECT statement FROM (
  SELECT 1 AS place, format('ALTER DATABASE %I CONNECTION LIMIT %s', {to}, datconnlimit) AS statement
    FROM one WHERE datconnlimit >= 0
  UNION ALL
  SELECT 2, format('COMMENT ON DATABASE %I IS %L', {to}, shobj_description(oid, 'pg_database'))
    FROM one WHERE shobj_description(oid, 'pg_database') IS NOT NULL
  UNION ALL
  SELECT 3, format('REVOKE ALL ON DATABASE %I FROM PUBLIC, %I', {to}, pg_get_userbyid(datdba))
    FROM one WHERE datacl IS NOT NULL
  UNION ALL
  SELECT 4, format('GRANT %s ON DATABASE %I TO %s%s', a.privilege_type, {to},
                   CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                   CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM one, aclexplode(one.datacl) AS a
  UNION ALL
  SELECT 5, CASE WHEN name IN ('search_path', 'temp_tablespaces', 'local_preload_libraries',
                               'session_preload_libraries')
                 THEN format('SELECT set_config(%L, %L, false); %s SET %s FROM CURRENT', name, value, whose,
                             name)
                 ELSE format('%s SET %s TO %L', whose, name, value) END
    FROM setting) AS all_of_them
ORDER BY place)";
  return fmt::format(fmt::runtime(text), fmt::arg("from", quoted_literal(from)),
                     fmt::arg("to", quoted_literal(to)));
}

// Whatever it is, also a worker of an extension: who comes back by itself does not get in.
void end_all_in(Postgres& postgres, const std::string& database) {
  postgres.maintenance_query(
      fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {} AND "
                  "pid <> pg_backend_pid()",
                  quoted_literal(database)));
}

struct ServerFacts {
  int major = 0;
  // Of all databases that are there. A newer system library orders texts by rules of another
  // version: the server refuses such a template unless it is told to keep the version that the
  // database has.
  std::map<std::string, std::string> collation_versions;
};

// By way of JSON, since older servers have no such column.
constexpr const char* question_about_server =
    "SELECT datname, coalesce(to_jsonb(d) ->> 'datcollversion', ''), "
    "current_setting('server_version') FROM pg_database d";

ServerFacts facts_from(const Postgres::Rows& rows) {
  ServerFacts facts;
  for (const auto& row : rows) {
    facts.collation_versions[row.at(0)] = row.at(1);
    facts.major = major_version(row.at(2));
  }
  return facts;
}

std::string question_about_sessions(const std::vector<std::string>& databases) {
  return fmt::format(
      "SELECT coalesce(nullif(application_name, ''), 'a session'), "
      "coalesce(host(client_addr), 'a local socket'), coalesce(usename, '?'), datname "
      "FROM pg_stat_activity WHERE datname IN ({}) AND pid <> pg_backend_pid() "
      "AND backend_type = 'client backend' ORDER BY datname, backend_start",
      quoted_literals(databases));
}

std::string line_about_session(const std::vector<std::string>& row) {
  return printable(
      fmt::format("{} from {} as {} in {}", row.at(0), row.at(1), row.at(2), row.at(3)));
}

std::vector<std::string> sources_of(const std::vector<WholeCopy>& copies) {
  std::vector<std::string> names;
  for (const WholeCopy& copy : copies) names.push_back(copy.from);
  return names;
}

// One transaction.
std::string opening(const std::vector<std::string>& databases) {
  std::vector<std::string> statements;
  for (const std::string& name : databases)
    statements.push_back(
        fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS true", quoted_identifier(name)));
  return join(statements, "; ");
}

void create(Postgres& postgres, Clock& clock, const WholeCopy& copy, const std::string& sql) {
  for (int attempt = 1;; ++attempt) try {
      postgres.query(postgres.maintenance_database(), sql, longest_copy);
      return;
    } catch (const Error& error) {
      if (attempt == tries || !somebody_came_in(error)) throw;
      clock.sleep(pause_between_tries);
      close_databases(postgres, {copy.from});
      end_all_in(postgres, copy.from);
    }
}

Postgres::Rows sessions_in(Postgres& postgres, const std::vector<std::string>& databases) {
  return postgres.maintenance_query(question_about_sessions(databases));
}

// Who had to be ended.
Postgres::Rows wait_until_left(Postgres& postgres, Clock& clock,
                               const std::vector<std::string>& databases, Postgres::Rows inside,
                               Duration patience) {
  const Monotonic deadline = clock.monotonic() + patience;
  while (!inside.empty() && clock.monotonic() < deadline) {
    clock.sleep(pause);
    inside = sessions_in(postgres, databases);
  }
  if (!inside.empty()) close_databases(postgres, databases);
  return inside;
}

// Settings may hold secrets: they are not handed over in argv.
void open_and_give_traits(Postgres& postgres, const std::vector<WholeCopy>& copies) {
  std::vector<std::string> statements{opening(sources_of(copies))};
  for (const WholeCopy& copy : copies)
    statements.push_back(question_about_traits(copy.from, copy.to));
  std::vector<std::string> traits;
  for (const Postgres::Rows& rows :
       postgres.query_in_turn(postgres.maintenance_database(), statements, longest_change))
    for (const auto& row : rows) traits.push_back(row.at(0));
  if (!traits.empty()) postgres.run_quietly(join(traits, ";\n") + ";\n");
}

}  // namespace

void open_databases(Postgres& postgres, const std::vector<std::string>& databases) {
  if (!databases.empty())
    postgres.query(postgres.maintenance_database(), opening(databases), longest_change);
}

std::string trouble_with_copying(Postgres& postgres, const std::vector<std::string>& databases) {
  const std::string& own = postgres.maintenance_database();
  if (std::ranges::find(databases, own) != databases.end())
    return fmt::format("no other database than {} lets us in, and it cannot be closed from within",
                       printable(own));
  for (const auto& row : postgres.maintenance_query(fmt::format(
           "SELECT r.rolname, r.rolsuper OR r.rolcreatedb, d.datname, "
           "r.rolsuper OR pg_has_role(r.oid, d.datdba, 'USAGE') FROM pg_roles r, pg_database d "
           "WHERE r.rolname = current_user AND d.datname IN ({})",
           quoted_literals(databases)))) {
    if (row.at(1) != "t")
      return fmt::format("the role {} may not create databases", printable(row.at(0)));
    if (row.at(3) != "t")
      return fmt::format("the role {} does not own the database {}", printable(row.at(0)),
                         printable(row.at(2)));
  }
  return {};
}

void copy_databases_whole(Postgres& postgres, Clock& clock, const std::vector<WholeCopy>& copies,
                          Duration patience, const CopyingTold& told) {
  if (copies.empty()) return;
  const auto sources = sources_of(copies);
  auto answers =
      close_and_ask(postgres, sources, {question_about_sessions(sources), question_about_server});
  for (const auto& row : wait_until_left(postgres, clock, sources, answers.front(), patience))
    told.ended(line_about_session(row));
  ServerFacts facts = facts_from(answers.back());
  for (const WholeCopy& copy : copies) {
    told.begins(copy);
    if (facts.collation_versions.contains(copy.to)) drop_database(postgres, copy.to);
    create(postgres, clock, copy,
           creation_of(copy, facts.major, facts.collation_versions[copy.from]));
  }
  open_and_give_traits(postgres, copies);
}

std::string creation_of(const WholeCopy& copy, int major, const std::string& collation_version) {
  std::string options = major >= first_with_strategy ? " STRATEGY file_copy" : "";
  if (!collation_version.empty())
    options += " COLLATION_VERSION " + quoted_literal(collation_version);
  return fmt::format("CREATE DATABASE {} OWNER {} TEMPLATE {}{} ALLOW_CONNECTIONS false",
                     quoted_identifier(copy.to), quoted_identifier(copy.owner),
                     quoted_identifier(copy.from), options);
}

void end_statements_about(Postgres& postgres, Clock& clock, const std::vector<std::string>& names) {
  const std::string sql = fmt::format(
      "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
      "AND state = 'active' AND EXISTS (SELECT FROM unnest(ARRAY[{}]::text[]) AS name WHERE "
      "strpos(query, name) > 0)",
      quoted_literals(names));
  const Monotonic deadline = clock.monotonic() + longest_end;
  while (!postgres.maintenance_query(sql).empty()) {
    if (clock.monotonic() >= deadline)
      throw Error(Kind::failed, "PostgreSQL still works on copies that were cut off",
                  "see on what: SELECT pid, query FROM pg_stat_activity");
    clock.sleep(pause);
  }
}

std::vector<DatabaseStand> stand_of(Postgres& postgres, const std::vector<std::string>& databases) {
  const auto rows = postgres.maintenance_query(
      fmt::format("SELECT datname, pg_get_userbyid(datdba), pg_database_size(oid) "
                  "FROM pg_database WHERE datname IN ({})",
                  quoted_literals(databases)));
  std::vector<DatabaseStand> found;
  for (const std::string& name : databases) {
    const auto row = std::ranges::find_if(
        rows, [&](const std::vector<std::string>& fields) { return fields.at(0) == name; });
    if (row == rows.end())
      throw Error(Kind::failed, fmt::format("there is no database {}", printable(name)));
    found.push_back({.owner = row->at(1), .bytes = std::stoull(row->at(2))});
  }
  return found;
}

}  // namespace ballast
