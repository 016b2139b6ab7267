#include "tools/postgres.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace ballast {

namespace {

constexpr char field_separator = '\x1f';
constexpr char row_separator = '\x1e';
constexpr std::string_view of_users =
    "WHERE NOT datistemplate AND datallowconn AND datname <> 'postgres' ORDER BY 1";
constexpr Duration between_tries = std::chrono::seconds(1);
constexpr const char* has_odoo_table = "SELECT to_regclass('public.ir_module_module') IS NOT NULL";

// psql goes on inside a container when nobody waits for it any more; its query ends with us.
std::vector<std::string> session_environment(Duration deadline) {
  return {
      fmt::format("PGOPTIONS=-c statement_timeout={}", std::max<long long>(deadline.count(), 1))};
}

bool is_closed_to_us(const Error& error) {
  return error.message().find("does not exist") != std::string::npos ||
         error.message().find("permission denied for database") != std::string::npos;
}

}  // namespace

Postgres::Postgres(std::unique_ptr<PostgresClients> clients) : clients_(std::move(clients)) {}

Postgres::Postgres(Engine& engine, const docker::Container& container)
    : Postgres(std::make_unique<ContainerClients>(engine, container)) {}

void Postgres::wait_for_room(Clock& clock, Duration patience) {
  clock_ = &clock;
  patience_ = patience;
}

PostgresClients::Result Postgres::run(const PostgresClients::Call& call) {
  const Monotonic deadline = clock_ != nullptr ? clock_->monotonic() + patience_ : Monotonic{};
  PostgresClients::Result result = clients_->run(call);
  while (clock_ != nullptr && result.status != 0 && has_no_room(result.errors) &&
         clock_->monotonic() < deadline) {
    clock_->sleep(between_tries);
    result = clients_->run(call);
  }
  return result;
}

std::vector<std::vector<std::string>> Postgres::query(const std::string& database,
                                                      const std::string& sql, Duration deadline) {
  const auto result = run({psql_argv(database, sql), session_environment(deadline), deadline});
  if (result.status == 0) return parse_rows(result.output);
  const std::string said(trim(result.errors.empty() ? result.output : result.errors));
  const std::string advice = advice_on(said);
  throw Error(
      Kind::failed,
      fmt::format("PostgreSQL refuses a query in {}: {}", printable(database), printable(said)),
      advice.empty() ? clients_->hint() : advice);
}

const std::string& Postgres::maintenance_database() {
  if (maintenance_.empty()) maintenance_query("SELECT 1");
  return maintenance_;
}

std::vector<std::vector<std::string>> Postgres::maintenance_query(const std::string& sql) {
  if (!maintenance_.empty()) return query(maintenance_, sql);
  for (const std::string& database : {std::string("postgres"), clients_->database()}) try {
      if (database.empty()) continue;
      auto rows = query(database, sql);
      maintenance_ = database;
      return rows;
    } catch (const Error& error) {
      if (!is_closed_to_us(error)) throw;
    }
  maintenance_ = "template1";
  return query(maintenance_, sql);
}

void Postgres::run_quietly(const std::string& statements) {
  const auto result = clients_->feed({.argv = {"psql", "-X", "-q", "-w", "-1", "-v",
                                               "ON_ERROR_STOP=1", "-d", maintenance_database()},
                                      .environment = {},
                                      .deadline = std::chrono::minutes(1)},
                                     statements);
  if (result.status != 0)
    throw Error(Kind::failed, fmt::format("PostgreSQL refuses the roles: {}",
                                          printable(shortened(trim(result.errors), 300))));
}

void Postgres::require_clients() {
  if (clients_->come_with_server()) return;
  const auto told = clients_->run({{"pg_dump", "--version"}, {}, std::chrono::seconds(10)});
  const int ours = major_version(told.output);
  const auto answer = maintenance_query("SHOW server_version");
  const int theirs = major_version(answer.empty() ? "" : answer.front().at(0));
  if (ours >= theirs) return;
  throw Error(
      Kind::refused,
      fmt::format("pg_dump {} on this host cannot read the server's PostgreSQL {}", ours, theirs),
      fmt::format("apt-get install postgresql-client-{0}; where Debian has none, from "
                  "https://apt.postgresql.org",
                  theirs));
}

// One session for each database: PostgreSQL shows the tables of the connected one only.
std::vector<Database> Postgres::databases() {
  std::vector<Database> found;
  for (const auto& row :
       maintenance_query(fmt::format("SELECT datname FROM pg_database {}", of_users))) {
    const auto answer = query(row.at(0), has_odoo_table);
    found.push_back({.name = row.at(0), .odoo = !answer.empty() && answer.front().at(0) == "t"});
  }
  return found;
}

std::vector<DatabaseFacts> Postgres::database_facts() {
  std::vector<DatabaseFacts> found;
  for (const auto& row : maintenance_query(fmt::format(
           "SELECT datname, pg_get_userbyid(datdba), pg_database_size(oid), "
           "current_setting('server_version'), pg_encoding_to_char(encoding), datcollate, datctype "
           "FROM pg_database {}",
           of_users)))
    found.push_back({.name = row.at(0),
                     .owner = row.at(1),
                     .size = std::stoull(row.at(2)),
                     .server_version = row.at(3),
                     .encoding = row.at(4),
                     .collate = row.at(5),
                     .ctype = row.at(6)});
  return found;
}

// Without -w it would ask for a password on the terminal of whoever runs Ballast.
std::vector<std::string> psql_argv(const std::string& database, const std::string& sql) {
  return {"psql", "-X",
          "-q",   "-w",
          "-A",   "-t",
          "-v",   "ON_ERROR_STOP=1",
          "-F",   std::string(1, field_separator),
          "-R",   std::string(1, row_separator),
          "-d",   connection_to(database),
          "-c",   sql};
}

// Level 1: six times as fast as the default, for a tenth more bytes.
std::vector<std::string> dump_argv(const std::string& database, const std::string& snapshot,
                                   Duration lock_patience) {
  return {"pg_dump",
          "-Fc",
          "-Z1",
          "--no-password",
          "--snapshot=" + snapshot,
          fmt::format("--lock-wait-timeout={}", lock_patience.count()),
          "-d",
          connection_to(database)};
}

int major_version(std::string_view text) {
  const auto digits = text.find_first_of("0123456789");
  int number = 0;
  if (digits != std::string_view::npos)
    std::from_chars(text.data() + digits, text.data() + text.size(), number);
  return number;
}

std::vector<std::vector<std::string>> parse_rows(std::string_view output) {
  std::vector<std::vector<std::string>> rows;
  if (output.ends_with('\n')) output.remove_suffix(1);  // psql ends its output so, whatever -R says
  if (output.empty()) return rows;
  for (const std::string& row : split(output, row_separator))
    rows.push_back(split(row, field_separator));
  return rows;
}

std::string connection_to(const std::string& database) {
  const bool is_plain = database.find('=') == std::string::npos &&
                        !database.starts_with("postgres://") &&
                        !database.starts_with("postgresql://");
  if (is_plain) return database;
  return "dbname='" + replace_all(replace_all(database, "\\", "\\\\"), "'", "\\'") + "'";
}

std::string quoted_identifier(std::string_view name) {
  return "\"" + replace_all(std::string(name), "\"", "\"\"") + "\"";
}

std::string quoted_literal(std::string_view text) {
  return "'" + replace_all(std::string(text), "'", "''") + "'";
}

}  // namespace ballast
