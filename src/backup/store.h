// The backups of one stack on this server: sets/<id>/, pool/, incoming/ (unfinished), trash/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/attachment_list.h"
#include "live/server.h"
#include "model/backup_set.h"

namespace ballast {

struct StoredSet {
  std::string id;
  std::string folder;
  BackupSet set;
  std::string trouble;       // why its manifest cannot be read; then `set` is empty
  std::string trouble_hint;  // what to do about it
  bool is_newer = false;     // only a newer ballast can read it: that is no damage

  std::string pool() const;  // that it shares with the sets beside it
};

class SetStore {
 public:
  SetStore(Server& server, std::string stack);
  // Of another folder of this form: a copy, a mounted disk. Empty: the stack's own.
  SetStore(Server& server, std::string stack, std::string root);

  std::string pool() const;
  std::string damaged() const;      // attachments whose content went bad
  std::string untold() const;       // what of them no command has told yet
  std::string scrub_state() const;  // how far the rolling scrub is
  std::string incoming() const;
  std::string incoming(const std::string& id) const;
  std::string folder(const std::string& id) const;  // of a finished set
  std::string trash() const;
  std::string trash(const std::string& id) const;

  // What has a manifest, oldest first. What lacks one is no backup.
  std::vector<StoredSet> sets() const;
  // Of a kind, or of all. Reads no more manifests than it takes. nullopt: there is none.
  std::optional<StoredSet> newest_complete(std::optional<BackupKind> kind = {}) const;
  // `word`: an id, the beginning of one, or "latest": the newest complete set. Error(usage) when
  // there is none, or more than one (it lists them); it may be one whose manifest cannot be read.
  StoredSet named(const std::string& word) const;
  // The same; Error(refused) when its manifest cannot be read.
  StoredSet find(const std::string& word) const;
  // The newest set when it is dated after `id`. Either clock was wrong: that of then, or that of
  // now.
  std::optional<std::string> dated_after(const std::string& id) const;

  // nullopt when it has no manifest.
  std::optional<StoredSet> read(const std::string& id) const;

  // Makes sets/<id> of incoming/<id> with one rename: from then on it is a backup.
  void finish(const std::string& id);
  // Out of sight with one rename, then removed: half a set never counts.
  void remove(const std::string& id);
  // What an operation that was cut off left: its incoming folder, and all of the trash.
  void sweep(const std::string& id);
  // Of removals that were cut off.
  void empty_trash();

 private:
  Server& server_;
  std::string stack_;
  std::string root_;
};

// For errors: whose sets they are ("shop on offsite:backups"), and what to do when a word names
// none.
struct SetsPlace {
  std::string of;
  std::string hint_when_empty;
  std::string hint;
};
// As SetStore::named().
StoredSet find_set(const std::vector<StoredSet>& sets, const std::string& word,
                   const SetsPlace& place);

// The attachments that a database of the set names.
AttachmentList attachments_of(Server& server, const StoredSet& stored, const SetDatabase& database);

}  // namespace ballast
