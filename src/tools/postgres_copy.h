// A whole copy of a database on its own server, made of its files at once (CREATE DATABASE …
// TEMPLATE), with what TEMPLATE leaves out: who may connect, settings, the limit of connections,
// the comment. It refuses connections from its first moment.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/clock.h"
#include "tools/postgres.h"

namespace ballast {

// Who is connected to these, one line each: "psql from 172.18.0.5 as odoo in ten_a".
std::vector<std::string> connected_to(Postgres& postgres,
                                      const std::vector<std::string>& databases);

// Waits for at most `patience` until nobody is connected any more. From then on they are closed,
// until open_databases(); who is still in is ended, and returned. Error(failed) when somebody
// cannot be ended.
std::vector<std::string> clear_databases(Postgres& postgres, Clock& clock,
                                         const std::vector<std::string>& databases,
                                         Duration patience);
// Those that are not there are passed over.
void open_databases(Postgres& postgres, const std::vector<std::string>& databases);

// Why the role that we have may not copy these, in words; empty: it may. Asks only.
std::string trouble_with_copying(Postgres& postgres, const std::vector<std::string>& databases);

struct WholeCopy {
  std::string from;
  std::string to;
  std::string owner;  // role
};
// Of databases that nobody is connected to, one after the other; `begins` is told before each, and
// may throw. What stands under such a name goes first: it was cut off. Error(failed) with
// PostgreSQL's words.
void copy_databases_whole(Postgres& postgres, Clock& clock, const std::vector<WholeCopy>& copies,
                          const std::function<void(const WholeCopy&)>& begins);
// Pure. `major`: of the server's version; `collation_version`: of the template, where it has one.
std::string creation_of(const WholeCopy& copy, int major,
                        const std::string& collation_version = {});

// A psql whose Ballast was killed goes on: what it does about databases of these names is ended.
// Error(failed) when it does not end.
void end_statements_about(Postgres& postgres, Clock& clock, const std::vector<std::string>& names);

struct DatabaseStand {
  std::string owner;
  std::uint64_t bytes = 0;
};
// Of each, in their order. Error(failed) when one is not there.
std::vector<DatabaseStand> stand_of(Postgres& postgres, const std::vector<std::string>& databases);

}  // namespace ballast
