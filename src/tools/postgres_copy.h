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

// Error(failed) when one is not there.
void open_databases(Postgres& postgres, const std::vector<std::string>& databases);

// Why the role that we have may not copy these, in words; empty: it may. Asks only.
std::string trouble_with_copying(Postgres& postgres, const std::vector<std::string>& databases);

struct WholeCopy {
  std::string from;
  std::string to;
  std::string owner;  // role
};
struct CopyingTold {
  // Who was still connected: "psql from 172.18.0.5 as odoo in ten_a".
  std::function<void(const std::string& line)> ended;
  std::function<void(const WholeCopy&)> begins;  // before each copy; may throw
};
// One after the other, while nobody gets into what is copied: it is closed, who is in has
// `patience` to leave and is then ended; it is open again afterwards, unless an error came before
// (open_databases() then). What stands under a copy's name goes first: it was cut off.
// Error(failed) with PostgreSQL's words, also when one is not there or somebody cannot be ended.
void copy_databases_whole(Postgres& postgres, Clock& clock, const std::vector<WholeCopy>& copies,
                          Duration patience, const CopyingTold& told);
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
