// What a set holds, brought in beside what is live: a database under another name, attachments into
// a folder of their own; and the proof that it is all there. Nothing here touches live data.
#pragma once

#include <string>
#include <vector>

#include "backup/dump_reader.h"
#include "backup/store.h"
#include "operation/progress.h"
#include "tools/postgres_swap.h"

namespace ballast {

// Asked over the network: the server that an image's entrypoint starts first, to fill a new
// cluster, listens on a socket only, and goes again.
// Error(failed) when it ends, or does not answer within two minutes; `what` is it in words.
void await_server(Server& server, const std::string& container, const std::string& what,
                  Progress& progress);

// As Odoo does before it loads a dump: an index on it needs a function that never changes, and no
// dump tells that it was made one.
void prepare_unaccent(Postgres& postgres, const std::string& database);

// Empty, under its own name, of the role that owned it, which the server has.
void create_as_in_set(Postgres& postgres, const SetDatabase& database);

// pg_restore into an empty database, then ANALYZE. Error(failed) with pg_restore's words.
void fill_database(Postgres& postgres, DumpReader& reader, const SetDatabase& database,
                   const std::string& name);

// As many rows in the counted tables as the set says. Error(verification) that names the tables.
void prove_database(Postgres& postgres, const SetDatabase& database, const std::string& name);

// The attachments of one database, copied out of the pool with the owner and the modes that the
// set's manifest tells; never linked. Error(failed) names what the pool lacks.
class FilestoreCopy {
 public:
  // `folder`: the root of the volume, which exists; `name`: what is made below it,
  // "filestore/<name>". The set must outlive it.
  FilestoreCopy(Server& server, const StoredSet& stored, const SetDatabase& database,
                std::string folder, std::string name);

  void fill(Progress& progress);
  // Only those that are not in another such folder, which is laid beneath this one.
  void fill_beside(const std::string& folder, Progress& progress);
  // Reads it again, each against its SHA-1. Error(verification).
  void prove(Progress& progress);
  std::uint64_t count() const { return database_.attachment_count; }

 private:
  using Missing = std::function<void(const AttachmentName& name)>;
  using Batch = std::function<void(unsigned folder, const std::vector<AttachmentName>& names)>;

  void go_through(const Batch& work) const;
  void place_all(unsigned folder, const std::vector<AttachmentName>& names, const OnBytes& on_bytes,
                 const Missing& missing);
  void make_folder(const std::string& name) const;
  Ownership ownership(unsigned mode) const;
  std::string path_of(const AttachmentName& name) const;

  Server& server_;
  const StoredSet& stored_;
  const SetDatabase& database_;
  SetFilestore filestore_;
  std::string folder_;
  std::string name_;
};

}  // namespace ballast
