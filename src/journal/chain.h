// The audit chain as a table, and what the journal writes of its own rows into it: each in the
// transaction of the row itself. Private to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "journal/sqlite.h"

namespace ballast {

// The first record of a chain: it holds digests of what stood there before, in the journal of that
// schema (0: nothing).
void begin_chain(sqlite::Connection& connection, std::int64_t schema);

std::optional<AuditHead> chain_head(const sqlite::Connection& connection);
// Within a transaction that writes: nobody else appends between the reading of the head and this.
AuditRecord append_to_chain(sqlite::Connection& connection, const AuditEntry& entry);
std::vector<AuditRecord> chain_records(const sqlite::Connection& connection);
// Of the tables, not the chain.
Audited audited_rows(const sqlite::Connection& connection);

void chain_begun(sqlite::Connection& connection, const std::string& operation);
void chain_taken_over(sqlite::Connection& connection, const std::string& operation);
void chain_ended(sqlite::Connection& connection, const std::string& operation);
// The row that was inserted last.
void chain_release(sqlite::Connection& connection);
void chain_history(sqlite::Connection& connection, Time at);

}  // namespace ballast
