// PostgreSQL through the clients of the database's own container.
#pragma once

#include <cstdint>
#include <map>
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

struct DatabaseFacts {
  std::string name;
  std::string owner;           // role
  std::uint64_t size = 0;      // bytes
  std::string server_version;  // "15.14"
  std::string encoding;        // "UTF8"
  std::string collate;         // "C.UTF-8"
  std::string ctype;
};

// psql as POSTGRES_USER (the container's own environment; the role `postgres` may not exist),
// through the container's local socket; never a password in argv.
class Postgres {
 public:
  Postgres(Engine& engine, const docker::Container& container);

  // Rows of a query, fields as text; Error(failed) with PostgreSQL's message.
  std::vector<std::vector<std::string>> query(const std::string& database, const std::string& sql,
                                              Duration deadline = std::chrono::seconds(10));
  // In the database that is there whatever else is: `postgres`, or `template1` where that is
  // absent.
  std::vector<std::vector<std::string>> maintenance_query(const std::string& sql);
  const std::string& maintenance_database();
  // Statements that hold secrets: handed to psql on its stdin, never in argv. All or nothing.
  void run_quietly(const std::string& statements);
  // All but templates, `postgres`, and those that refuse connections; sorted.
  std::vector<Database> databases();
  std::vector<DatabaseFacts> database_facts();  // of the same

  // For clients in a container that shares this one's network: PGHOST, PGUSER and, where the
  // container was given one (POSTGRES_PASSWORD, or the file that POSTGRES_PASSWORD_FILE names),
  // PGPASSWORD.
  std::vector<std::string> network_environment();

  Engine& engine() { return engine_; }
  const std::string& container() const { return container_; }
  const std::string& user() const { return user_; }

 private:
  Engine& engine_;
  std::string container_;
  std::string user_;
  std::map<std::string, std::string> environment_;
  std::string maintenance_;
};

// Pure parts, tested as lists.
std::vector<std::string> psql_argv(const std::string& user, const std::string& database,
                                   const std::string& sql);
std::vector<std::string> dump_argv(const std::string& user, const std::string& database,
                                   const std::string& snapshot, Duration lock_patience);
std::vector<std::vector<std::string>> parse_rows(
    std::string_view output);  // fields by \x1f, rows by \x1e
// What -d takes for this database: psql would take some names for a connection string.
std::string connection_to(const std::string& database);
std::string quoted_identifier(std::string_view name);
std::string quoted_literal(std::string_view text);

}  // namespace ballast
