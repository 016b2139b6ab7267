// The attachments of a set as one tar.gz with paths relative to the data volume, so that plain tar
// restores them without the pool.
#pragma once

#include <string>

#include "backup/live_filestore.h"
#include "backup/set_folder.h"
#include "host/host.h"
#include "operation/progress.h"

namespace ballast {

// Out of the pool, where nothing changes any more: what is archived is what the lists of `set`
// name; `set.filestore` says whose they are to be. What is damaged there is copied anew from
// production. Error when something cannot be had whole; then there is no archive.
void archive_attachments(Host& host, const std::string& pool, LiveFilestore& filestore,
                         SetFolder& folder, const BackupSet& set, const std::string& archive,
                         Progress& progress);

}  // namespace ballast
