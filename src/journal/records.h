// The journal's records as rows of its tables, both ways. Private to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.h"
#include "journal/sqlite.h"

namespace ballast {

Time present();
std::int64_t as_number(Time time);
Time as_time(std::int64_t number);
Json json_of(const std::string& text);
std::string_view word_of(OperationState state);

// The columns, in the order in which the functions below them read.
inline constexpr std::string_view operation_columns =
    "id, kind, stack, operator, environment, request, plan, state, ballast_version, process, boot, "
    "started, ended, exit_status, message";
OperationRecord operation_of(const sqlite::Statement& row);

inline constexpr std::string_view step_columns = "number, name, state, fact, at";
StepRecord step_of(const sqlite::Statement& row);

inline constexpr std::string_view release_columns =
    "id, stack, tag, image_id, repo_digest, repository, config_hash, environment, operator, "
    "outcome, "
    "copies, at";
ReleaseRecord release_of(const sqlite::Statement& row);

inline constexpr std::string_view history_columns =
    "number, timestamp, stack, version, environment, status, operator";
HistoryRow history_row_of(const sqlite::Statement& row);

inline constexpr std::string_view audit_columns =
    "number, at, kind, stack, who, content, previous, hash";
AuditRecord audit_record_of(const sqlite::Statement& row);

void write_step(sqlite::Connection& connection, const std::string& operation,
                const StepRecord& step);
// These two enter the audit chain.
void write_history(sqlite::Connection& connection, const std::string& operation,
                   const std::vector<HistoryEntry>& history, Time at);
void write_release(sqlite::Connection& connection, const ReleaseRecord& release);

}  // namespace ballast
