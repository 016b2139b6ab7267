#include "journal/sqlite.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <filesystem>

#include "base/error.h"

namespace ballast::sqlite {

namespace {

constexpr int busy_milliseconds = 10'000;
constexpr int pause_milliseconds = 5;

// On a full disk the files beside the journal fail as input and output errors.
bool is_out_of_space(int code, int system_error) {
  return (code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE ||
         ((code & 0xff) == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT));
}

Error error_of(int code, int system_error, const std::string& path, const std::string& said) {
  switch (is_out_of_space(code, system_error) ? SQLITE_FULL : code & 0xff) {
    case SQLITE_FULL:
      return Error(Kind::failed, fmt::format("no space left on the disk of the journal {}", path),
                   "free some space there, then run `ballast recover`");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(Kind::failed, fmt::format("the journal {} is damaged: {}", path, said),
                   fmt::format("keep a copy, then try: sqlite3 {} .recover", path));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(Kind::failed, fmt::format("the journal {} is busy: {}", path, said),
                   "try again in a moment");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return Error(Kind::failed, fmt::format("the journal {} cannot be opened: {}", path, said),
                   "run ballast as root (sudo)");
    default: return Error(Kind::failed, fmt::format("the journal {} fails: {}", path, said));
  }
}

// Who may read the journal but not write beside it needs its -wal and -shm files.
void keep_side_files(sqlite3* handle) {
  int keep = 1;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
}

std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const char letter : path)
    uri += std::string_view("%?#").find(letter) == std::string_view::npos
               ? std::string(1, letter)
               : fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  return uri;
}

// Writers keep the -wal file, so what has none is a copy, which nobody changes while it is read.
std::string reading_name(const std::string& path) {
  std::error_code failure;
  const bool is_copy = !std::filesystem::exists(path + "-wal", failure) && !failure;
  return uri_of(path) + (is_copy ? "?immutable=1" : "");
}

}  // namespace

Connection::Connection(std::string path, Mode mode) : path_(std::move(path)) {
  const std::string name = mode == Mode::read ? reading_name(path_) : path_;
  const int flags = mode == Mode::read ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                                       : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(name.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) {
    const Error error =
        error_of(code, sqlite3_system_errno(handle_), path_, sqlite3_errmsg(handle_));
    sqlite3_close(handle_);
    throw error;
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, busy_milliseconds);
  if (mode == Mode::write) keep_side_files(handle_);
}

Connection::~Connection() { sqlite3_close(handle_); }

void Connection::fail(int code) const {
  throw error_of(code, sqlite3_system_errno(handle_), path_, sqlite3_errmsg(handle_));
}

void Connection::run(std::string_view sql) {
  const int code = sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

void Connection::run_when_free(std::string_view sql) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(busy_milliseconds);
  const std::string text(sql);
  int code = sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr);
  while ((code & 0xff) == SQLITE_BUSY && std::chrono::steady_clock::now() < deadline) {
    sqlite3_sleep(pause_milliseconds);
    code = sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr);
  }
  if (code != SQLITE_OK) fail(code);
}

std::int64_t Connection::changes() const { return sqlite3_changes64(handle_); }

Statement Connection::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) fail(code);
  return {*this, statement};
}

Statement::Statement(const Connection& connection, sqlite3_stmt* statement)
    : connection_(connection), statement_(statement) {}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), ++bound_, number);
  return *this;
}

Statement& Statement::bind_null() {
  sqlite3_bind_null(statement_.get(), ++bound_);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) connection_.fail(code);
  return code == SQLITE_ROW;
}

void Statement::run() {
  while (step()) {
  }
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
bool Statement::is_number(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_INTEGER;
}

Transaction::Transaction(Connection& connection, Connection::Mode mode) : connection_(connection) {
  connection_.run(mode == Connection::Mode::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    connection_.run("ROLLBACK");
  } catch (const Error&) {
    return;  // SQLite has rolled back by itself already
  }
}

void Transaction::commit() {
  connection_.run("COMMIT");
  open_ = false;
}

}  // namespace ballast::sqlite
