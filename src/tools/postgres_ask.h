// One question to a PostgreSQL server over the network, by libpq in this process: cheap enough to
// be asked every few seconds, and never longer than its deadline. For all else there are the
// clients of the server's own version (tools/postgres.h).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "tools/postgres_url.h"

namespace ballast {

// libpq's own keywords: host, port, user, password, dbname, …
using PostgresParameters = std::map<std::string, std::string>;

enum class PostgresRefusal {
  none,          // it answered
  silent,        // nothing, or not enough, within the deadline
  unreachable,   // nobody listens there
  full,          // every connection is taken
  starting,      // it is starting, stopping or recovering
  not_us,        // it runs, and lets somebody else in: password, role, database, pg_hba.conf
  failed_query,  // it let us in, and refused the question
};

struct PostgresAnswer {
  PostgresRefusal refusal = PostgresRefusal::silent;
  std::string words;  // the server's own, or libpq's; empty: it answered
  std::vector<std::vector<std::string>> rows;
  Duration elapsed{};

  bool answered() const { return refusal == PostgresRefusal::none; }
};

// A connection that is kept from one question to the next: proving a password costs more than all
// else. Each answer is within its deadline; after one that did not come the connection is made
// anew.
class PostgresSession {
 public:
  PostgresSession();
  PostgresSession(PostgresSession&&) noexcept;
  PostgresSession& operator=(PostgresSession&&) noexcept;
  ~PostgresSession();

  // Connects when it is not connected, with other parameters than before, or after `longest`: that
  // nobody new gets in is found out, too.
  PostgresAnswer ask(const PostgresParameters& parameters, const std::string& sql,
                     Duration deadline, Duration longest = std::chrono::minutes(5));

 private:
  struct Kept;
  PostgresAnswer enter(const PostgresParameters& parameters, Monotonic until, Duration deadline);
  std::unique_ptr<Kept> kept_;
};

// `deadline` is for all of it. A host must be given as an address: its name would be looked up
// without one.
PostgresAnswer ask_postgres(const PostgresParameters& parameters, const std::string& sql,
                            Duration deadline);

// The address of a url-file, by libpq's keywords.
PostgresParameters parameters_of(const ServerAddress& address);

// Pure. What the words of a failed connection mean.
PostgresRefusal refusal_of(std::string_view words);

}  // namespace ballast
