#include "tools/postgres_dump.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace ballast {

namespace {

// Lines of our own begin with it; no name of an attachment does.
constexpr char mark = '\x1f';
constexpr std::string_view names_begin =
    "\x1f"
    "names";
constexpr std::string_view names_end =
    "\x1f"
    "end";
constexpr std::string_view is_ready =
    "\x1f"
    "ready";
// A server looks for its client while a query runs, if it knows how to (14 and newer): the snapshot
// of a psql that died must not keep dead rows alive for hours.
constexpr std::string_view end_without_client =
    "SELECT set_config(name, '2000', false) FROM pg_settings WHERE name = "
    "'client_connection_check_interval'";
constexpr Duration lock_patience = std::chrono::seconds(60);

std::string marked(std::string_view what) {
  return fmt::format("SELECT E'\\x1f{}'", what.substr(1));
}

std::string count_of(const std::string& table) {
  return fmt::format(
      "SELECT E'\\x1frows', {0}, (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' "
      "|| "
      "to_regclass({1})::text, false, true, '')))[1]::text WHERE to_regclass({1}) IS NOT NULL",
      quoted_literal(table), quoted_literal("public." + quoted_identifier(table)));
}

std::vector<std::string> statements(const std::string& names,
                                    const std::vector<std::string>& counted, Duration limit) {
  std::vector<std::string> all{std::string(end_without_client),
                               "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                               "SELECT E'\\x1fsnapshot', pg_export_snapshot(), pg_backend_pid()"};
  if (!names.empty()) {
    all.push_back(marked(names_begin));
    all.push_back(fmt::format("COPY ({}) TO STDOUT", names));
    all.push_back(marked(names_end));
  }
  for (const std::string& table : counted) all.push_back(count_of(table));
  all.push_back(marked(is_ready));
  all.push_back(fmt::format("SELECT pg_sleep({})", limit.count() / 1000));
  return all;
}

std::vector<std::string> holding_argv(const std::string& database,
                                      const std::vector<std::string>& statements) {
  std::vector<std::string> argv = psql_argv(database, "");
  argv.resize(argv.size() - 2);  // its own -c
  std::erase(argv, "-R");
  std::erase(argv, "\x1e");
  for (const std::string& statement : statements) {
    argv.emplace_back("-c");
    argv.push_back(statement);
  }
  return argv;
}

std::vector<std::string> named_session(const std::string& session) {
  return {"PGAPPNAME=" + session};
}

long long number_in(std::string_view text) {
  long long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Only a superuser may read the passwords of roles. Where a service manages the server nobody is
// one; the server of a stack has one, and roles without passwords would be half of them.
std::vector<std::string> globals_argv(Postgres& postgres) {
  std::vector<std::string> argv{"pg_dumpall", "--globals-only", "--no-password", "-l",
                                postgres.maintenance_database()};
  if (postgres.clients().come_with_server()) return argv;
  const auto answer = postgres.maintenance_query("SHOW is_superuser");
  if (answer.empty() || answer.front().at(0) != "on") argv.emplace_back("--no-role-passwords");
  return argv;
}

}  // namespace

HeldSnapshot::HeldSnapshot(Postgres& postgres, const std::string& database,
                           const std::string& session, const std::string& names,
                           const std::vector<std::string>& counted, Duration limit,
                           const Names& told)
    : postgres_(postgres), database_(database), told_(told) {
  const auto argv = holding_argv(database, statements(names, counted, limit));
  thread_ = std::thread([this, argv, environment = named_session(session), limit] {
    hold(argv, environment, limit + std::chrono::minutes(1));
  });
  try {
    await();
  } catch (...) {
    let_go();
    throw;
  }
}

HeldSnapshot::~HeldSnapshot() { let_go(); }

void HeldSnapshot::hold(const std::vector<std::string>& argv,
                        const std::vector<std::string>& environment, Duration limit) {
  std::optional<Error> error;
  try {
    const auto result = postgres_.clients().stream({argv, environment, limit},
                                                   [this](std::string_view bytes) { take(bytes); });
    require_good(result, fmt::format("psql in {}", printable(database_)));
  } catch (const Error& failure) {
    error = failure;
  } catch (const std::exception& failure) {
    error = Error(Kind::failed, fmt::format("internal error: {}", failure.what()));
  }
  const std::lock_guard guard(mutex_);
  ended_ = true;
  error_ = std::move(error);
  changed_.notify_all();
}

void HeldSnapshot::take(std::string_view bytes) {
  rest_ += bytes;
  std::size_t taken = 0;
  for (std::size_t end; (end = rest_.find('\n', taken)) != std::string::npos; taken = end + 1)
    take_line(std::string_view(rest_).substr(taken, end - taken));
  rest_.erase(0, taken);
}

void HeldSnapshot::take_line(std::string_view line) {
  if (line.empty() || line.front() != mark) {
    if (naming_ && told_) told_(line);
    return;
  }
  const auto fields = split(line.substr(1), mark);
  if (fields.front() == "names") naming_ = true;
  if (fields.front() == "end") naming_ = false;
  const std::lock_guard guard(mutex_);
  if (fields.front() == "snapshot" && fields.size() == 3) {
    id_ = fields[1];
    process_ = fields[2];
  }
  if (fields.front() == "rows" && fields.size() == 3)
    rows_.emplace_back(fields[1], number_in(fields[2]));
  if (fields.front() == "ready") {
    ready_ = true;
    changed_.notify_all();
  }
}

void HeldSnapshot::await() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_ || ended_; });
  if (ready_) return;
  if (error_) throw *error_;
  throw Error(Kind::failed, fmt::format("no snapshot of {} could be had", printable(database_)));
}

// Its psql ends when its server process does.
void HeldSnapshot::let_go() {
  std::string process;
  {
    const std::lock_guard guard(mutex_);
    if (!ended_) process = process_;
  }
  try {
    if (!process.empty())
      postgres_.query(database_, fmt::format("SELECT pg_terminate_backend({})", process));
  } catch (const std::exception&) {
    // The server is gone or restarting: then the session is too.
  }
  if (thread_.joinable()) thread_.join();
}

void dump_database(Postgres& postgres, const std::string& database, const std::string& snapshot,
                   const std::string& session, Duration deadline,
                   const PostgresClients::Sink& output) {
  const auto argv = dump_argv(database, snapshot, lock_patience);
  const auto result = postgres.clients().stream({argv, named_session(session), deadline}, output);
  require_good(result, fmt::format("pg_dump of {}", printable(database)));
}

void dump_globals(Postgres& postgres, Duration deadline, const PostgresClients::Sink& output) {
  const auto result = postgres.clients().stream(
      {globals_argv(postgres), named_session("ballast"), deadline}, output);
  require_good(result, "pg_dumpall --globals-only");
}

int end_sessions(Postgres& postgres, const std::string& session) {
  const auto rows = postgres.maintenance_query(
      fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
                  "{} AND pid <> pg_backend_pid()",
                  quoted_literal(session)));
  return static_cast<int>(rows.size());
}

}  // namespace ballast
