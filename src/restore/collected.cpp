#include "restore/collected.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "backup/live_filestore.h"
#include "backup/store.h"
#include "base/text.h"
#include "tools/held_session.h"

namespace ballast {

namespace {

constexpr Duration longest_list = std::chrono::minutes(10);
constexpr std::string_view has_attachments = "SELECT to_regclass('public.ir_attachment')::text";
constexpr std::string_view attachment_names =
    "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL";

// As the backup of this operation would: what a kill leaves of it goes with the unfinished set.
std::unique_ptr<LiveFilestore> filestore_of(Work& work) {
  const SetStore store(work.server, work.stack.name);
  return LiveFilestore::find(work.server, work.stack, work.running, work.operation.id,
                             store.incoming(work.operation.id));
}

std::vector<AttachmentName> names_in(Work& work, Postgres& postgres, const std::string& database) {
  std::vector<AttachmentName> names;
  const auto answer = postgres.query(database, std::string(has_attachments));
  if (answer.empty() || answer.front().at(0).empty()) return names;
  const HeldSnapshot snapshot(postgres, database, "ballast " + work.operation.id,
                              std::string(attachment_names), {}, longest_list,
                              [&](std::string_view text) {
                                if (const auto name = parse_attachment_name(text))
                                  names.push_back(*name);
                              });
  std::ranges::sort(names);
  return names;
}

// Those that a folder of attachments lacks; `names` sorted.
std::vector<AttachmentName> lacking(Trees& trees, const std::string& folder,
                                    const std::vector<AttachmentName>& names) {
  std::vector<AttachmentName> absent;
  std::vector<SizedName> here;
  int listed = -1;
  for (const AttachmentName& name : names) {
    if (name.sha1[0] != listed) {
      listed = name.sha1[0];
      here = trees.files_in({folder, attachment_folder(name.sha1[0])});
    }
    const std::string hex = name.hex();
    if (!std::ranges::binary_search(here, hex, {}, &SizedName::name)) absent.push_back(name);
  }
  return absent;
}

std::uint64_t place(Work& work, const SetFilestore& facts, const std::string& folder,
                    const std::vector<AttachmentName>& names, Progress& progress) {
  Trees& trees = work.server.host.trees;
  const std::string pool = SetStore(work.server, work.stack.name).pool();
  std::uint64_t placed = 0;
  for (const AttachmentName& name : names) {
    const std::string below = attachment_folder(name.sha1[0]);
    if (!work.server.host.disk.info(fmt::format("{}/{}", folder, below)))
      trees.make_directory({folder, below},
                           {.mode = facts.mode, .owner = facts.uid, .group = facts.gid});
    if (trees.place({pool, name.text()}, {folder, name.text()},
                    {.mode = facts.mode & 0666U, .owner = facts.uid, .group = facts.gid}))
      ++placed;
    else
      progress.detail(fmt::format("the attachment {} is neither in the filestore nor in the pool",
                                  name.text()));
  }
  trees.sync(folder);
  return placed;
}

}  // namespace

std::uint64_t put_back_attachments(Work& work, Postgres& postgres, const std::string& database,
                                   Progress& progress) {
  const auto filestore = filestore_of(work);
  if (!filestore || !filestore->facts() || !filestore->is_there()) return 0;
  const auto names = names_in(work, postgres, database);
  if (names.empty()) return 0;
  const SetFilestore& facts = *filestore->facts();
  const std::string folder = filestore->folder_of(database);
  if (!filestore->is_on_this_host()) {
    progress.detail(
        fmt::format("the attachments of {} are not on this host: what was collected "
                    "since is in the pool, {}",
                    printable(database), SetStore(work.server, work.stack.name).pool()));
    return 0;
  }
  const auto absent = lacking(work.server.host.trees, folder, names);
  return absent.empty() ? 0 : place(work, facts, folder, absent, progress);
}

}  // namespace ballast
