// Dumps as streams, never a file where the clients run.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tools/postgres.h"

namespace ballast {

// A transaction that stands still while pg_dump and others read what it sees. It is held by a psql,
// which is ended with this object; a Ballast that was killed leaves one in a container to
// `end_sessions`, else to its own limit.
class HeldSnapshot {
 public:
  // Told line by line, on another thread, before the constructor returns: the answer of `names`
  // (one column, as COPY writes text), as the snapshot sees it. Empty: nothing is asked.
  using Names = std::function<void(std::string_view name)>;

  // `counted`: tables of the schema public whose rows are counted; one that is absent is left out.
  // `session`: application_name, by which `end_sessions` finds it. Throws Error(failed) with
  // PostgreSQL's words.
  HeldSnapshot(Postgres& postgres, const std::string& database, const std::string& session,
               const std::string& names, const std::vector<std::string>& counted, Duration limit,
               const Names& told);
  ~HeldSnapshot();
  HeldSnapshot(const HeldSnapshot&) = delete;
  HeldSnapshot& operator=(const HeldSnapshot&) = delete;

  const std::string& id() const { return id_; }  // for pg_dump --snapshot
  const std::vector<std::pair<std::string, long long>>& rows() const { return rows_; }

 private:
  void take(std::string_view bytes);
  void take_line(std::string_view line);
  void hold(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
            Duration limit);
  void await();
  void let_go();

  Postgres& postgres_;
  std::string database_;
  Names told_;
  std::string id_;
  std::string process_;
  std::vector<std::pair<std::string, long long>> rows_;
  std::string rest_;
  bool naming_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;
  bool ended_ = false;
  std::optional<Error> error_;
  std::thread thread_;
};

// pg_dump -Fc of what the snapshot sees. Error(failed) unless pg_dump ended with 0.
void dump_database(Postgres& postgres, const std::string& database, const std::string& snapshot,
                   const std::string& session, Duration deadline,
                   const PostgresClients::Sink& output);

// pg_dumpall --globals-only: roles with their password hashes, settings.
void dump_globals(Postgres& postgres, Duration deadline, const PostgresClients::Sink& output);

// Ends the sessions that a killed Ballast left in the server. How many there were.
int end_sessions(Postgres& postgres, const std::string& session);

}  // namespace ballast
