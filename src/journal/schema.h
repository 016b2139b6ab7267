// The journal's tables, and the way from every older schema to this one.
#pragma once

#include "journal/sqlite.h"

namespace ballast {

// Brings the database to journal_schema in one transaction. Error(failed) for a newer one.
void migrate(sqlite::Connection& connection);
void require_known_schema(const sqlite::Connection& connection);

}  // namespace ballast
