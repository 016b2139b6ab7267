#include "upgrade/rehearsal_copies.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/far_volume.h"
#include "base/text.h"
#include "restore/neutralise.h"
#include "restore/staging.h"
#include "restore/throw_away_layer.h"

namespace ballast {

namespace {

constexpr double usual_rate = 400'000;  // bytes a millisecond
constexpr RoomFor for_a_rehearsal{.what = "a rehearsal", .done = "rehearsed"};

std::string wanted_tag(const Work& work) { return text_at(work.operation.request, "tag"); }

// One that could not be put on trial says nothing of the release, but is no pass either.
RehearsedDatabase not_rehearsed(const std::string& name, std::string why) {
  RehearsedDatabase result;
  result.outcome.database = name;
  result.outcome.trouble = std::move(why);
  return result;
}

Error nothing_fits(const Work& work, const std::vector<const SetDatabase*>& databases,
                   std::uint64_t room, const std::string& folder) {
  std::uint64_t smallest = UINT64_MAX;
  for (const SetDatabase* database : databases)
    smallest = std::min(smallest, room_for_copy({database->name, database->size}));
  return Error(Kind::refused,
               fmt::format("not enough space for a rehearsal on the file system of {}: {} needed "
                           "for the smallest database, {} may be used; nothing was rehearsed",
                           folder, human_bytes(smallest), human_bytes(room)),
               fmt::format("free some: ballast prune {} --dry-run", work.stack.name));
}

std::uint64_t size_of(const std::vector<const SetDatabase*>& databases, const std::string& name) {
  for (const SetDatabase* database : databases)
    if (database->name == name) return database->size;
  return 0;
}

}  // namespace

RehearsalCopies::RehearsalCopies(Work& work, const StoredSet& stored, const docker::Image& image,
                                 const Needs& needs, Progress& progress)
    : work_(work),
      stored_(stored),
      image_(image),
      needs_(needs),
      progress_(progress),
      world_(work, stored, for_a_rehearsal),
      report_{.id = work.operation.id,
              .stack = work.stack.name,
              .tag = wanted_tag(work),
              .set = stored.id,
              .operator_name = work.operation.operator_name,
              .at = work.server.host.clock.now(),
              .passed = false,
              .trouble = {},
              .databases = {},
              .upgrade = {},
              .expected_outage = {},
              .outage = {}},
      rate_(usual_rate) {}

RehearsalReport RehearsalCopies::run() {
  choose_databases();
  const RehearsalPlan planned = plan();
  make_world();
  for (const std::vector<std::string>& group : planned.groups)
    is_odoo() ? rehearse_group(group) : rehearse_together(group);
  if (databases_.empty()) rehearse_together({});
  for (const std::string& name : planned.too_large)
    report_.databases.push_back(not_rehearsed(
        name, fmt::format("there is no room for a copy: it may take {}",
                          human_bytes(room_for_copy({name, size_of(databases_, name)})))));
  time_compose();
  judge();
  return report_;
}

// A database that is to be upgraded and that the set has not cannot be rehearsed.
void RehearsalCopies::choose_databases() {
  for (const SetDatabase& database : stored_.set.databases) {
    const bool is_ours =
        !is_odoo() || (database.odoo && concerns_database(work_.stack.policy, database.name));
    if (is_ours && !database.dump.empty()) databases_.push_back(&database);
  }
  for (const UpgradeWork& wanted : needs_.work) {
    const bool is_there = std::ranges::any_of(
        databases_, [&](const SetDatabase* one) { return one->name == wanted.database; });
    if (!wanted.database.empty() && !is_there)
      report_.databases.push_back(
          not_rehearsed(wanted.database, fmt::format("{} has no copy of it", stored_.id)));
  }
}

// A generic stack's command runs once, on all of them.
RehearsalPlan RehearsalCopies::plan() {
  const Policy& policy = work_.stack.policy;
  if (!is_overridden(work_.operation, "memory"))
    require_memory(work_.server.host.machine.memory(), policy);
  const std::string folder = work_.server.engine.info().root_directory;
  const std::uint64_t room =
      room_below(work_.server.host.disk.space(folder),
                 is_overridden(work_.operation, "disk-space") ? 100 : policy.gates.disk_percent);
  std::vector<CopyWanted> wanted;
  for (const SetDatabase* database : databases_) wanted.push_back({database->name, database->size});
  RehearsalPlan planned = plan_rehearsal(wanted, room);
  const bool is_split = planned.groups.size() + planned.too_large.size() > 1;
  if (!databases_.empty() && (planned.groups.empty() || (!is_odoo() && is_split)))
    throw nothing_fits(work_, databases_, room, folder);
  return planned;
}

void RehearsalCopies::make_world() {
  use_own_environment();
  take_volumes();
  if (world_.has_server()) {
    progress_.note("starting a throw-away database server");
    world_.start_server();
  }
  work_.inspection.look_at_image(image_.id);
  place_ = {.service_words = service_words(work_.stack, work_.resolved_service(report_.tag)),
            .addons = work_.inspection.image_addons(),
            .start = [this](const UpgradeProgram& program) {
              docker::NewContainer wanted = world_.release_container(image_, program.words);
              if (!program.entrypoint.empty()) wanted.entrypoint = {program.entrypoint};
              std::string id = work_.server.engine.make_container(wanted);
              work_.server.engine.start_container(id);
              return id;
            }};
}

// As Compose would give it to this release, which may be another one than what runs was given.
void RehearsalCopies::use_own_environment() {
  if (work_.compose_reading(report_.tag).trouble) return;
  std::map<std::string, std::string> environment;
  for (const auto& [name, value] : work_.resolved_service(report_.tag).environment)
    environment[name] = expand_variables(value, work_.stack.env.values());
  world_.use_environment(std::move(environment));
}

void RehearsalCopies::take_volumes() {
  const BackupSet& set = stored_.set;
  for (const SetVolume& volume : set.volumes) {
    const bool has_attachments = set.filestore && set.filestore->mount == volume.mount;
    if (has_attachments && lay_over_attachments(volume.mount)) continue;
    if (has_attachments)
      copy_attachments(volume);
    else {
      progress_.note("unpacking " + volume.archive);
      world_.make_folder(volume.mount);
      work_.server.host.archives.extract(fmt::format("{}/{}", stored_.folder, volume.archive),
                                         world_.folder_for(volume.mount.path));
    }
  }
}

// Nothing is copied but what production has collected since the set was made.
bool RehearsalCopies::lay_over_attachments(const SetMount& mount) {
  const docker::Container* live = work_.running.of(work_.stack.policy.service);
  if (live == nullptr) return false;
  const auto found = std::ranges::find(live->mounts, mount.path, &docker::Mount::target);
  if (found == live->mounts.end() || !is_on_this_host(work_.server, *found)) return false;
  const std::string folder = world_.folder_for(mount.path);
  std::string why;
  const auto volume = lay_over(work_, found->source, folder,
                               world_.has_server() ? world_.tools_image() : image_.id, why);
  if (!volume) {
    progress_.detail(fmt::format("attachments are copied: {}", why));
    return false;
  }
  world_.use_volume(mount.path, *volume);
  for (const SetDatabase* database : databases_)
    FilestoreCopy(work_.server, stored_, *database, upper_folder(folder),
                  "filestore/" + database->name)
        .fill_beside(found->source, progress_);
  return true;
}

void RehearsalCopies::copy_attachments(const SetVolume& volume) {
  Need need{.folder = work_.server.paths.backups(work_.stack.name)};
  for (const SetDatabase* database : databases_) need.bytes += database->attachment_bytes;
  require_room(work_.server.host.disk, {need},
               fmt::format("free some: ballast prune {} --dry-run", work_.stack.name),
               for_a_rehearsal);
  world_.make_folder(volume.mount);
  const std::string folder = world_.folder_for(volume.mount.path);
  work_.server.host.archives.extract(fmt::format("{}/{}", stored_.folder, volume.archive), folder);
  for (const SetDatabase* database : databases_)
    FilestoreCopy(work_.server, stored_, *database, folder, "filestore/" + database->name)
        .fill(progress_);
}

const SetDatabase& RehearsalCopies::database_of_set(const std::string& name) const {
  return **std::ranges::find(databases_, name, &SetDatabase::name);
}

// A set that was not just made may be of a time when more was due, or less; what an operator named
// is run as it was named.
std::optional<UpgradeWork> RehearsalCopies::work_for(Postgres& postgres,
                                                     const std::string& database) {
  const bool is_fresh = stored_.id == work_.operation.id;
  if (needs_.decided_by == "policy" && !is_fresh)
    return work_of_copy(work_, image_, postgres, database);
  const auto found = std::ranges::find(needs_.work, database, &UpgradeWork::database);
  return found == needs_.work.end() ? std::nullopt : std::optional(*found);
}

// In the order of the set; what it has not comes first.
void RehearsalCopies::sort_results() {
  const auto place = [&](const RehearsedDatabase& result) {
    const auto found = std::ranges::find(databases_, result.outcome.database, &SetDatabase::name);
    return found == databases_.end() ? -1 : found - databases_.begin();
  };
  std::ranges::stable_sort(report_.databases, {}, place);
}

void RehearsalCopies::judge() {
  sort_results();
  std::vector<std::string> failed;
  for (const RehearsedDatabase& database : report_.databases) {
    report_.upgrade += database.outcome.elapsed;
    if (!database.outcome.passed())
      failed.push_back(
          fmt::format("{}: {}", printable(name_of(database)), database.outcome.trouble));
  }
  report_.passed = failed.empty();
  if (failed.size() == 1) report_.trouble = failed.front();
  if (failed.size() > 1)
    report_.trouble = fmt::format(
        "{} of {}; {}", failed.size(),
        counted(static_cast<long long>(report_.databases.size()), "database"), join(failed, "; "));
  report_.outage.upgrade = report_.upgrade;
  if (report_.passed) report_.expected_outage = report_.outage.total();
}

}  // namespace ballast
