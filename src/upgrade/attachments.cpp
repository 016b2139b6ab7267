#include "upgrade/attachments.h"

#include <fmt/format.h>

#include <memory>

#include "backup/live_filestore.h"
#include "backup/store.h"
#include "base/text.h"

namespace ballast {

namespace {

// As the backup of this operation would: what a kill leaves of it goes with the unfinished set.
std::unique_ptr<LiveFilestore> filestore_of(Work& work) {
  const SetStore store(work.server, work.stack.name);
  return LiveFilestore::find(work.server, work.stack, work.running, work.operation.id,
                             store.incoming(work.operation.id));
}

}  // namespace

void top_up_pool(Work& work, const std::vector<std::string>& databases, Progress& progress) {
  const auto filestore = filestore_of(work);
  if (!filestore) return;
  if (!filestore->trouble().empty()) {
    progress.detail("attachments cannot be read: " + filestore->trouble());
    return;
  }
  if (!filestore->is_there()) return;
  filestore->open_pool(SetStore(work.server, work.stack.name).pool());
  std::uint64_t files = 0;
  for (const std::string& database : databases)
    files += filestore->take_new(database, progress).files;
  if (files > 0) filestore->pool().sync();
}

}  // namespace ballast
