// A PostgreSQL server through PostgreSQL's own clients, wherever they run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/clock.h"
#include "tools/postgres_clients.h"

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

class Postgres {
 public:
  explicit Postgres(std::unique_ptr<PostgresClients> clients);
  Postgres(Engine& engine, const docker::Container& container);  // with the clients in there

  // From now on a query that is turned away because every connection is taken tries again for this
  // long: when a site is back, all its users come at once.
  void wait_for_room(Clock& clock, Duration patience);

  // Rows of a query, fields as text; Error(failed) with PostgreSQL's message.
  std::vector<std::vector<std::string>> query(const std::string& database, const std::string& sql,
                                              Duration deadline = std::chrono::seconds(10));
  // In the database that is there whatever else is: `postgres`; where that is absent or closed to
  // us, the one that the server's address names, or `template1`.
  std::vector<std::vector<std::string>> maintenance_query(const std::string& sql);
  const std::string& maintenance_database();
  // Statements that hold secrets: handed to psql on its stdin, never in argv. All or nothing.
  void run_quietly(const std::string& statements);
  // All but templates, `postgres`, and those that refuse connections; sorted.
  std::vector<Database> databases();
  std::vector<DatabaseFacts> database_facts();  // of the same

  // Error(refused) when the clients are older than the server: pg_dump does not read such a one.
  void require_clients();

  PostgresClients& clients() { return *clients_; }

 private:
  PostgresClients::Result run(const PostgresClients::Call& call);

  std::unique_ptr<PostgresClients> clients_;
  std::string maintenance_;
  Clock* clock_ = nullptr;
  Duration patience_{};
};

// Pure parts, tested as lists.
std::vector<std::string> psql_argv(const std::string& database, const std::string& sql);
std::vector<std::string> dump_argv(const std::string& database, const std::string& snapshot,
                                   Duration lock_patience);
// "pg_dump (PostgreSQL) 15.14 (Debian …)" or "16.1": 15, 16; 0 where there is none.
int major_version(std::string_view text);
std::vector<std::vector<std::string>> parse_rows(
    std::string_view output);  // fields by \x1f, rows by \x1e
// What -d takes for this database: psql would take some names for a connection string.
std::string connection_to(const std::string& database);
std::string quoted_identifier(std::string_view name);
std::string quoted_literal(std::string_view text);

}  // namespace ballast
