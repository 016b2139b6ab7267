#include "tools/postgres.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <span>

#include "base/text.h"

namespace ballast {

namespace {

constexpr char field_separator = '\x1f';
constexpr char row_separator = '\x1e';
constexpr char answer_separator = '\x1d';
// Linux takes a command line of two million bytes, and no question is longer than some thousand.
constexpr std::size_t most_together = 50;
constexpr std::string_view of_users =
    "WHERE NOT datistemplate AND datallowconn AND datname <> 'postgres' ORDER BY 1";
constexpr Duration between_tries = std::chrono::seconds(1);
constexpr const char* has_odoo_table = "SELECT to_regclass('public.ir_module_module') IS NOT NULL";

// psql goes on inside a container when nobody waits for it any more; its query ends with us.
std::vector<std::string> session_environment(Duration deadline) {
  return {
      fmt::format("PGOPTIONS=-c statement_timeout={}", std::max<long long>(deadline.count(), 1))};
}

std::string quoted_by_backslash(const std::string& text) {
  return "'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}

// As a connection string, which a name alone may look like.
std::string named(const std::string& database) { return "dbname=" + quoted_by_backslash(database); }

// In their order, each short enough for one command line.
std::vector<std::vector<std::string>> parts_of(const std::vector<std::string>& all) {
  std::vector<std::vector<std::string>> parts;
  for (std::size_t first = 0; first < all.size(); first += most_together) {
    const auto part = std::span(all).subspan(first, std::min(most_together, all.size() - first));
    parts.emplace_back(part.begin(), part.end());
  }
  return parts;
}

std::string echo_separator() { return std::string("\\echo ") + answer_separator; }

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

Postgres::Rows Postgres::query(const std::string& database, const std::string& sql,
                               Duration deadline) {
  return parse_rows(output_of(database, {sql}, deadline, deadline));
}

std::vector<Postgres::Rows> Postgres::query_in_turn(const std::string& database,
                                                    const std::vector<std::string>& statements,
                                                    Duration deadline) {
  std::vector<Rows> answers;
  for (const std::vector<std::string>& some : parts_of(statements)) {
    auto part = split_answers(
        output_of(database, commands_in_turn(some), deadline, deadline * some.size()));
    if (part.size() != some.size())
      throw Error(Kind::failed,
                  fmt::format("what psql answers in {} cannot be read: {} answers to {}",
                              printable(database), part.size(),
                              counted(static_cast<long long>(some.size()), "statement")));
    std::ranges::move(part, std::back_inserter(answers));
  }
  return answers;
}

std::string Postgres::output_of(const std::string& database,
                                const std::vector<std::string>& commands, Duration deadline,
                                Duration deadline_of_all) {
  auto result =
      run({psql_argv(database, commands), session_environment(deadline), deadline_of_all});
  if (result.status == 0) return std::move(result.output);
  const std::string said(trim(result.errors.empty() ? result.output : result.errors));
  const std::string advice = advice_on(said);
  throw Error(
      Kind::failed,
      fmt::format("PostgreSQL refuses a query in {}: {}", printable(database), printable(said)),
      advice.empty() ? clients_->hint() : advice);
}

// What is wrong with which of them is found out by asking each alone.
std::vector<Postgres::Rows> Postgres::query_each(const std::vector<std::string>& databases,
                                                 const std::string& sql, Duration deadline) {
  std::vector<Rows> answers;
  for (const std::vector<std::string>& some : parts_of(databases)) {
    if (auto together = query_together(some, sql, deadline))
      std::ranges::move(*together, std::back_inserter(answers));
    else
      for (const std::string& database : some) answers.push_back(query(database, sql, deadline));
  }
  return answers;
}

std::optional<std::vector<Postgres::Rows>> Postgres::query_together(
    const std::vector<std::string>& databases, const std::string& sql, Duration deadline) {
  if (databases.size() < 2) return std::nullopt;
  const auto result = run({psql_argv(databases.front(), commands_for_each(databases, sql)),
                           session_environment(deadline), deadline * databases.size()});
  if (result.status != 0) return std::nullopt;
  auto answers = split_answers(result.output);
  if (answers.size() != databases.size()) return std::nullopt;
  return answers;
}

const std::string& Postgres::maintenance_database() {
  if (maintenance_.empty()) maintenance_query("SELECT 1");
  return maintenance_;
}

Postgres::Rows Postgres::maintenance_query(const std::string& sql) {
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
  std::vector<std::string> names;
  for (const auto& row :
       maintenance_query(fmt::format("SELECT datname FROM pg_database {}", of_users)))
    names.push_back(row.at(0));
  const auto answers = query_each(names, has_odoo_table);
  std::vector<Database> found;
  for (std::size_t number = 0; number < names.size(); ++number) {
    const Rows& rows = answers[number];
    found.push_back({.name = names[number], .odoo = !rows.empty() && rows.front().at(0) == "t"});
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
std::vector<std::string> psql_argv(const std::string& database,
                                   const std::vector<std::string>& commands) {
  std::vector<std::string> argv{"psql", "-X",
                                "-q",   "-w",
                                "-A",   "-t",
                                "-v",   "ON_ERROR_STOP=1",
                                "-F",   std::string(1, field_separator),
                                "-R",   std::string(1, row_separator),
                                "-d",   connection_to(database)};
  for (const std::string& command : commands) {
    argv.emplace_back("-c");
    argv.push_back(command);
  }
  return argv;
}

std::vector<std::string> psql_argv(const std::string& database, const std::string& sql) {
  return psql_argv(database, std::vector<std::string>{sql});
}

std::vector<std::string> commands_in_turn(const std::vector<std::string>& statements) {
  std::vector<std::string> commands;
  for (const std::string& statement : statements) {
    if (!commands.empty()) commands.push_back(echo_separator());
    commands.push_back(statement);
  }
  return commands;
}

std::vector<std::string> commands_for_each(const std::vector<std::string>& databases,
                                           const std::string& sql) {
  std::vector<std::string> commands;
  for (const std::string& database : databases) {
    if (!commands.empty()) {
      commands.push_back(echo_separator());
      commands.push_back("\\connect " + quoted_by_backslash(named(database)));
    }
    commands.push_back(sql);
  }
  return commands;
}

std::vector<Postgres::Rows> split_answers(std::string_view output) {
  std::vector<Postgres::Rows> answers;
  for (const std::string& answer : split(output, answer_separator)) {
    std::string_view rows = answer;
    if (!answers.empty() && rows.starts_with('\n')) rows.remove_prefix(1);  // of \echo
    answers.push_back(parse_rows(rows));
  }
  return answers;
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
  return is_plain ? database : named(database);
}

std::string quoted_identifier(std::string_view name) {
  return "\"" + replace_all(std::string(name), "\"", "\"\"") + "\"";
}

std::string quoted_literal(std::string_view text) {
  return "'" + replace_all(std::string(text), "'", "''") + "'";
}

std::string quoted_literals(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(quoted_literal(text));
  return join(quoted, ", ");
}

}  // namespace ballast
