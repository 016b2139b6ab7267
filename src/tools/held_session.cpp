#include "tools/held_session.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace ballast {

namespace {

// Lines of our own begin with it; no name of an attachment does.
constexpr char mark = '\x1f';
constexpr std::string_view process_is =
    "\x1f"
    "process"
    "\x1f";
constexpr std::string_view is_ready =
    "\x1f"
    "ready";
// A server looks for its client while a query runs, if it knows how to (14 and newer): the snapshot
// of a psql that died must not keep dead rows alive for hours.
constexpr std::string_view end_without_client =
    "SELECT set_config(name, '2000', false) FROM pg_settings WHERE name = "
    "'client_connection_check_interval'";

std::string marked(std::string_view what) { return fmt::format("SELECT E'\\x1f{}'", what); }

std::string count_of(const std::string& table) {
  return fmt::format(
      "SELECT E'\\x1frows', {0}, (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' "
      "|| "
      "to_regclass({1})::text, false, true, '')))[1]::text WHERE to_regclass({1}) IS NOT NULL",
      quoted_literal(table), quoted_literal("public." + quoted_identifier(table)));
}

std::vector<std::string> snapshot_statements(const std::string& names,
                                             const std::vector<std::string>& counted) {
  std::vector<std::string> all{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                               "SELECT E'\\x1fsnapshot', pg_export_snapshot()"};
  if (!names.empty()) {
    all.push_back(marked("names"));
    all.push_back(fmt::format("COPY ({}) TO STDOUT", names));
    all.push_back(marked("end"));
  }
  for (const std::string& table : counted) all.push_back(count_of(table));
  return all;
}

std::vector<std::string> lock_statements(const std::string& table, Duration patience) {
  return {"BEGIN", fmt::format("SET LOCAL lock_timeout = {}", patience.count()),
          fmt::format("LOCK TABLE {} IN ROW EXCLUSIVE MODE", quoted_identifier(table))};
}

std::vector<std::string> holding_argv(const HeldSession::Wanted& wanted) {
  std::vector<std::string> argv = psql_argv(wanted.database, "");
  argv.resize(argv.size() - 2);  // its own -c
  std::erase(argv, "-R");
  std::erase(argv, "\x1e");
  const auto add = [&](std::string statement) {
    argv.emplace_back("-c");
    argv.push_back(std::move(statement));
  };
  add(std::string(end_without_client));
  add("SELECT E'\\x1fprocess', pg_backend_pid()");
  for (const std::string& statement : wanted.statements) add(statement);
  add(marked("ready"));
  add(fmt::format("SELECT pg_sleep({})", wanted.limit.count() / 1000));
  return argv;
}

bool is_ours(std::string_view line) { return !line.empty() && line.front() == mark; }

std::vector<std::string> fields_of(std::string_view line) { return split(line.substr(1), mark); }

long long number_in(std::string_view text) {
  long long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::vector<std::string> session_named(const std::string& session) {
  return {"PGAPPNAME=" + session};
}

HeldSession::HeldSession(Postgres& postgres, Wanted wanted, Line told)
    : postgres_(postgres), wanted_(std::move(wanted)), told_(std::move(told)) {
  thread_ = std::thread([this] { hold(); });
  try {
    await();
  } catch (...) {
    let_go();
    throw;
  }
}

HeldSession::~HeldSession() { let_go(); }

void HeldSession::hold() {
  std::optional<Error> error;
  try {
    const auto result =
        postgres_.clients().stream({holding_argv(wanted_), session_named(wanted_.session),
                                    wanted_.limit + std::chrono::minutes(1)},
                                   [this](std::string_view bytes) { take(bytes); });
    require_good(result, fmt::format("psql in {}", printable(wanted_.database)));
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

void HeldSession::take(std::string_view bytes) {
  rest_ += bytes;
  std::size_t taken = 0;
  for (std::size_t end; (end = rest_.find('\n', taken)) != std::string::npos; taken = end + 1)
    take_line(std::string_view(rest_).substr(taken, end - taken));
  rest_.erase(0, taken);
}

void HeldSession::take_line(std::string_view line) {
  if (line == is_ready) {
    const std::lock_guard guard(mutex_);
    ready_ = true;
    changed_.notify_all();
  } else if (line.starts_with(process_is)) {
    const std::lock_guard guard(mutex_);
    process_ = line.substr(process_is.size());
  } else if (told_) {
    told_(line);
  }
}

void HeldSession::await() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_ || ended_; });
  if (ready_) return;
  if (error_) throw *error_;
  throw Error(Kind::failed,
              fmt::format("a session of {} ended too early", printable(wanted_.database)));
}

// Its psql ends when its server process does.
void HeldSession::let_go() {
  std::string process;
  {
    const std::lock_guard guard(mutex_);
    if (!ended_) process = process_;
  }
  try {
    if (!process.empty())
      postgres_.query(wanted_.database, fmt::format("SELECT pg_terminate_backend({})", process));
  } catch (const std::exception&) {
    // The server is gone or restarting: then the session is too.
  }
  if (thread_.joinable()) thread_.join();
}

HeldSnapshot::HeldSnapshot(Postgres& postgres, const std::string& database,
                           const std::string& session, const std::string& names,
                           const std::vector<std::string>& counted, Duration limit, Names told)
    : told_(std::move(told)),
      session_(postgres, {database, session, snapshot_statements(names, counted), limit},
               [this](std::string_view line) { take_line(line); }) {}

void HeldSnapshot::take_line(std::string_view line) {
  if (!is_ours(line)) {
    if (naming_ && told_) told_(line);
    return;
  }
  const auto fields = fields_of(line);
  if (fields.front() == "names") naming_ = true;
  if (fields.front() == "end") naming_ = false;
  if (fields.front() == "snapshot" && fields.size() == 2) id_ = fields[1];
  if (fields.front() == "rows" && fields.size() == 3)
    rows_.emplace_back(fields[1], number_in(fields[2]));
}

HeldTable::HeldTable(Postgres& postgres, const std::string& database, const std::string& session,
                     const std::string& table, Duration patience, Duration limit)
    : session_(postgres, {database, session, lock_statements(table, patience), limit}, {}) {}

}  // namespace ballast
