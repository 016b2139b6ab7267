#include "journal/records.h"

#include <algorithm>
#include <array>

#include "journal/chain.h"

namespace ballast {

using sqlite::Connection;
using sqlite::Statement;

namespace {

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
  return std::find_if(words.begin(), words.end(),
                      [&](const auto& pair) { return pair.first == value; })
      ->second;
}

template <typename Value>
Value value_of(const Words<Value>& words, std::string_view word) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const auto& pair) { return pair.second == word; });
  if (found == words.end())
    throw Error(Kind::failed, "the journal holds an unknown state `" + std::string(word) + "`");
  return found->first;
}

}  // namespace

Time present() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }
std::int64_t as_number(Time time) { return time.time_since_epoch().count(); }
Time as_time(std::int64_t number) { return Time(std::chrono::milliseconds(number)); }
Json json_of(const std::string& text) { return parse_json(text).value_or(Json()); }
std::string_view word_of(OperationState state) { return word_of(operation_words, state); }

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

void write_step(Connection& connection, const std::string& operation, const StepRecord& step) {
  connection
      .prepare(
          "INSERT INTO step (operation, number, name, state, fact, at) VALUES (?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (operation, number) DO UPDATE SET state = excluded.state, fact = "
          "excluded.fact, at = excluded.at")
      .bind(operation)
      .bind(step.number)
      .bind(step.name)
      .bind(word_of(step_words, step.state))
      .bind(json_text(step.fact))
      .bind(as_number(step.at))
      .run();
}

void write_history(Connection& connection, const std::string& operation,
                   const std::vector<HistoryEntry>& history, Time at) {
  for (const HistoryEntry& entry : history) {
    connection
        .prepare(
            "INSERT INTO history (operation, timestamp, stack, version, environment, status, "
            "operator) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(operation)
        .bind(entry.timestamp)
        .bind(entry.stack)
        .bind(entry.version)
        .bind(entry.environment)
        .bind(entry.status)
        .bind(entry.operator_name)
        .run();
    chain_history(connection, at);
  }
}

void write_release(Connection& connection, const ReleaseRecord& release) {
  Statement statement = connection.prepare(
      "INSERT INTO release (id, stack, tag, image_id, repo_digest, repository, config_hash, "
      "environment, operator, "
      "outcome, copies, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const std::string& text :
       {release.id, release.stack, release.tag, release.image_id, release.repo_digest,
        release.repository, release.config_hash, release.environment, release.operator_name,
        release.outcome, release.copies})
    statement.bind(text);
  statement.bind(as_number(release.at)).run();
  chain_release(connection);
}

// What is not written as it was appended is shown as the text that stands there: its hash is then
// another.
AuditRecord audit_record_of(const Statement& row) {
  const std::string content = row.text(5);
  const auto json = parse_json(content);
  return {.number = row.number(0),
          .at = as_time(row.number(1)),
          .kind = row.text(2),
          .stack = row.text(3),
          .who = row.text(4),
          .content = json && json_text(*json) == content ? *json : Json(content),
          .previous = row.text(6),
          .hash = row.text(7)};
}

StepRecord step_of(const Statement& row) {
  return {.number = static_cast<int>(row.number(0)),
          .name = row.text(1),
          .state = value_of(step_words, row.text(2)),
          .fact = json_of(row.text(3)),
          .at = as_time(row.number(4))};
}

HistoryRow history_row_of(const Statement& row) {
  return {.number = row.number(0),
          .entry = {.timestamp = row.text(1),
                    .stack = row.text(2),
                    .version = row.text(3),
                    .environment = row.text(4),
                    .status = row.text(5),
                    .operator_name = row.text(6),
                    .time = parse_time(row.text(1))}};
}

}  // namespace ballast
