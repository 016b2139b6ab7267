// A PostgreSQL server through PostgreSQL's own clients, wherever they run.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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

  using Rows = std::vector<std::vector<std::string>>;  // fields as text

  // Rows of a query; Error(failed) with PostgreSQL's message.
  Rows query(const std::string& database, const std::string& sql,
             Duration deadline = std::chrono::seconds(10));
  // Each statement is committed by itself, in their order, until one fails; the rows of each. One
  // client: starting it takes longer than most that it is asked. `deadline`: of each.
  std::vector<Rows> query_in_turn(const std::string& database,
                                  const std::vector<std::string>& statements,
                                  Duration deadline = std::chrono::seconds(10));
  // The same question in each of these, their rows in this order. `deadline`: of each.
  std::vector<Rows> query_each(const std::vector<std::string>& databases, const std::string& sql,
                               Duration deadline = std::chrono::seconds(10));
  // In the database that is there whatever else is: `postgres`; where that is absent or closed to
  // us, the one that the server's address names, or `template1`.
  Rows maintenance_query(const std::string& sql);
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
  std::string output_of(const std::string& database, const std::vector<std::string>& commands,
                        Duration deadline, Duration deadline_of_all);
  // nullopt: not all of them answered.
  std::optional<std::vector<Rows>> query_together(const std::vector<std::string>& databases,
                                                  const std::string& sql, Duration deadline);

  std::unique_ptr<PostgresClients> clients_;
  std::string maintenance_;
  Clock* clock_ = nullptr;
  Duration patience_{};
};

// Pure parts, tested as lists.
std::vector<std::string> psql_argv(const std::string& database, const std::string& sql);
std::vector<std::string> psql_argv(const std::string& database,
                                   const std::vector<std::string>& commands);
// For one psql, whose output is split by split_answers().
std::vector<std::string> commands_in_turn(const std::vector<std::string>& statements);
std::vector<std::string> commands_for_each(const std::vector<std::string>& databases,
                                           const std::string& sql);
std::vector<Postgres::Rows> split_answers(std::string_view output);
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
std::string quoted_literals(const std::vector<std::string>& texts);  // 'a', 'b'

}  // namespace ballast
