#include "journal/chain.h"

#include <fmt/format.h>

#include <array>
#include <span>

#include "base/hash.h"
#include "base/text.h"
#include "journal/records.h"

namespace ballast {

using sqlite::Connection;
using sqlite::Statement;

namespace {

using Columns = std::span<const std::string_view>;

constexpr auto columns_of_operation = std::to_array<std::string_view>(
    {"id", "kind", "stack", "operator", "environment", "request", "plan", "state",
     "ballast_version", "process", "boot", "started", "ended", "exit_status", "message"});
constexpr auto columns_of_step =
    std::to_array<std::string_view>({"number", "name", "state", "fact", "at"});
constexpr auto columns_of_release = std::to_array<std::string_view>(
    {"number", "id", "stack", "tag", "image_id", "repo_digest", "repository", "config_hash",
     "environment", "operator", "outcome", "copies", "at"});
constexpr auto columns_of_history = std::to_array<std::string_view>(
    {"number", "operation", "timestamp", "stack", "version", "environment", "status", "operator"});

// What is known of an operation when it begins, and what its end adds.
constexpr auto begun =
    std::to_array<std::string_view>({"id", "kind", "stack", "operator", "environment", "request",
                                     "plan", "ballast_version", "process", "boot", "started"});
constexpr auto taken_over = std::to_array<std::string_view>({"id", "process", "boot"});
constexpr auto ended =
    std::to_array<std::string_view>({"id", "state", "ended", "exit_status", "message", "steps"});

std::string select(Columns columns, std::string_view rest) {
  return fmt::format("SELECT {} FROM {}", fmt::join(columns, ", "), rest);
}

Json object_of(const Statement& row, Columns columns) {
  Json object = Json::object();
  for (std::size_t column = 0; column < columns.size(); ++column) {
    const int index = static_cast<int>(column);
    Json& value = object[std::string(columns[column])];
    if (row.is_number(index))
      value = row.number(index);
    else if (!row.is_null(index))
      value = row.text(index);
  }
  return object;
}

// Written otherwise it is another text, also where it means the same.
Json as_written(const std::string& text) {
  auto json = parse_json(text);
  return json && json_text(*json) == text ? *std::move(json) : Json(text);
}

std::string digest_of_steps(const Connection& connection, const std::string& operation) {
  Statement row =
      connection.prepare(select(columns_of_step, "step WHERE operation = ? ORDER BY number"));
  row.bind(operation);
  std::vector<Json> steps;
  while (row.step()) steps.push_back(object_of(row, columns_of_step));
  return audit_digest(steps).text();
}

// While it runs, the steps are its working memory.
Json operation_row(const Connection& connection, const Statement& row) {
  Json object = object_of(row, columns_of_operation);
  object["request"] = as_written(text_at(object, "request"));
  object["plan"] = "sha256:" + sha256_hex(text_at(object, "plan"));
  object["steps"] = text_at(object, "state") == word_of(OperationState::running)
                        ? Json()
                        : Json(digest_of_steps(connection, text_at(object, "id")));
  return object;
}

Json operation_row(const Connection& connection, const std::string& id) {
  Statement row = connection.prepare(select(columns_of_operation, "operation WHERE id = ?"));
  row.bind(id);
  return row.step() ? operation_row(connection, row) : Json();
}

std::vector<Json> rows_of(const Connection& connection, Columns columns, std::string_view table) {
  Statement row = connection.prepare(select(columns, fmt::format("{} ORDER BY number", table)));
  std::vector<Json> rows;
  while (row.step()) rows.push_back(object_of(row, columns));
  return rows;
}

Json newest_row(const Connection& connection, Columns columns, std::string_view table) {
  Statement row = connection.prepare(
      select(columns, fmt::format("{} WHERE number = last_insert_rowid()", table)));
  return row.step() ? object_of(row, columns) : Json();
}

Json event(std::string_view name, const Json& row, Columns members) {
  Json content{{"event", name}};
  for (const std::string_view column : members) content[std::string(column)] = member(row, column);
  return content;
}

void append(Connection& connection, std::string_view kind, const Json& row, Json content, Time at) {
  append_to_chain(connection, {.kind = std::string(kind),
                               .stack = text_at(row, "stack"),
                               .who = text_at(row, "operator"),
                               .content = std::move(content),
                               .at = at});
}

void append_operation(Connection& connection, const std::string& id, std::string_view name,
                      Columns members, std::optional<std::string_view> time) {
  const Json row = operation_row(connection, id);
  const Time at = time ? as_time(number_at(row, *time)) : present();
  append(connection, "operation", row, event(name, row, members), at);
}

}  // namespace

std::optional<AuditHead> chain_head(const Connection& connection) {
  Statement row = connection.prepare("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
  if (!row.step()) return std::nullopt;
  return AuditHead{.number = row.number(0), .hash = row.text(1)};
}

AuditRecord append_to_chain(Connection& connection, const AuditEntry& entry) {
  AuditRecord record = next_audit_record(chain_head(connection), entry);
  connection
      .prepare(fmt::format("INSERT INTO audit ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", audit_columns))
      .bind(record.number)
      .bind(as_number(record.at))
      .bind(record.kind)
      .bind(record.stack)
      .bind(record.who)
      .bind(json_text(record.content))
      .bind(record.previous)
      .bind(record.hash)
      .run();
  return record;
}

std::vector<AuditRecord> chain_records(const Connection& connection) {
  Statement row =
      connection.prepare(fmt::format("SELECT {} FROM audit ORDER BY number", audit_columns));
  std::vector<AuditRecord> found;
  while (row.step()) found.push_back(audit_record_of(row));
  return found;
}

Audited audited_rows(const Connection& connection) {
  Audited rows{.records = {},
               .operations = {},
               .releases = rows_of(connection, columns_of_release, "release"),
               .history = rows_of(connection, columns_of_history, "history")};
  Statement row = connection.prepare(select(columns_of_operation, "operation ORDER BY id"));
  while (row.step()) rows.operations.push_back(operation_row(connection, row));
  return rows;
}

// An operation that runs still changes: it enters the chain as one that has begun.
void begin_chain(Connection& connection, std::int64_t schema) {
  Audited rows = audited_rows(connection);
  std::vector<std::string> running;
  std::erase_if(rows.operations, [&](const Json& row) {
    const bool runs = text_at(row, "state") == word_of(OperationState::running);
    if (runs) running.push_back(text_at(row, "id"));
    return runs;
  });
  append(connection, "beginning", {{"operator", "ballast"}},
         {{"schema", schema},
          {"operations", audit_digest(rows.operations).text()},
          {"releases", audit_digest(rows.releases).text()},
          {"history", audit_digest(rows.history).text()}},
         present());
  for (const std::string& id : running) chain_begun(connection, id);
}

void chain_begun(Connection& connection, const std::string& operation) {
  append_operation(connection, operation, "begun", begun, "started");
}

void chain_taken_over(Connection& connection, const std::string& operation) {
  append_operation(connection, operation, "taken-over", taken_over, std::nullopt);
}

void chain_ended(Connection& connection, const std::string& operation) {
  append_operation(connection, operation, "ended", ended, "ended");
}

void chain_release(Connection& connection) {
  const Json row = newest_row(connection, columns_of_release, "release");
  append(connection, "operation", row, event("release", row, columns_of_release),
         as_time(number_at(row, "at")));
}

void chain_history(Connection& connection, Time at) {
  const Json row = newest_row(connection, columns_of_history, "history");
  append(connection, "history", row, event("line", row, columns_of_history), at);
}

}  // namespace ballast
