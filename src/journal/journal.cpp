#include "journal/journal.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "journal/schema.h"
#include "journal/sqlite.h"

namespace ballast {

namespace {

using sqlite::Connection;
using sqlite::Statement;
using sqlite::Transaction;

template <typename Value>
using Words = std::array<std::pair<Value, std::string_view>, 4>;

constexpr Words<OperationState> operation_words{{{OperationState::running, "running"},
                                                 {OperationState::finished, "finished"},
                                                 {OperationState::undone, "undone"},
                                                 {OperationState::failed, "failed"}}};
constexpr Words<StepState> step_words{{{StepState::intended, "intended"},
                                       {StepState::done, "done"},
                                       {StepState::undoing, "undoing"},
                                       {StepState::undone, "undone"}}};

template <typename Value>
std::string_view word_of(const Words<Value>& words, Value value) {
  return std::find_if(words.begin(), words.end(), [&](const auto& pair) { return pair.first == value; })->second;
}

template <typename Value>
Value value_of(const Words<Value>& words, std::string_view word) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& pair) { return pair.second == word; });
  if (found == words.end())
    throw Error(Kind::failed, "the journal holds an unknown state `" + std::string(word) + "`");
  return found->first;
}

std::int64_t as_number(Time time) { return time.time_since_epoch().count(); }
Time as_time(std::int64_t number) { return Time(std::chrono::milliseconds(number)); }
Json json_of(const std::string& text) { return parse_json(text).value_or(Json()); }

constexpr std::string_view operation_columns =
    "id, kind, stack, operator, environment, request, plan, state, ballast_version, process, boot, started, ended, "
    "exit_status, message";

OperationRecord operation_of(const Statement& row) {
  return {.id = row.text(0),
          .kind = row.text(1),
          .stack = row.text(2),
          .operator_name = row.text(3),
          .environment = row.text(4),
          .request = json_of(row.text(5)),
          .plan = json_of(row.text(6)),
          .state = value_of(operation_words, row.text(7)),
          .ballast_version = row.text(8),
          .process = row.number(9),
          .boot = row.text(10),
          .started = as_time(row.number(11)),
          .ended = row.is_null(12) ? std::nullopt : std::optional(as_time(row.number(12))),
          .exit_status = static_cast<int>(row.number(13)),
          .message = row.text(14)};
}

constexpr std::string_view release_columns =
    "id, stack, tag, image_id, repo_digest, repository, config_hash, environment, operator, outcome, copies, at";

ReleaseRecord release_of(const Statement& row) {
  return {.id = row.text(0),
          .stack = row.text(1),
          .tag = row.text(2),
          .image_id = row.text(3),
          .repo_digest = row.text(4),
          .repository = row.text(5),
          .config_hash = row.text(6),
          .environment = row.text(7),
          .operator_name = row.text(8),
          .outcome = row.text(9),
          .copies = row.text(10),
          .at = as_time(row.number(11))};
}

std::string select(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string(columns) + " FROM " + std::string(rest);
}

void write_step(Connection& connection, const std::string& operation, const StepRecord& step) {
  connection
      .prepare("INSERT INTO step (operation, number, name, state, fact, at) VALUES (?, ?, ?, ?, ?, ?) "
               "ON CONFLICT (operation, number) DO UPDATE SET state = excluded.state, fact = excluded.fact, at = excluded.at")
      .bind(operation)
      .bind(step.number)
      .bind(step.name)
      .bind(word_of(step_words, step.state))
      .bind(json_text(step.fact))
      .bind(as_number(step.at))
      .run();
}

void write_history(Connection& connection, const std::string& operation, const std::vector<HistoryEntry>& history) {
  for (const HistoryEntry& entry : history)
    connection
        .prepare("INSERT INTO history (operation, timestamp, stack, version, environment, status, operator) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(operation)
        .bind(entry.timestamp)
        .bind(entry.stack)
        .bind(entry.version)
        .bind(entry.environment)
        .bind(entry.status)
        .bind(entry.operator_name)
        .run();
}

void write_release(Connection& connection, const ReleaseRecord& release) {
  Statement statement = connection.prepare(
      "INSERT INTO release (id, stack, tag, image_id, repo_digest, repository, config_hash, environment, operator, "
      "outcome, copies, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const std::string& text : {release.id, release.stack, release.tag, release.image_id, release.repo_digest,
                                  release.repository, release.config_hash, release.environment, release.operator_name,
                                  release.outcome, release.copies})
    statement.bind(text);
  statement.bind(as_number(release.at)).run();
}

