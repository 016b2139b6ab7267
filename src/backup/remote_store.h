// The sets of a stack on a remote: <remote>/<stack>/sets/<id>/ and <remote>/<stack>/pool/, as they
// lie in /srv/backups/<stack>/.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backup/store.h"
#include "live/stack.h"
#include "tools/rclone.h"

namespace ballast {

class RemoteStore {
 public:
  RemoteStore(Server& server, Rclone& rclone, Remote remote, std::string stack);

  Remote sets_folder() const { return root_.below("sets"); }
  Remote folder(const std::string& id) const { return sets_folder().below(id); }
  Remote pool() const { return root_.below("pool"); }

  // By set, the size of its manifest. What lacks one is no backup.
  std::map<std::string, std::uint64_t> manifests();
  // Oldest first; `folder` of each is on the remote.
  std::vector<StoredSet> sets();
  // As SetStore::find().
  StoredSet find(const std::string& word);

 private:
  Server& server_;
  Rclone& rclone_;
  Remote remote_;
  std::string stack_;
  Remote root_;
};

std::vector<StoredSet> sets_on_remote(Server& server, const std::string& stack,
                                      const Remote& remote);
StoredSet set_on_remote(Server& server, const std::string& stack, const Remote& remote,
                        const std::string& word);
// Of the stack's policy; Error(usage) when it names none.
Remote require_remote(const Stack& stack);

}  // namespace ballast
