// Where a database server outside the stack is: one line, as libpq itself reads it.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ballast {

struct ServerAddress {
  // What libpq's programs take from their environment: PGHOST, PGPORT, PGUSER, PGPASSWORD, …
  std::map<std::string, std::string> variables;
  std::string database;  // that it names; empty: none

  std::string value(const std::string& variable) const;  // empty when absent
  std::string port() const;
  std::string place() const;  // "db.example.com:5432"
};

// "postgres://user:password@host:port/database?sslmode=…", or "host=… user=…". Error(usage) that
// names the file `path`, and nothing of what it holds but the names of options.
ServerAddress parse_server_address(const std::string& path, std::string_view text);

}  // namespace ballast
