#include "tools/postgres.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

constexpr char field_separator = '\x1f';
constexpr char row_separator = '\x1e';
constexpr std::string_view connect_timeout = "PGCONNECT_TIMEOUT=5";

std::string user_of(const docker::Container& container) {
  const auto found = container.environment.find("POSTGRES_USER");
  return found == container.environment.end() || found->second.empty() ? "postgres" : found->second;
}

}  // namespace

Postgres::Postgres(Engine& engine, const docker::Container& container)
    : engine_(engine), container_(container.id), user_(user_of(container)) {}

std::vector<std::vector<std::string>> Postgres::query(const std::string& database, const std::string& sql,
                                                      Duration deadline) {
  const auto result = engine_.exec(container_, psql_argv(user_, database, sql), {std::string(connect_timeout)}, deadline);
  if (result.status == 0) return parse_rows(result.output);
  throw Error(Kind::failed, fmt::format("PostgreSQL refuses a query in {}: {}", printable(database),
                                        printable(trim(result.errors.empty() ? result.output : result.errors))),
              "look at the log of the database container");
}

// One session for each database: PostgreSQL shows the tables of the connected one only.
std::vector<Database> Postgres::databases() {
  constexpr const char* names =
      "SELECT datname FROM pg_database WHERE NOT datistemplate AND datallowconn AND datname <> 'postgres' ORDER BY 1";
  std::vector<Database> found;
  for (const auto& row : query("postgres", names)) {
    const auto answer = query(row.at(0), "SELECT to_regclass('public.ir_module_module') IS NOT NULL");
    found.push_back({.name = row.at(0), .odoo = !answer.empty() && answer.front().at(0) == "t"});
  }
  return found;
}

std::vector<std::string> psql_argv(const std::string& user, const std::string& database, const std::string& sql) {
  return {"psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-F", std::string(1, field_separator),
          "-R",   std::string(1, row_separator), "-U", user, "-d", database, "-c", sql};
}

std::vector<std::vector<std::string>> parse_rows(std::string_view output) {
  std::vector<std::vector<std::string>> rows;
  if (output.ends_with('\n')) output.remove_suffix(1);  // psql ends its output so, whatever -R says
  if (output.empty()) return rows;
  for (const std::string& row : split(output, row_separator)) rows.push_back(split(row, field_separator));
  return rows;
}

std::string quoted_identifier(std::string_view name) {
  return "\"" + replace_all(std::string(name), "\"", "\"\"") + "\"";
}

std::string quoted_literal(std::string_view text) { return "'" + replace_all(std::string(text), "'", "''") + "'"; }

}  // namespace ballast
