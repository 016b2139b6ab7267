// PostgreSQL through the clients of the database's own container.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/engine.h"

namespace ballast {

struct Database {
  std::string name;
  bool odoo = false;  // has the table ir_module_module
};

// psql as POSTGRES_USER (the container's own environment; the role `postgres` may not exist),
// through the container's local socket; never a password in argv.
class Postgres {
 public:
  Postgres(Engine& engine, const docker::Container& container);

  // Rows of a query, fields as text; Error(failed) with PostgreSQL's message.
  std::vector<std::vector<std::string>> query(const std::string& database, const std::string& sql,
                                              Duration deadline = std::chrono::seconds(10));
  // All but templates, `postgres`, and those that refuse connections; sorted.
  std::vector<Database> databases();

 private:
  std::vector<std::vector<std::string>> maintenance_query(const std::string& sql);
  Engine& engine_;
  std::string container_;
  std::string user_;
};

// Pure parts, tested as lists.
std::vector<std::string> psql_argv(const std::string& user, const std::string& database,
                                   const std::string& sql);
std::vector<std::vector<std::string>> parse_rows(
    std::string_view output);  // fields by \x1f, rows by \x1e
std::string quoted_identifier(std::string_view name);
std::string quoted_literal(std::string_view text);

}  // namespace ballast
