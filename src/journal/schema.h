// The journal's tables, and the way from every older schema to this one.
#pragma once

#include "journal/sqlite.h"

namespace ballast {

// Brings the database to journal_schema in one transaction. Error(failed) for a newer one.
void migrate(sqlite::Connection& connection);
// Error(failed) when it is of a newer schema, or another program's.
void require_known_schema(const sqlite::Connection& connection);
// For reading, when nothing may be migrated: false when it holds nothing yet.
bool has_schema(const sqlite::Connection& connection);

}  // namespace ballast
