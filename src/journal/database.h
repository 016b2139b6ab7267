// What a journal holds open. Private to this room.
#pragma once

#include <string>

#include "journal/journal.h"
#include "journal/sqlite.h"

namespace ballast {

struct Journal::Database {
  Database(const std::string& path, sqlite::Connection::Mode mode) : connection(path, mode) {}
  sqlite::Connection connection;
};

}  // namespace ballast
