#include "restore/restore_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "backup/far_volume.h"
#include "base/text.h"
#include "restore/folder_swap.h"
#include "tools/postgres_swap.h"

namespace ballast {

namespace {

constexpr std::string_view data_of_postgres = "/var/lib/postgresql";

std::vector<SetDatabase> chosen(const StoredSet& stored, const std::vector<std::string>& wanted) {
  std::vector<SetDatabase> databases;
  std::vector<std::string> known;
  for (const SetDatabase& database : stored.set.databases) {
    known.push_back(database.name);
    if (wanted.empty() || std::ranges::find(wanted, database.name) != wanted.end())
      databases.push_back(database);
  }
  for (const std::string& name : wanted)
    if (std::ranges::find(known, name) == known.end())
      throw Error(Kind::usage, fmt::format("{} has no database `{}`", stored.id, printable(name)),
                  fmt::format("databases in it: {}", join(known, ", ")));
  for (const SetDatabase& database : databases)
    if (database.dump.empty())
      throw Error(Kind::refused,
                  fmt::format("{} is incomplete: it has no dump of {}; nothing was changed",
                              stored.id, printable(database.name)),
                  "choose another set: ballast backup list " + stored.set.stack);
  return databases;
}

// The mount as it is on this server now.
const docker::Mount* mount_now(const Running& running, const SetMount& mount) {
  for (const docker::Container& container : running.services)
    for (const docker::Mount& found : container.mounts) {
      const bool is_same =
          mount.volume.empty() ? found.source == mount.source : found.name == mount.volume;
      if (is_same && found.target == mount.path) return &found;
    }
  return nullptr;
}

const docker::Mount& require_mount(const Work& work, const SetMount& mount) {
  const std::string name = mount.volume.empty() ? mount.source : "the volume " + mount.volume;
  const docker::Mount* found = mount_now(work.running, mount);
  if (found == nullptr)
    throw Error(Kind::refused,
                fmt::format("{} is not mounted by any container of {}; nothing was changed", name,
                            work.stack.name),
                fmt::format("bring the stack up first: ballast deploy {} TAG", work.stack.name));
  if (!is_on_this_host(work.server, *found))
    throw Error(Kind::refused,
                fmt::format("the files of {} are not on this host: they can be backed up, but not "
                            "swapped; nothing was changed",
                            name),
                "restore by hand: the set's RESTORE.md has the commands");
  return *found;
}

std::vector<std::string> services_on(const Running& running, const std::set<std::string>& sources) {
  std::set<std::string> services;
  for (const docker::Container& container : running.services)
    for (const docker::Mount& mount : container.mounts)
      if (sources.contains(mount.source)) services.insert(container.label(docker::label_service));
  return {services.begin(), services.end()};
}

void add_databases(const std::string& operation, const std::string& as, RestorePlan& plan) {
  for (const SetDatabase& database : plan.databases) {
    const std::string& name = as.empty() ? database.name : as;
    plan.exchange.databases.push_back({.names = {.incoming = incoming_name(name, operation),
                                                 .live = name,
                                                 .parked = parked_name(name, operation)},
                                       .owner = database.owner});
  }
}

void require_one(const StoredSet& stored, const RestorePlan& plan) {
  if (plan.databases.size() == 1) return;
  throw Error(Kind::usage,
              fmt::format("{} has {}: a copy is made of one", stored.id,
                          counted(static_cast<long long>(plan.databases.size()), "database")),
              "say which: --database NAME");
}

void add_filestore(const Work& work, const StoredSet& stored, RestorePlan& plan) {
  if (!stored.set.filestore) return;
  const docker::Mount& mount = require_mount(work, stored.set.filestore->mount);
  plan.filestore = mount.source + "/filestore";
  for (const DatabaseSwap& swap : plan.exchange.databases)
    plan.exchange.folders.push_back(
        {.incoming = fmt::format("{}/{}", plan.filestore, swap.names.incoming),
         .live = fmt::format("{}/{}", plan.filestore, swap.names.live),
         .parked = fmt::format("{}/{}", plan.filestore, swap.names.parked)});
}

// Sessions and the like of an Odoo are of its users now, not of that day.
void add_volumes(const Work& work, const StoredSet& stored, RestorePlan& plan) {
  std::set<std::string> sources;
  for (const SetVolume& volume : stored.set.volumes) {
    if (stored.set.filestore) {
      if (const docker::Mount* found = mount_now(work.running, volume.mount))
        plan.beside.push_back({.volume = name_of_volume(volume.mount),
                               .archive = volume.archive,
                               .root = found->source});
      continue;
    }
    const docker::Mount& mount = require_mount(work, volume.mount);
    sources.insert(mount.source);
    plan.volumes.push_back(volume);
    plan.exchange.contents.push_back({.incoming = incoming_content(mount.source, work.operation.id),
                                      .live = mount.source,
                                      .parked = parked_content(mount.source, work.operation.id)});
  }
  plan.exchange.services = services_on(work.running, sources);
}

void add_release_service(const Work& work, RestorePlan& plan) {
  std::set<std::string> services(plan.exchange.services.begin(), plan.exchange.services.end());
  services.insert(work.stack.policy.service);
  services.insert(work.stack.policy.companions.begin(), work.stack.policy.companions.end());
  services.erase(work.stack.policy.database_service);
  plan.exchange.services.assign(services.begin(), services.end());
}

std::vector<Need> needs_of(const Work& work, const StoredSet& stored, const RestorePlan& plan,
                           const std::vector<std::string>& bare) {
  Need databases{.folder = database_folder(work)};
  Need files{.folder = plan.filestore};
  for (const SetDatabase& database : plan.databases) {
    databases.bytes += database.size;
    files.bytes += database.attachment_bytes;
  }
  std::vector<Need> needs{databases, files};
  const auto unpack = [&](const std::string& archive, const std::string& folder) {
    needs.push_back({.folder = folder, .bytes = unpacked_size(work.server, stored, archive)});
  };
  for (std::size_t number = 0; number < plan.volumes.size(); ++number)
    unpack(plan.volumes[number].archive, plan.exchange.contents[number].live);
  for (const BesideFilestore& beside : plan.beside)
    if (std::ranges::find(bare, beside.volume) != bare.end()) unpack(beside.archive, beside.root);
  return needs;
}

}  // namespace

RestorePlan plan_restore(Work& work, const StoredSet& stored, const RestoreWish& wish) {
  RestorePlan plan{.databases = chosen(stored, wish.databases),
                   .exchange = {},
                   .filestore = {},
                   .volumes = {},
                   .beside = {}};
  if (!wish.as.empty()) require_one(stored, plan);
  add_databases(work.operation.id, wish.as, plan);
  add_filestore(work, stored, plan);
  if (!wish.databases.empty() || !wish.as.empty()) return plan;
  add_volumes(work, stored, plan);
  add_release_service(work, plan);
  return plan;
}

std::string database_folder(const Work& work) {
  const docker::Container* container = work.running.of(work.stack.policy.database_service);
  if (container == nullptr) return {};
  for (const docker::Mount& mount : container->mounts)
    if (mount.target.starts_with(data_of_postgres)) return mount.source;
  return {};
}

const std::string& name_of_volume(const SetMount& mount) {
  return mount.volume.empty() ? mount.source : mount.volume;
}

void require_space(Work& work, const StoredSet& stored, const RestorePlan& plan,
                   const std::vector<std::string>& bare) {
  require_room(work.server.host.disk, needs_of(work, stored, plan, bare),
               "free some, or restore one database at a time: --database NAME");
}

void require_room(Disk& disk, const std::vector<Need>& needs, const std::string& hint,
                  const RoomFor& room) {
  struct Sum {
    std::string folder;
    std::uint64_t needed = 0;
    std::uint64_t available = 0;
  };
  std::map<std::uint64_t, Sum> by_filesystem;
  for (const Need& need : needs) {
    if (need.folder.empty()) continue;
    const Space space = disk.space(need.folder);
    Sum& sum = by_filesystem[space.filesystem];
    sum.folder = need.folder;
    sum.needed += need.bytes;
    sum.available = space.available;
  }
  for (const auto& [filesystem, sum] : by_filesystem)
    if (sum.needed > sum.available)
      throw Error(Kind::refused,
                  fmt::format("not enough space for {} on the file system of {}: {} needed, {} "
                              "available; nothing was {}",
                              room.what, sum.folder, human_bytes(sum.needed),
                              human_bytes(sum.available), room.done),
                  hint);
}

std::uint64_t room_below(const Space& space, double percent) {
  const double used = space.used_percent / 100;
  if (used >= 1) return 0;
  const double whole = static_cast<double>(space.available) / (1 - used);
  const double room = whole * (percent / 100 - used);
  return room <= 0 ? 0 : std::min(space.available, static_cast<std::uint64_t>(room));
}

std::uint64_t unpacked_size(Server& server, const StoredSet& stored, const std::string& archive) {
  return server.host.archives.verify(fmt::format("{}/{}", stored.folder, archive)).bytes;
}

void require_server(Postgres& postgres, const std::vector<SetDatabase>& databases) {
  const std::string version = server_version(postgres);
  for (const SetDatabase& database : databases)
    if (major_version(version) < major_version(database.server_version))
      throw Error(Kind::refused,
                  fmt::format("the server is PostgreSQL {}, the dump of {} is of {}: an older one "
                              "cannot read it; nothing was changed",
                              version, printable(database.name), database.server_version),
                  postgres.clients().come_with_server()
                      ? "give the database service the newer image first"
                      : "upgrade that server first");
}

}  // namespace ballast
