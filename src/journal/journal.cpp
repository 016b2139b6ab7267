#include "journal/journal.h"

#include <fmt/format.h>

#include <filesystem>

#include "journal/chain.h"
#include "journal/database.h"
#include "journal/records.h"
#include "journal/schema.h"
#include "journal/sqlite.h"

namespace ballast {

namespace {

using sqlite::Connection;
using sqlite::Statement;
using sqlite::Transaction;

std::string select(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string(columns) + " FROM " + std::string(rest);
}

namespace files = std::filesystem;

void make_private_folder(const std::string& path) {
  const files::path folder = files::path(path).parent_path();
  if (folder.empty()) return;
  std::error_code failure;
  const bool made = files::create_directories(folder, failure);
  if (made && !failure) files::permissions(folder, files::perms::owner_all, failure);
  if (failure)
    throw Error(Kind::failed, fmt::format("cannot make {}: {}", folder.string(), failure.message()),
                "run ballast as root (sudo)");
}

// Before anything stands in it; an older one keeps the mode that the administrator gave it.
void make_private_when_empty(const std::string& path) {
  std::error_code failure;
  if (files::file_size(path, failure) != 0 || failure) return;
  files::permissions(path, files::perms::owner_read | files::perms::owner_write, failure);
  if (failure)
    throw Error(Kind::failed, fmt::format("cannot make {} private: {}", path, failure.message()));
}

bool is_there(const std::string& path) {
  std::error_code failure;
  const bool found = files::exists(path, failure);
  if (failure)
    throw Error(Kind::failed,
                fmt::format("the journal {} cannot be opened: {}", path, failure.message()),
                "run ballast as root (sudo)");
  return found;
}

// Another program's database, or one of a newer ballast, is not even switched to WAL.
void prepare_for_writing(Connection& connection) {
  require_known_schema(connection);
  // SQLite does not wait for those who read at the moment of the change to WAL.
  connection.run_when_free("PRAGMA journal_mode = WAL");
  connection.run(
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 0");
}

void require_one_change(const Connection& connection, const std::string& operation) {
  if (connection.changes() == 1) return;
  throw Error(Kind::failed,
              fmt::format("the journal {} holds no operation {}", connection.path(), operation));
}

void write_operation(Connection& connection, const OperationRecord& operation) {
  connection
      .prepare(
          "INSERT INTO operation (id, kind, stack, operator, environment, request, plan, state, "
          "ballast_version, "
          "process, boot, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(operation.id)
      .bind(operation.kind)
      .bind(operation.stack)
      .bind(operation.operator_name)
      .bind(operation.environment)
      .bind(json_text(operation.request))
      .bind(json_text(operation.plan))
      .bind(word_of(OperationState::running))
      .bind(operation.ballast_version)
      .bind(operation.process)
      .bind(operation.boot)
      .bind(as_number(operation.started))
      .run();
  chain_begun(connection, operation.id);
}

void write_end(Connection& connection, const OperationRecord& operation) {
  connection
      .prepare(
          "UPDATE operation SET state = ?, exit_status = ?, message = ?, ended = ? WHERE id = ?")
      .bind(word_of(operation.state))
      .bind(operation.exit_status)
      .bind(operation.message)
      .bind(as_number(*operation.ended))
      .bind(operation.id)
      .run();
  require_one_change(connection, operation.id);
  chain_ended(connection, operation.id);
}

}  // namespace

Journal::Journal(const std::string& path) {
  make_private_folder(path);
  database_ = std::make_unique<Database>(path, Connection::Mode::write);
  make_private_when_empty(path);
  prepare_for_writing(database_->connection);
  migrate(database_->connection);
}

Journal::Journal(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Journal::~Journal() = default;
Journal::Journal(Journal&&) noexcept = default;

std::optional<Journal> Journal::open_for_reading(const std::string& path) {
  if (!is_there(path)) return std::nullopt;
  Journal journal(std::make_unique<Database>(path, Connection::Mode::read));
  if (!has_schema(journal.database_->connection)) return std::nullopt;
  return journal;
}

void Journal::begin(const OperationRecord& operation) {
  Transaction transaction(database_->connection);
  write_operation(database_->connection, operation);
  transaction.commit();
}

void Journal::record(const OperationRecord& operation,
                     const std::optional<ReleaseRecord>& release) {
  Connection& connection = database_->connection;
  Transaction transaction(connection);
  write_operation(connection, operation);
  write_end(connection, operation);
  if (release) write_release(connection, *release);
  transaction.commit();
}

void Journal::take_over(const std::string& operation, long long process, const std::string& boot) {
  Connection& connection = database_->connection;
  Transaction transaction(connection);
  connection.prepare("UPDATE operation SET process = ?, boot = ? WHERE id = ?")
      .bind(process)
      .bind(boot)
      .bind(operation)
      .run();
  require_one_change(connection, operation);
  chain_taken_over(connection, operation);
  transaction.commit();
}

void Journal::record_step(const std::string& operation, const StepRecord& step) {
  write_step(database_->connection, operation, step);
}

void Journal::record_step(const std::string& operation, const StepRecord& step,
                          const std::vector<HistoryEntry>& history,
                          const std::optional<ReleaseRecord>& release) {
  Transaction transaction(database_->connection);
  write_step(database_->connection, operation, step);
  write_history(database_->connection, operation, history, step.at);
  if (release) write_release(database_->connection, *release);
  transaction.commit();
}

void Journal::end(const std::string& operation, OperationState state, int exit_status,
                  const std::string& message, Time when) {
  end(operation, state, exit_status, message, when, {}, std::nullopt);
}

void Journal::end(const std::string& operation, OperationState state, int exit_status,
                  const std::string& message, Time when, const std::vector<HistoryEntry>& history,
                  const std::optional<ReleaseRecord>& release) {
  Connection& connection = database_->connection;
  Transaction transaction(connection);
  write_end(connection, {.id = operation,
                         .state = state,
                         .ended = when,
                         .exit_status = exit_status,
                         .message = message});
  write_history(connection, operation, history, when);
  if (release) write_release(connection, *release);
  transaction.commit();
}

std::optional<OperationRecord> Journal::operation(const std::string& id) const {
  Statement row =
      database_->connection.prepare(select(operation_columns, "operation WHERE id = ?"));
  row.bind(id);
  return row.step() ? std::optional(operation_of(row)) : std::nullopt;
}

std::vector<OperationRecord> Journal::unfinished(const std::string& stack) const {
  Statement row = database_->connection.prepare(
      select(operation_columns,
             "operation WHERE state = 'running' AND (?1 = '' OR stack = ?1) ORDER BY started, id"));
  row.bind(stack);
  std::vector<OperationRecord> found;
  while (row.step()) found.push_back(operation_of(row));
  return found;
}

std::optional<OperationRecord> Journal::newest_operation(const std::string& stack) const {
  return newest_operation(stack, [](const OperationRecord&) { return true; });
}

std::optional<OperationRecord> Journal::newest_operation(
    const std::string& stack, const std::function<bool(const OperationRecord&)>& wanted) const {
  Statement row = database_->connection.prepare(
      select(operation_columns, "operation WHERE stack = ? ORDER BY started DESC, id DESC"));
  row.bind(stack);
  while (row.step())
    if (OperationRecord operation = operation_of(row); wanted(operation)) return operation;
  return std::nullopt;
}

std::optional<OperationRecord> Journal::newest_operation(const std::string& stack,
                                                         const std::string& kind,
                                                         const std::string& wanted,
                                                         Time until) const {
  Statement row = database_->connection.prepare(
      select(operation_columns,
             "operation WHERE stack = ?1 AND kind = ?2 AND started <= ?3 AND "
             "(?4 = '' OR json_extract(request, '$.kind') = ?4) "
             "ORDER BY started DESC, id DESC LIMIT 1"));
  row.bind(stack).bind(kind).bind(as_number(until)).bind(wanted);
  return row.step() ? std::optional(operation_of(row)) : std::nullopt;
}

std::vector<StepRecord> Journal::steps(const std::string& operation) const {
  Statement row = database_->connection.prepare(
      select(step_columns, "step WHERE operation = ? ORDER BY number"));
  row.bind(operation);
  std::vector<StepRecord> found;
  while (row.step()) found.push_back(step_of(row));
  return found;
}

std::vector<ReleaseRecord> Journal::releases(const std::string& stack,
                                             const std::string& outcome) const {
  Statement row = database_->connection.prepare(
      select(release_columns,
             "release WHERE stack = ?1 AND (?2 = '' OR outcome = ?2) ORDER BY number DESC"));
  row.bind(stack).bind(outcome);
  std::vector<ReleaseRecord> found;
  while (row.step()) found.push_back(release_of(row));
  return found;
}

std::vector<std::string> Journal::stacks() const {
  Statement row =
      database_->connection.prepare("SELECT DISTINCT stack FROM operation ORDER BY stack");
  std::vector<std::string> found;
  while (row.step()) found.push_back(row.text(0));
  return found;
}

std::vector<HistoryRow> Journal::history_rows() const {
  Statement row = database_->connection.prepare(select(history_columns, "history ORDER BY number"));
  std::vector<HistoryRow> found;
  while (row.step()) found.push_back(history_row_of(row));
  return found;
}

std::optional<Journal::SeenTag> Journal::seen_tag(const std::string& repository,
                                                  const std::string& tag) const {
  Statement row = database_->connection.prepare(
      "SELECT image_id, repo_digest, at FROM seen_tag WHERE repository = ? AND tag = ?");
  row.bind(repository).bind(tag);
  if (!row.step()) return std::nullopt;
  return SeenTag{.image_id = row.text(0), .repo_digest = row.text(1), .at = as_time(row.number(2))};
}

void Journal::see_tag(const std::string& repository, const std::string& tag, const SeenTag& seen) {
  database_->connection
      .prepare(
          "INSERT INTO seen_tag (repository, tag, image_id, repo_digest, at) VALUES (?, ?, ?, ?, "
          "?) "
          "ON CONFLICT (repository, tag) DO UPDATE SET image_id = excluded.image_id, "
          "repo_digest = excluded.repo_digest, at = excluded.at")
      .bind(repository)
      .bind(tag)
      .bind(seen.image_id)
      .bind(seen.repo_digest)
      .bind(as_number(seen.at))
      .run();
}

std::optional<Journal::Fact> Journal::fact(const std::string& stack,
                                           const std::string& name) const {
  Statement row =
      database_->connection.prepare("SELECT value, at FROM fact WHERE stack = ? AND name = ?");
  row.bind(stack).bind(name);
  if (!row.step()) return std::nullopt;
  return Fact{.value = json_of(row.text(0)), .at = as_time(row.number(1))};
}

void Journal::set_fact(const std::string& stack, const std::string& name, const Json& value,
                       Time at) {
  database_->connection
      .prepare(
          "INSERT INTO fact (stack, name, value, at) VALUES (?, ?, ?, ?) "
          "ON CONFLICT (stack, name) DO UPDATE SET value = excluded.value, at = excluded.at")
      .bind(stack)
      .bind(name)
      .bind(json_text(value))
      .bind(as_number(at))
      .run();
}

AuditRecord Journal::append_audit(const AuditEntry& entry) {
  Transaction transaction(database_->connection);
  AuditRecord record = append_to_chain(database_->connection, entry);
  transaction.commit();
  return record;
}

std::vector<AuditRecord> Journal::audit_records() const {
  return chain_records(database_->connection);
}

std::optional<AuditRecord> Journal::audit_record(const std::string& kind,
                                                 const std::string& event) const {
  Statement row = database_->connection.prepare(
      select(audit_columns,
             "audit WHERE kind = ? AND CASE WHEN json_valid(content) THEN "
             "json_extract(content, '$.event') END = ? ORDER BY number LIMIT 1"));
  row.bind(kind).bind(event);
  return row.step() ? std::optional(audit_record_of(row)) : std::nullopt;
}

std::optional<AuditHead> Journal::audit_head() const { return chain_head(database_->connection); }

Audited Journal::audited() const {
  const Transaction transaction(database_->connection, Connection::Mode::read);
  Audited all = audited_rows(database_->connection);
  all.records = chain_records(database_->connection);
  return all;
}

}  // namespace ballast
