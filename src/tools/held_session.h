// Sessions of a database that stand still while others read what they see, or rely on what they
// hold. Each is a psql, which is ended with its object; a Ballast that was killed leaves one in a
// container to `end_sessions`, else to its own limit.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tools/postgres.h"

namespace ballast {

// The environment that gives a client this application_name.
std::vector<std::string> session_named(const std::string& session);

class HeldSession {
 public:
  struct Wanted {
    std::string database;
    std::string session;  // application_name, by which `end_sessions` finds it
    std::vector<std::string> statements;
    Duration limit;
  };
  // Told each line of what the statements print, on another thread, before the constructor returns.
  using Line = std::function<void(std::string_view line)>;

  // Returns once all statements have run. Throws Error(failed) with PostgreSQL's words.
  HeldSession(Postgres& postgres, Wanted wanted, Line told);
  ~HeldSession();
  HeldSession(const HeldSession&) = delete;
  HeldSession& operator=(const HeldSession&) = delete;

 private:
  void take(std::string_view bytes);
  void take_line(std::string_view line);
  void hold();
  void await();
  void let_go();

  Postgres& postgres_;
  const Wanted wanted_;
  const Line told_;
  std::string process_;
  std::string rest_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;
  bool ended_ = false;
  std::optional<Error> error_;
  std::thread thread_;
};

// A transaction that stands still: what pg_dump writes and what is read here are of one moment.
class HeldSnapshot {
 public:
  // Told one by one, on another thread, before the constructor returns: the answer of `names` (one
  // column, as COPY writes text), as the snapshot sees it. Empty: nothing is asked.
  using Names = std::function<void(std::string_view name)>;

  // `counted`: tables of the schema public whose rows are counted; one that is absent is left out.
  HeldSnapshot(Postgres& postgres, const std::string& database, const std::string& session,
               const std::string& names, const std::vector<std::string>& counted, Duration limit,
               Names told);

  const std::string& id() const { return id_; }  // for pg_dump --snapshot
  const std::vector<std::pair<std::string, long long>>& rows() const { return rows_; }

 private:
  void take_line(std::string_view line);

  Names told_;
  std::string id_;
  std::vector<std::pair<std::string, long long>> rows_;
  bool naming_ = false;
  HeldSession session_;
};

// Holds off what locks the table against writers, as Odoo's collection of deleted attachments does
// (ir_attachment IN SHARE MODE; it gives up after 10 s and comes again another day). Writers go on.
// Who holds the table now is waited for, `patience` at most; Error(failed) after it, and where the
// role may not write to the table.
class HeldTable {
 public:
  HeldTable(Postgres& postgres, const std::string& database, const std::string& session,
            const std::string& table, Duration patience, Duration limit);

 private:
  HeldSession session_;
};

}  // namespace ballast
