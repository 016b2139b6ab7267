// Reads dumps to their end, in a container of the database's own image that has the set read-only:
// `pg_restore --list` is content with half a dump.
#pragma once

#include <string>

#include "live/workbench.h"

namespace ballast {

class DumpReader {
 public:
  // `operation` marks its container for recovery; `folder` is the set's.
  DumpReader(Server& server, const std::string& operation, const std::string& image,
             const std::string& folder);
  // `dump`: its path in the set. Error(failed) with pg_restore's words when it is damaged.
  void read(const std::string& dump);

 private:
  Workbench bench_;
};

}  // namespace ballast
