#include "backup/pool_damage.h"

#include <fmt/format.h>

namespace ballast {

namespace {

std::string mark_of(const SetStore& store, const AttachmentName& name) {
  return fmt::format("{}/{}", store.untold(), name.hex());
}

// Files that are named by their digest, without folders; the list is sorted.
std::vector<AttachmentName> names_in(Disk& disk, const std::string& folder) {
  std::vector<AttachmentName> names;
  for (const std::string& hex : disk.list(folder))
    if (const auto name = parse_attachment_name(fmt::format("{}/{}", hex.substr(0, 2), hex)))
      names.push_back(*name);
  return names;
}

}  // namespace

// Kept, since half a film is better than none.
void put_aside(Server& server, const SetStore& store, const std::vector<AttachmentName>& names) {
  if (names.empty()) return;
  for (const std::string& folder : {store.untold(), store.damaged()})
    server.host.disk.make_directories(folder, 0700);
  for (const AttachmentName& name : names) {
    server.host.disk.replace(mark_of(store, name), "", 0600);
    const std::string path = fmt::format("{}/{}", store.pool(), name.text());
    if (server.host.disk.info(path))
      server.host.disk.rename(path, fmt::format("{}/{}", store.damaged(), name.hex()));
  }
}

std::vector<AttachmentName> untold_damage(Server& server, const SetStore& store) {
  return names_in(server.host.disk, store.untold());
}

std::vector<AttachmentName> attachments_aside(Server& server, const SetStore& store) {
  return names_in(server.host.disk, store.damaged());
}

void damage_is_told(Server& server, const SetStore& store,
                    const std::vector<AttachmentName>& names) {
  for (const AttachmentName& name : names) server.host.disk.remove(mark_of(store, name));
}

}  // namespace ballast
