#include "backup/making.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "backup/beforehand.h"
#include "backup/database_copy.h"
#include "backup/filestore_archive.h"
#include "backup/pool_damage.h"
#include "base/text.h"
#include "base/version.h"
#include "host/archives.h"
#include "journal/published_head.h"
#include "live/database_server.h"
#include "model/restore_notes.h"
#include "operation/meter.h"

namespace ballast {

namespace {

std::string session_of(const std::string& id) { return "ballast " + id; }

SetDatabase set_database(DatabaseFacts facts) {
  SetDatabase database;
  database.name = std::move(facts.name);
  database.owner = std::move(facts.owner);
  database.size = facts.size;
  database.server_version = std::move(facts.server_version);
  database.encoding = std::move(facts.encoding);
  database.collate = std::move(facts.collate);
  database.ctype = std::move(facts.ctype);
  return database;
}

SetRelease release_of(Server& server, const Stack& stack, const docker::Container* container) {
  SetRelease release{.service = stack.policy.service,
                     .tag = stack.tag(),
                     .image = stack.image_for(stack.tag()).text(),
                     .image_id = {},
                     .digest = {}};
  if (container == nullptr) return release;
  release.image = container->image;
  release.image_id = container->image_id;
  if (const auto image = server.engine.image(container->image_id))
    release.digest = image->digest_of(parse_reference(container->image).repository);
  return release;
}

bool keeps_data(const docker::Mount& mount, const Policy& policy) {
  const bool is_code =
      mount.type == "volume" && policy.preset == Preset::odoo && mount.target == policy.addons.path;
  const bool is_named =
      std::ranges::find(policy.data_mounts, mount.target) != policy.data_mounts.end();
  return mount.writable && !is_code && (mount.type == "volume" || is_named);
}

// Each once, whoever shares it. What the database keeps is in the dumps.
std::vector<const docker::Mount*> mounts_with_data(const Stack& stack, const Running& running) {
  std::vector<const docker::Mount*> mounts;
  std::set<std::string> sources;
  for (const docker::Container& container : running.services) {
    if (container.label(docker::label_service) == stack.policy.database_service) continue;
    for (const docker::Mount& mount : container.mounts)
      if (keeps_data(mount, stack.policy) && sources.insert(mount.source).second)
        mounts.push_back(&mount);
  }
  return mounts;
}

Postgres server_of(Server& server, const Stack& stack, const Running& running) {
  if (has_database_outside(stack.policy)) return outside_server(server, stack.policy);
  const docker::Container* container = running.of(stack.policy.database_service);
  if (container == nullptr || !container->running())
    throw Error(Kind::refused,
                fmt::format("the database service `{}` of {} does not run: there is nothing to "
                            "back up from",
                            stack.policy.database_service, stack.name),
                fmt::format("start it, then try again: ballast status {}", stack.name));
  return Postgres(server.engine, *container);
}

// Its programs ended with us. That a server cannot be asked must not keep a half-made set.
void end_sessions_outside(Server& server, const Policy& policy, const std::string& id) {
  try {
    Postgres postgres = outside_server(server, policy);
    end_sessions(postgres, session_of(id));
  } catch (const Error&) {
    return;
  }
}

}  // namespace

SetMaker::SetMaker(Server& server, const Stack& stack, const Running& running,
                   std::string operation, const SetWanted& wanted, Progress& progress)
    : server_(server),
      stack_(stack),
      running_(running),
      id_(std::move(operation)),
      wanted_(wanted),
      progress_(progress),
      store_(server, stack.name),
      folder_(server.host, store_.incoming(id_)) {}

std::string SetMaker::begin() {
  phase("begin");
  set_.id = id_;
  set_.stack = stack_.name;
  set_.kind = wanted_.kind;
  set_.note = wanted_.note;
  set_.operator_name = wanted_.operator_name;
  set_.started = server_.host.clock.now();
  set_.ballast_version = version;
  set_.project = stack_.project;
  set_.release = release_of(server_, stack_, running_.of(stack_.policy.service));
  if (const auto warning = clock_warning(store_, id_); !warning.empty()) progress_.detail(warning);
  find_databases();
  require_space_for_set(server_, store_, stack_.name, set_.kind);
  filestore_ = LiveFilestore::find(server_, stack_, running_, id_, folder_.path());
  if (filestore_ && filestore_->is_there()) set_.filestore = filestore_->facts();
  if (running_.of(stack_.policy.service) == nullptr) miss_release();
  folder_.make_directories();
  keep_stack_files();
  return counted(static_cast<long long>(set_.databases.size()), "database");
}

void SetMaker::keep_stack_files() {
  std::vector<std::string> paths{stack_.compose_path, stack_.env_path, stack_.policy_path};
  if (stack_.override_path) paths.push_back(*stack_.override_path);
  for (const std::string& path : paths)
    if (const auto text = server_.host.disk.read(path))
      folder_.put(fmt::format("{}{}", stack_folder, path.substr(path.rfind('/'))), *text);
}

// Of an Odoo that is sessions and the like: its attachments are looked at for themselves.
void SetMaker::miss_release() {
  const auto& mounts = stack_.release_service().mounts;
  if (std::ranges::none_of(mounts, [](const ComposeMount& mount) {
        return mount.type == ComposeMount::Type::volume && !mount.read_only;
      }))
    return;
  auto& said = stack_.policy.preset == Preset::odoo ? set_.remarks : set_.reasons;
  said.push_back(
      fmt::format("volumes of {}: the service has no container: what they hold was not "
                  "packed",
                  stack_.policy.service));
}

void SetMaker::find_databases() {
  if (!has_database(stack_.policy)) return;
  postgres_ = std::make_unique<Postgres>(server_of(server_, stack_, running_));
  postgres_->require_clients();
  if (const docker::Container* container = running_.of(stack_.policy.database_service)) {
    set_.database_service = stack_.policy.database_service;
    set_.database_image = container->image;
  }
  std::vector<std::string> known;
  for (DatabaseFacts& facts : postgres_->database_facts()) {
    known.push_back(facts.name);
    const auto& wanted = wanted_.databases;
    const bool is_wanted = wanted.empty() ? concerns_database(stack_.policy, facts.name)
                                          : std::ranges::find(wanted, facts.name) != wanted.end();
    if (is_wanted) set_.databases.push_back(set_database(std::move(facts)));
  }
  for (const std::string& name : wanted_.databases)
    if (std::ranges::find(known, name) == known.end())
      throw Error(Kind::usage, fmt::format("{} has no database `{}`", stack_.name, printable(name)),
                  known.empty() ? "" : fmt::format("databases there: {}", join(known, ", ")));
}

std::string SetMaker::take_files() {
  phase("files");
  if (!filestore_) return "no attachments";
  filestore_->open_pool(store_.pool());
  PoolCount all;
  for (const SetDatabase& database : set_.databases) {
    const PoolCount taken = filestore_->take_new(database.name, progress_);
    all.files += taken.files;
    all.bytes += taken.bytes;
    progress_.note(fmt::format("{}: {} new attachments", database.name, taken.files));
  }
  return fmt::format("{} new, {}", counted(static_cast<long long>(all.files), "attachment"),
                     human_bytes(all.bytes));
}

std::string SetMaker::take_databases() {
  phase("databases");
  if (!postgres_) return "no database";
  const docker::Container* container = running_.of(stack_.policy.database_service);
  proof_ = std::make_unique<DumpProof>(
      server_, id_, container == nullptr ? std::string() : container->image_id, folder_.path());
  note_failure(std::string(globals_file), [&] { take_globals(); });
  copy_databases();
  place_attachments();
  std::uint64_t bytes = 0;
  for (const SetFile& file : folder_.files())
    if (file.path.ends_with(".dump")) bytes += file.size;
  return fmt::format("{} dumped, {}",
                     counted(static_cast<long long>(set_.databases.size()), "database"),
                     human_bytes(bytes));
}

void SetMaker::take_globals() {
  auto file = folder_.create(std::string(globals_file));
  dump_globals(*postgres_, std::chrono::minutes(5),
               [&](std::string_view bytes) { file->append(bytes); });
  folder_.record(std::string(globals_file), file->finish());
}

void SetMaker::copy_databases() {
  const CopyWays ways{.host = server_.host,
                      .postgres = *postgres_,
                      .filestore = filestore_.get(),
                      .folder = folder_,
                      .proof = *proof_,
                      .progress = progress_,
                      .session = session_of(id_),
                      .counted_tables = stack_.policy.backup.counted_tables};
  for (SetDatabase& database : set_.databases) {
    progress_.note(fmt::format("dumping {}", printable(database.name)));
    Copied copied;
    note_failure("database " + printable(database.name),
                 [&] { copy_database(ways, database, copied); });
    put_aside(server_, store_, copied.damaged_in_pool);
    std::ranges::move(copied.reasons, std::back_inserter(set_.reasons));
    std::ranges::move(copied.remarks, std::back_inserter(set_.remarks));
  }
}

// Where production cannot be read, or has lost them all, they belong where they were before.
void SetMaker::place_attachments() {
  if (set_.filestore || std::ranges::all_of(set_.databases, [](const SetDatabase& database) {
        return database.attachments.empty();
      }))
    return;
  set_.filestore = filestore_->facts();
  if (set_.filestore) return;
  if (const auto before = store_.newest_complete()) set_.filestore = before->set.filestore;
  if (!set_.filestore)
    set_.reasons.emplace_back("attachments: which volume they belong to is not known");
}

void SetMaker::require_dumps() {
  for (const SetDatabase& database : set_.databases) try {
      if (!database.dump.empty()) proof_->require(database.dump);
    } catch (const Error& error) {
      set_.reasons.push_back(fmt::format("the dump of {} cannot be read back: {}",
                                         printable(database.name), error.message()));
    }
  proof_.reset();
}

std::string SetMaker::take_volumes() {
  phase("volumes");
  if (set_.kind == BackupKind::weekly_full && set_.filestore) archive_filestore();
  if (filestore_) filestore_->let_go();
  const auto mounts = mounts_with_data(stack_, running_);
  for (const docker::Mount* mount : mounts)
    note_failure("volume " + printable(name_of_mount(*mount)), [&] { take_volume(*mount); });
  return counted(static_cast<long long>(mounts.size()), "volume");
}

void SetMaker::archive_filestore() {
  const std::string path = filestore_file(set_.started);
  note_failure(path, [&] {
    archive_attachments(server_.host, store_.pool(), *filestore_, folder_, set_, path, progress_);
    set_.filestore_archive = path;
  });
}

void SetMaker::take_volume(const docker::Mount& mount) {
  const std::string path = volume_file(name_of_mount(mount));
  Meter meter(progress_, "packed:");
  auto archive = server_.host.archives.create(folder_.path_of(path), Packing::zstd,
                                              [&](std::uint64_t bytes) { meter.add(bytes); });
  const bool has_pool = set_.filestore && set_.filestore->mount.source == mount.source;
  std::unique_ptr<FarVolume> far;
  if (!is_on_this_host(server_, mount)) {
    far = reach(server_, stack_, running_, mount, id_, folder_.path());
    far->bring_all(has_pool ? "filestore" : "");
  }
  add_tree(server_.host.trees, *archive, far ? far->folder() : mount.source,
           [&](const TreeEntry& entry) {
             return !(has_pool && entry.path == "filestore") && !entry.path.starts_with(own_prefix);
           });
  folder_.record(path, archive->finish().file);
  set_.volumes.push_back({.mount = set_mount(mount), .archive = path});
}

BackupSet SetMaker::finish() {
  phase("finish");
  require_dumps();
  set_.ended = server_.host.clock.now();
  set_.audit_head = published_head(server_.paths.journal());
  folder_.put(std::string(notes_file), restore_notes(set_, stack_.policy.tag_variable));
  folder_.put(std::string(sums_file), print_sums(folder_.files()));
  set_.files = folder_.files();
  phase("sync");
  if (filestore_) filestore_->pool().sync();
  server_.host.trees.sync(folder_.path());
  phase("");
  server_.host.disk.replace(folder_.path_of(std::string(manifest_file)), print_backup_set(set_),
                            0600);
  store_.finish(id_);
  return set_;
}

void SetMaker::note_failure(const std::string& part, const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    set_.reasons.push_back(fmt::format("{}: {}", part, error.message()));
  }
}

void SetMaker::phase(const std::string& name) {
  const Monotonic now = server_.host.clock.monotonic();
  if (!set_.durations.empty())
    set_.durations.back().duration = std::chrono::duration_cast<Duration>(now - phase_began_);
  phase_began_ = now;
  if (!name.empty()) set_.durations.push_back({.name = name});
}

void sweep_set(Server& server, const Stack& stack, const Running& running, const std::string& id) {
  remove_workbenches(server, id);
  if (const auto* database = running.of(stack.policy.database_service);
      database != nullptr && database->running()) {
    Postgres postgres(server.engine, *database);
    end_sessions(postgres, session_of(id));
  }
  if (has_database_outside(stack.policy)) end_sessions_outside(server, stack.policy, id);
  SetStore(server, stack.name).sweep(id);
}

}  // namespace ballast
