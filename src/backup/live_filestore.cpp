#include "backup/live_filestore.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/set_layout.h"
#include "operation/meter.h"

namespace ballast {

namespace {

constexpr const char* filestore = "filestore";

const docker::Mount* mount_at(const docker::Container& container, const std::string& target) {
  for (const docker::Mount& mount : container.mounts)
    if (mount.target == target) return &mount;
  return nullptr;
}

std::string below_filestore(const std::string& database) {
  return fmt::format("{}/{}", filestore, database);
}

SetFilestore facts_of(const docker::Mount& mount, const Ownership& owned) {
  return {.mount = set_mount(mount), .uid = owned.owner, .gid = owned.group, .mode = owned.mode};
}

}  // namespace

SetMount set_mount(const docker::Mount& mount) {
  return {.volume = mount.type == "volume" ? mount.name : "",
          .source = mount.source,
          .path = mount.target};
}

const std::string& name_of_mount(const docker::Mount& mount) {
  return mount.name.empty() ? mount.source : mount.name;
}

std::unique_ptr<FarVolume> reach(Server& server, const Stack& stack, const Running& running,
                                 const docker::Mount& mount, const std::string& operation,
                                 const std::string& folder) {
  const docker::Container* tools = running.of(stack.policy.database_service);
  if (tools == nullptr) tools = running.of(stack.policy.service);
  if (tools == nullptr) tools = &running.services.front();  // whose mount it is
  const std::string& name = name_of_mount(mount);
  return std::make_unique<FarVolume>(server, operation, tools->image_id, name,
                                     fmt::format("{}/far-{}", folder, escaped_name(name)));
}

LiveFilestore::LiveFilestore(Host& host, std::string trouble)
    : host_(host), trouble_(std::move(trouble)) {}

LiveFilestore::LiveFilestore(Host& host, SetFilestore facts, bool is_there, std::string folder,
                             std::unique_ptr<FarVolume> far)
    : host_(host),
      is_there_(is_there),
      facts_(std::move(facts)),
      folder_(std::move(folder)),
      far_(std::move(far)) {}

// Attachments that the volume has none of are to look like the volume itself.
std::unique_ptr<LiveFilestore> LiveFilestore::below(Server& server, const docker::Mount& mount,
                                                    std::unique_ptr<FarVolume> far) {
  const std::string place = far ? far->folder() : mount.source;
  const std::string folder = fmt::format("{}/{}", place, filestore);
  const auto make = [&](const Ownership& owned, bool is_there) {
    return std::unique_ptr<LiveFilestore>(
        new LiveFilestore(server.host, facts_of(mount, owned), is_there, folder, std::move(far)));
  };
  if (far) {
    const bool is_there = far->has_directory(filestore);
    return make(far->ownership_of(is_there ? filestore : "."), is_there);
  }
  const auto info = server.host.disk.info(folder);
  const auto shown = info ? info : server.host.disk.info(place);
  if (!shown) throw Error(Kind::failed, fmt::format("{} is gone", place));
  return make({shown->mode, shown->owner, shown->group}, info.has_value());
}

std::unique_ptr<LiveFilestore> LiveFilestore::find(Server& server, const Stack& stack,
                                                   const Running& running,
                                                   const std::string& operation,
                                                   const std::string& folder) {
  if (stack.policy.preset != Preset::odoo) return nullptr;
  const auto unreadable = [&](std::string_view why) {
    return std::unique_ptr<LiveFilestore>(new LiveFilestore(
        server.host,
        fmt::format("the service `{}` of {} has {}", stack.policy.service, stack.name, why)));
  };
  const docker::Container* release = running.of(stack.policy.service);
  if (release == nullptr) return unreadable("no container");
  std::unique_ptr<LiveFilestore> without_attachments;
  for (const std::string& target : stack.policy.data_mounts) {
    const docker::Mount* mount = mount_at(*release, target);
    if (mount == nullptr) continue;
    std::unique_ptr<FarVolume> far;
    if (!ballast::is_on_this_host(server, *mount))
      far = reach(server, stack, running, *mount, operation, folder);
    auto found = below(server, *mount, std::move(far));
    if (found->is_there()) return found;
    if (!without_attachments) without_attachments = std::move(found);
  }
  if (without_attachments) return without_attachments;
  return unreadable(fmt::format("no volume at {}", join(stack.policy.data_mounts, " or ")));
}

void LiveFilestore::open_pool(const std::string& folder) {
  pool_ = std::make_unique<Pool>(host_, folder);
}

std::string LiveFilestore::folder_of(const std::string& database) const {
  return fmt::format("{}/{}", folder_, database);
}

PoolCount LiveFilestore::take_new(const std::string& database, Progress& progress) {
  seen_->clear();
  if (!trouble_.empty()) return {};
  if (far_) bring_new(database);
  PoolCount taken;
  if (host_.disk.info(folder_of(database))) {
    Meter meter(progress, "attachments copied:");
    taken = pool_->take_new(
        folder_of(database), [&](std::uint64_t bytes) { meter.add(bytes); }, *seen_);
  }
  if (far_) seen_->sort();
  return taken;
}

// What the pool has already stays where it is, and was seen all the same.
void LiveFilestore::bring_new(const std::string& database) {
  const std::string directory = below_filestore(database);
  const auto files = far_->files_below(directory);
  const auto lacking = pool_->lacking(files);
  auto next = lacking.begin();
  for (const SizedName& file : files)
    if (next != lacking.end() && *next == file.name)
      ++next;
    else if (const auto name = parse_attachment_name(file.name))
      seen_->add(*name);
  far_->clear();
  far_->bring(directory, lacking);
}

void LiveFilestore::bring(const std::string& database, const std::vector<AttachmentName>& names) {
  if (!far_) return;
  std::vector<std::string> paths;
  for (const AttachmentName& name : names) paths.push_back(name.text());
  far_->bring(below_filestore(database), paths);
}

Pool::Taken LiveFilestore::take(const std::string& database, const AttachmentName& name,
                                std::uint64_t& bytes) {
  if (!trouble_.empty()) return Pool::Taken::absent;
  return pool_->take(folder_of(database), name, bytes);
}

}  // namespace ballast
