// What reads dumps of a set, where PostgreSQL's programs are.
#pragma once

#include <string>
#include <vector>

#include "backup/client_tools.h"

namespace ballast {

class DumpReader {
 public:
  // As those of ClientTools; `folder` is the set's.
  DumpReader(Server& server, const std::string& operation, const std::string& image,
             const std::string& folder);
  DumpReader(Server& server, const std::string& operation, const docker::Container* beside,
             const std::string& folder);

  // To its end: `pg_restore --list` is content with half a dump. `dump`: its path in the set.
  // Error(failed) with pg_restore's words when it is damaged.
  void read(const std::string& dump);
  // The same as plain SQL without owners.
  void read_plain(const std::string& dump, const Engine::Sink& output);
  // Into an empty database of the server that `environment` names. A parallel pg_restore needs a
  // file.
  void restore(const std::string& dump, const std::string& database,
               const std::vector<std::string>& environment);
  bool makes_unaccent(const std::string& dump);

 private:
  ClientTools tools_;
};

}  // namespace ballast
