// The backups of one stack on this server: sets/<id>/, pool/, incoming/ (unfinished), trash/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/server.h"
#include "model/attachments.h"
#include "model/backup_set.h"

namespace ballast {

struct StoredSet {
  std::string id;
  std::string folder;
  BackupSet set;
  std::string trouble;  // why its manifest cannot be read; then `set` is empty

  std::string pool() const;  // that it shares with the sets beside it
};

class SetStore {
 public:
  SetStore(Server& server, std::string stack);
  // Of another folder of this form: a copy, a mounted disk. Empty: the stack's own.
  SetStore(Server& server, std::string stack, std::string root);

  std::string pool() const;
  std::string incoming(const std::string& id) const;
  std::string folder(const std::string& id) const;  // of a finished set
  std::string trash(const std::string& id) const;

  // What has a manifest, oldest first. What lacks one is no backup.
  std::vector<StoredSet> sets() const;
  // Reads no more manifests than it takes. nullopt: there is none.
  std::optional<StoredSet> newest_complete() const;
  // `word`: an id, the beginning of one, or "latest": the newest complete set. Error(usage) when
  // there is none, or more than one (it lists them), or when its manifest cannot be read.
  StoredSet find(const std::string& word) const;

  // Makes sets/<id> of incoming/<id> with one rename: from then on it is a backup.
  void finish(const std::string& id);
  // Out of sight with one rename, then removed: half a set never counts.
  void remove(const std::string& id);
  // What an operation that was cut off left: its incoming folder, and all of the trash.
  void sweep(const std::string& id);

 private:
  std::optional<StoredSet> read(const std::string& id) const;

  Server& server_;
  std::string stack_;
  std::string root_;
};

// The attachments that a database of the set names, sorted; nullopt when their list is missing.
// Error(failed) when it is damaged.
std::optional<std::vector<AttachmentName>> read_attachments(Server& server, const StoredSet& stored,
                                                            const SetDatabase& database);

}  // namespace ballast
