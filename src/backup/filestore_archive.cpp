#include "backup/filestore_archive.h"

#include <fmt/format.h>

#include "backup/attachment_list.h"
#include "host/archives.h"
#include "operation/interruption.h"
#include "operation/meter.h"

namespace ballast {

namespace {

class FilestoreArchive {
 public:
  FilestoreArchive(Host& host, std::string pool, LiveFilestore& filestore,
                   const SetFilestore& facts, Progress& progress, ArchiveWriter& archive)
      : host_(host),
        pool_(std::move(pool)),
        filestore_(filestore),
        progress_(progress),
        archive_(archive),
        folders_{.mode = facts.mode, .owner = facts.uid, .group = facts.gid},
        files_{.mode = folders_.mode & 0666U, .owner = folders_.owner, .group = folders_.group} {
    archive_.add("filestore", file_at(pool_), folders_);
  }

  void add(const SetDatabase& database, const std::string& set_folder) {
    if (database.attachments.empty()) return;
    const std::string root = "filestore/" + database.name;
    archive_.add(root, file_at(pool_), folders_);
    AttachmentList list(host_.trees, {set_folder, database.attachments});
    for (unsigned number = 0; number < attachment_folders; ++number) {
      const auto names = list.names_in(number);
      if (names.empty()) continue;
      renew_damaged(database, names);
      const std::string folder = attachment_folder(number);
      archive_.add(fmt::format("{}/{}", root, folder), {pool_, folder}, folders_);
      for (const AttachmentName& name : names) add_file(database, root, name);
    }
  }

 private:
  // This archive has to do without the pool, so that what it is made of is read again first.
  void renew_damaged(const SetDatabase& database, const std::vector<AttachmentName>& names) {
    const auto damaged = filestore_.pool().damaged_of(names);
    filestore_.bring(database.name, damaged);
    for (const AttachmentName& name : damaged) {
      std::uint64_t bytes = 0;
      if (filestore_.take(database.name, name, bytes) != Pool::Taken::yes)
        throw Error(
            Kind::failed,
            fmt::format("{} is damaged in the pool, and production has it no more", name.text()));
      progress_.detail(
          fmt::format("{} was damaged in the pool: copied anew from production", name.text()));
    }
  }

  void add_file(const SetDatabase& database, const std::string& root, const AttachmentName& name) {
    stop_when_interrupted(host_, "archiving " + database.name);
    if (!archive_.add(fmt::format("{}/{}", root, name.text()), {pool_, name.text()}, files_))
      throw Error(Kind::failed, name.text() + " is not in the pool any more");
  }

  Host& host_;
  std::string pool_;
  LiveFilestore& filestore_;
  Progress& progress_;
  ArchiveWriter& archive_;
  Ownership folders_;
  Ownership files_;
};

}  // namespace

void archive_attachments(Host& host, const std::string& pool, LiveFilestore& filestore,
                         SetFolder& folder, const BackupSet& set, const std::string& archive,
                         Progress& progress) {
  std::uint64_t total = 0;
  for (const SetDatabase& database : set.databases) total += database.attachment_bytes;
  Meter meter(progress, "attachments archived:", total);
  auto writer = host.archives.create(folder.path_of(archive), Packing::gzip,
                                     [&](std::uint64_t bytes) { meter.add(bytes); });
  FilestoreArchive attachments(host, pool, filestore, *set.filestore, progress, *writer);
  for (const SetDatabase& database : set.databases) attachments.add(database, folder.path());
  folder.record(archive, writer->finish().file);
}

}  // namespace ballast
