#include "journal/schema.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "journal/chain.h"
#include "journal/journal.h"

namespace ballast {

namespace {

constexpr std::int64_t application = 0x42616c6c;  // "Ball"

// Entry N brings schema N to N + 1.
constexpr std::array<std::string_view, journal_schema> migrations{R"sql(
CREATE TABLE operation (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, stack TEXT NOT NULL, operator TEXT NOT NULL, environment TEXT NOT NULL,
  request TEXT NOT NULL, plan TEXT NOT NULL, state TEXT NOT NULL, ballast_version TEXT NOT NULL,
  process INTEGER NOT NULL, boot TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,
  exit_status INTEGER NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX operation_by_stack ON operation (stack, state);
CREATE TABLE step (
  operation TEXT NOT NULL REFERENCES operation (id), number INTEGER NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
  fact TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (operation, number)
) STRICT;
CREATE TABLE release (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL REFERENCES operation (id), stack TEXT NOT NULL, tag TEXT NOT NULL,
  image_id TEXT NOT NULL, repo_digest TEXT NOT NULL, repository TEXT NOT NULL, config_hash TEXT NOT NULL,
  environment TEXT NOT NULL, operator TEXT NOT NULL, outcome TEXT NOT NULL, copies TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX release_by_stack ON release (stack, outcome, number);
CREATE TABLE history (
  number INTEGER PRIMARY KEY, operation TEXT NOT NULL REFERENCES operation (id), timestamp TEXT NOT NULL,
  stack TEXT NOT NULL, version TEXT NOT NULL, environment TEXT NOT NULL, status TEXT NOT NULL, operator TEXT NOT NULL
) STRICT;
CREATE TABLE seen_tag (
  repository TEXT NOT NULL, tag TEXT NOT NULL, image_id TEXT NOT NULL, repo_digest TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (repository, tag)
) STRICT;
CREATE TABLE fact (
  stack TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (stack, name)
) STRICT;
)sql",
                                                                  R"sql(
CREATE TABLE audit (
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, stack TEXT NOT NULL, who TEXT NOT NULL,
  content TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
)sql"};
constexpr std::int64_t schema_of_chain = 2;  // from which on there is an audit chain

std::int64_t pragma(const sqlite::Connection& connection, std::string_view name) {
  sqlite::Statement statement = connection.prepare(fmt::format("PRAGMA {}", name));
  return statement.step() ? statement.number(0) : 0;
}

bool is_empty(const sqlite::Connection& connection) {
  sqlite::Statement statement = connection.prepare("SELECT count(*) FROM sqlite_master");
  return statement.step() && statement.number(0) == 0;
}

}  // namespace

void require_known_schema(const sqlite::Connection& connection) {
  const std::int64_t schema = pragma(connection, "user_version");
  if (schema > journal_schema)
    throw Error(
        Kind::failed,
        fmt::format("the journal {} was written by a newer ballast (schema {}, this one knows {})",
                    connection.path(), schema, journal_schema),
        "use that version of ballast");
  if (!is_empty(connection) && pragma(connection, "application_id") != application)
    throw Error(Kind::failed, fmt::format("{} is no journal of ballast", connection.path()),
                "another program's file stands in its place: move it away");
}

bool has_schema(const sqlite::Connection& connection) {
  require_known_schema(connection);
  const std::int64_t schema = pragma(connection, "user_version");
  if (schema != 0 && schema < journal_schema)
    throw Error(Kind::failed,
                fmt::format("the journal {} is of an older ballast (schema {}, this one is {})",
                            connection.path(), schema, journal_schema),
                "bring it up to date as root: ballast recover");
  return schema != 0;
}

void migrate(sqlite::Connection& connection) {
  require_known_schema(connection);
  if (pragma(connection, "user_version") == journal_schema) return;
  sqlite::Transaction transaction(connection);
  const std::int64_t found = pragma(connection, "user_version");
  for (std::int64_t schema = found; schema < journal_schema; ++schema)
    connection.run(migrations.at(static_cast<std::size_t>(schema)));
  if (found < schema_of_chain) begin_chain(connection, found);
  connection.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application,
                             journal_schema));
  transaction.commit();
}

}  // namespace ballast
