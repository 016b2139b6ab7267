// What a set holds, brought in beside what is live: a database under another name, attachments into
// a folder of their own; and the proof that it is all there. Nothing here touches live data.
#pragma once

#include <string>
#include <vector>

#include "backup/store.h"
#include "live/workbench.h"
#include "operation/progress.h"
#include "tools/postgres_swap.h"

namespace ballast {

// Asked over the network: the server that an image's entrypoint starts first, to fill a new
// cluster, listens on a socket only, and goes again.
// Error(failed) when it ends, or does not answer within two minutes; `what` is it in words.
void await_server(Server& server, const std::string& container, const std::string& what,
                  Progress& progress);

// A container of the database's image that has the set's folder read-only and shares the network of
// the database's own: a parallel pg_restore needs a file.
docker::NewContainer restorer_beside(const docker::Container& database,
                                     const std::string& set_folder);

// pg_restore into an empty database, then ANALYZE. Error(failed) with pg_restore's words.
void fill_database(Postgres& postgres, Workbench& restorer, const SetDatabase& database,
                   const std::string& name);

// As many rows in the counted tables as the set says. Error(verification) that names the tables.
void prove_database(Postgres& postgres, const SetDatabase& database, const std::string& name);

// The attachments of one database, copied out of the pool with the owner and the modes that the
// set's manifest tells; never linked. Error(failed) names what the pool lacks.
class FilestoreCopy {
 public:
  // `folder`: the root of the volume, which exists; `name`: what is made below it,
  // "filestore/<name>".
  FilestoreCopy(Server& server, const StoredSet& stored, const SetDatabase& database,
                std::string folder, std::string name);

  void fill(Progress& progress);
  // Reads it again, each against its SHA-1. Error(verification).
  void prove(Progress& progress);
  std::size_t count() const { return names_.size(); }

 private:
  Ownership ownership(unsigned mode) const;
  std::string path_of(const AttachmentName& name) const;

  Server& server_;
  SetFilestore filestore_;
  std::string pool_;
  std::string folder_;
  std::string name_;
  std::vector<AttachmentName> names_;
};

}  // namespace ballast