void make_private_folder(const std::string& path) {
  namespace files = std::filesystem;
  const files::path folder = files::path(path).parent_path();
  std::error_code failure;
  const bool made = files::create_directories(folder, failure);
  if (failure) throw Error(Kind::failed, "cannot make " + folder.string() + ": " + failure.message(), "run ballast as root (sudo)");
  if (made) files::permissions(folder, files::perms::owner_all, failure);
}

void make_private_file(const std::string& path) {
  std::error_code failure;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failure);
}

}  // namespace

struct Journal::Database {
  Database(const std::string& path, Connection::Mode mode) : connection(path, mode) {}
  Connection connection;
};

Journal::Journal(const std::string& path) {
  make_private_folder(path);
  database_ = std::make_unique<Database>(path, Connection::Mode::write);
  make_private_file(path);
  database_->connection.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  migrate(database_->connection);
}

Journal::Journal(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Journal::~Journal() = default;
Journal::Journal(Journal&&) noexcept = default;

std::optional<Journal> Journal::open_for_reading(const std::string& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  Journal journal(std::make_unique<Database>(path, Connection::Mode::read));
  require_known_schema(journal.database_->connection);
  return journal;
}

void Journal::begin(const OperationRecord& operation) {
  Connection& connection = database_->connection;
  connection
      .prepare("INSERT INTO operation (id, kind, stack, operator, environment, request, plan, state, ballast_version, "
               "process, boot, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(operation.id)
      .bind(operation.kind)
      .bind(operation.stack)
      .bind(operation.operator_name)
      .bind(operation.environment)
      .bind(json_text(operation.request))
      .bind(json_text(operation.plan))
      .bind(word_of(operation_words, OperationState::running))
      .bind(operation.ballast_version)
      .bind(operation.process)
      .bind(operation.boot)
      .bind(as_number(operation.started))
      .run();
}

void Journal::take_over(const std::string& operation, long long process, const std::string& boot) {
  database_->connection.prepare("UPDATE operation SET process = ?, boot = ? WHERE id = ?")
      .bind(process)
      .bind(boot)
      .bind(operation)
      .run();
}

void Journal::record_step(const std::string& operation, const StepRecord& step) {
  write_step(database_->connection, operation, step);
}

void Journal::record_step(const std::string& operation, const StepRecord& step, const std::vector<HistoryEntry>& history,
                          const std::optional<ReleaseRecord>& release) {
  Transaction transaction(database_->connection);
  write_step(database_->connection, operation, step);
  write_history(database_->connection, operation, history);
  if (release) write_release(database_->connection, *release);
  transaction.commit();
}

void Journal::end(const std::string& operation, OperationState state, int exit_status, const std::string& message,
                  Time when) {
  end(operation, state, exit_status, message, when, {}, std::nullopt);
}

void Journal::end(const std::string& operation, OperationState state, int exit_status, const std::string& message,
                  Time when, const std::vector<HistoryEntry>& history, const std::optional<ReleaseRecord>& release) {
  Connection& connection = database_->connection;
  Transaction transaction(connection);
  connection.prepare("UPDATE operation SET state = ?, exit_status = ?, message = ?, ended = ? WHERE id = ?")
      .bind(word_of(operation_words, state))
      .bind(exit_status)
      .bind(message)
      .bind(as_number(when))
      .bind(operation)
      .run();
  write_history(connection, operation, history);
  if (release) write_release(connection, *release);
  transaction.commit();
}

std::optional<OperationRecord> Journal::operation(const std::string& id) const {
  Statement row = database_->connection.prepare(select(operation_columns, "operation WHERE id = ?"));
  row.bind(id);
  return row.step() ? std::optional(operation_of(row)) : std::nullopt;
}

std::vector<OperationRecord> Journal::unfinished(const std::string& stack) const {
  Statement row = database_->connection.prepare(
      select(operation_columns, "operation WHERE state = 'running' AND (?1 = '' OR stack = ?1) ORDER BY started, id"));
  row.bind(stack);
  std::vector<OperationRecord> found;
  while (row.step()) found.push_back(operation_of(row));
  return found;
}

std::optional<OperationRecord> Journal::newest_operation(const std::string& stack) const {
  Statement row = database_->connection.prepare(
      select(operation_columns, "operation WHERE stack = ? ORDER BY started DESC, id DESC LIMIT 1"));
  row.bind(stack);
  return row.step() ? std::optional(operation_of(row)) : std::nullopt;
}

std::vector<StepRecord> Journal::steps(const std::string& operation) const {
  Statement row = database_->connection.prepare(
      "SELECT number, name, state, fact, at FROM step WHERE operation = ? ORDER BY number");
  row.bind(operation);
  std::vector<StepRecord> found;
  while (row.step())
    found.push_back({.number = static_cast<int>(row.number(0)),
                     .name = row.text(1),
                     .state = value_of(step_words, row.text(2)),
                     .fact = json_of(row.text(3)),
                     .at = as_time(row.number(4))});
  return found;
}

std::vector<ReleaseRecord> Journal::releases(const std::string& stack, const std::string& outcome) const {
  Statement row = database_->connection.prepare(select(
      release_columns, "release WHERE stack = ?1 AND (?2 = '' OR outcome = ?2) ORDER BY number DESC"));
  row.bind(stack).bind(outcome);
  std::vector<ReleaseRecord> found;
  while (row.step()) found.push_back(release_of(row));
  return found;
}

std::vector<std::string> Journal::stacks() const {
  Statement row = database_->connection.prepare("SELECT DISTINCT stack FROM operation ORDER BY stack");
  std::vector<std::string> found;
  while (row.step()) found.push_back(row.text(0));
  return found;
}

std::vector<HistoryRow> Journal::history_rows() const {
  Statement row = database_->connection.prepare(
      "SELECT number, timestamp, stack, version, environment, status, operator FROM history ORDER BY number");
  std::vector<HistoryRow> found;
  while (row.step())
    found.push_back({.number = row.number(0),
                     .entry = {.timestamp = row.text(1),
                               .stack = row.text(2),
                               .version = row.text(3),
                               .environment = row.text(4),
                               .status = row.text(5),
                               .operator_name = row.text(6),
                               .time = parse_time(row.text(1))}});
  return found;
}

std::optional<Journal::SeenTag> Journal::seen_tag(const std::string& repository, const std::string& tag) const {
  Statement row = database_->connection.prepare(
      "SELECT image_id, repo_digest, at FROM seen_tag WHERE repository = ? AND tag = ?");
  row.bind(repository).bind(tag);
  if (!row.step()) return std::nullopt;
  return SeenTag{.image_id = row.text(0), .repo_digest = row.text(1), .at = as_time(row.number(2))};
}

void Journal::see_tag(const std::string& repository, const std::string& tag, const SeenTag& seen) {
  database_->connection
      .prepare("INSERT INTO seen_tag (repository, tag, image_id, repo_digest, at) VALUES (?, ?, ?, ?, ?) "
               "ON CONFLICT (repository, tag) DO UPDATE SET image_id = excluded.image_id, "
               "repo_digest = excluded.repo_digest, at = excluded.at")
      .bind(repository)
      .bind(tag)
      .bind(seen.image_id)
      .bind(seen.repo_digest)
      .bind(as_number(seen.at))
      .run();
}

std::optional<Journal::Fact> Journal::fact(const std::string& stack, const std::string& name) const {
  Statement row = database_->connection.prepare("SELECT value, at FROM fact WHERE stack = ? AND name = ?");
  row.bind(stack).bind(name);
  if (!row.step()) return std::nullopt;
  return Fact{.value = json_of(row.text(0)), .at = as_time(row.number(1))};
}

void Journal::set_fact(const std::string& stack, const std::string& name, const Json& value, Time at) {
  database_->connection
      .prepare("INSERT INTO fact (stack, name, value, at) VALUES (?, ?, ?, ?) "
               "ON CONFLICT (stack, name) DO UPDATE SET value = excluded.value, at = excluded.at")
      .bind(stack)
      .bind(name)
      .bind(json_text(value))
      .bind(as_number(at))
      .run();
}

}  // namespace ballast
