// A thin hand on SQLite: one connection, prepared statements, transactions. Private to this room.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ballast::sqlite {

class Statement;

class Connection {
 public:
  // `read` makes no file, not even beside the database.
  enum class Mode { write, read };
  Connection(std::string path, Mode mode);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void run(std::string_view sql);  // one or more statements without results
  // Asks again while others hold the file, also where SQLite itself would give up at once.
  void run_when_free(std::string_view sql);
  Statement prepare(std::string_view sql) const;
  std::int64_t changes() const;  // rows that the last statement changed
  const std::string& path() const { return path_; }
  [[noreturn]] void fail(int code) const;

 private:
  std::string path_;
  sqlite3* handle_ = nullptr;
};

// Values are bound in order; rows are stepped through.
class Statement {
 public:
  Statement(const Connection& connection, sqlite3_stmt* statement);
  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t number);
  Statement& bind_null();
  bool step();  // true: a row is there
  void run();   // to the end
  std::string text(int column) const;
  std::int64_t number(int column) const;
  bool is_null(int column) const;
  bool is_number(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  const Connection& connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
};

// Rolls back unless committed. What was committed is on the disk. One that reads sees all of one
// moment.
class Transaction {
 public:
  explicit Transaction(Connection& connection, Connection::Mode mode = Connection::Mode::write);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace ballast::sqlite
