#include "backup/making.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "backup/dump_reader.h"
#include "backup/folder_swap.h"
#include "base/text.h"
#include "base/version.h"
#include "host/archives.h"
#include "host/parallel.h"
#include "model/restore_notes.h"

namespace ballast {

namespace {

// Half of them may be lost to clients that upload, delete and collect without pause.
constexpr int snapshots_tried = 10;
constexpr std::size_t rows_asked_at_once = 1000;
constexpr std::uint64_t longest_list = 256u << 20;
constexpr Duration longest_dump = std::chrono::hours(6);
constexpr std::string_view attachment_names =
    "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL";

std::string session_of(const std::string& id) { return "ballast " + id; }

const docker::Mount* mount_at(const docker::Container& container, const std::string& target) {
  for (const docker::Mount& mount : container.mounts)
    if (mount.target == target) return &mount;
  return nullptr;
}

SetMount set_mount(const docker::Mount& mount) {
  return {.volume = mount.type == "volume" ? mount.name : "",
          .source = mount.source,
          .path = mount.target};
}

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

// Those of `names` that some row still names.
std::vector<AttachmentName> still_named(Postgres& postgres, const std::string& database,
                                        const std::vector<AttachmentName>& names) {
  std::vector<AttachmentName> standing;
  for (std::size_t first = 0; first < names.size(); first += rows_asked_at_once) {
    std::vector<std::string> quoted;
    for (std::size_t i = first; i < std::min(names.size(), first + rows_asked_at_once); ++i)
      quoted.push_back(quoted_literal(names[i].text()));
    for (const auto& row : postgres.query(
             database, fmt::format("SELECT DISTINCT store_fname FROM ir_attachment WHERE "
                                   "store_fname IN ({})",
                                   join(quoted, ", "))))
      if (const auto name = parse_attachment_name(row.at(0))) standing.push_back(*name);
  }
  std::ranges::sort(standing);
  return standing;
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
      folder_(store_.incoming(id_)) {}

SetMaker::~SetMaker() {
  if (read_back_.valid()) read_back_.wait();
}

std::string SetMaker::begin() {
  phase("begin");
  const docker::Container* release = running_.of(stack_.policy.service);
  set_.id = id_;
  set_.stack = stack_.name;
  set_.kind = wanted_.kind;
  set_.note = wanted_.note;
  set_.operator_name = wanted_.operator_name;
  set_.started = server_.host.clock.now();
  set_.ballast_version = version;
  set_.project = stack_.project;
  set_.release = release_of(server_, stack_, release);
  find_databases();
  if (release != nullptr) look_at_filestore();
  for (const char* below : {"", "/databases", "/volumes", "/stack"})
    server_.host.disk.make_directories(folder_ + below, 0700);
  keep_stack_files();
  return counted(static_cast<long long>(set_.databases.size()), "database");
}

void SetMaker::keep_stack_files() {
  std::vector<std::string> paths{stack_.compose_path, stack_.env_path, stack_.policy_path};
  if (stack_.override_path) paths.push_back(*stack_.override_path);
  for (const std::string& path : paths)
    if (const auto text = server_.host.disk.read(path))
      put(fmt::format("{}{}", stack_folder, path.substr(path.rfind('/'))), *text);
}

void SetMaker::find_databases() {
  if (stack_.policy.database_service.empty()) return;
  const docker::Container* container = running_.of(stack_.policy.database_service);
  if (container == nullptr || !container->running())
    throw Error(Kind::refused,
                fmt::format("the database service `{}` of {} does not run: there is nothing to "
                            "back up from",
                            stack_.policy.database_service, stack_.name),
                fmt::format("start it, then try again: ballast status {}", stack_.name));
  postgres_ = std::make_unique<Postgres>(server_.engine, *container);
  set_.database_service = stack_.policy.database_service;
  set_.database_image = container->image;
  std::vector<std::string> known;
  for (DatabaseFacts& facts : postgres_->database_facts()) {
    known.push_back(facts.name);
    const auto& wanted = wanted_.databases;
    const bool is_wanted = wanted.empty() ? !excludes_database(stack_.policy, facts.name)
                                          : std::ranges::find(wanted, facts.name) != wanted.end();
    if (is_wanted) set_.databases.push_back(set_database(std::move(facts)));
  }
  for (const std::string& name : wanted_.databases)
    if (std::ranges::find(known, name) == known.end())
      throw Error(Kind::usage, fmt::format("{} has no database `{}`", stack_.name, printable(name)),
                  known.empty() ? "" : fmt::format("databases there: {}", join(known, ", ")));
}

void SetMaker::look_at_filestore() {
  if (stack_.policy.preset != Preset::odoo) return;
  const docker::Container* release = running_.of(stack_.policy.service);
  for (const std::string& target : stack_.policy.data_mounts) {
    const docker::Mount* mount = mount_at(*release, target);
    if (mount == nullptr) continue;
    const auto info = server_.host.disk.info(mount->source + "/filestore");
    if (!info) continue;
    filestore_ = mount->source + "/filestore";
    set_.filestore = SetFilestore{
        .mount = set_mount(*mount), .uid = info->owner, .gid = info->group, .mode = info->mode};
    return;
  }
}

std::string SetMaker::filestore_of(const std::string& database) const {
  return fmt::format("{}/{}", filestore_, database);
}

std::string SetMaker::take_files() {
  phase("files");
  if (filestore_.empty()) return "no attachments";
  pool_ = std::make_unique<Pool>(server_.host, store_.pool());
  PoolCount all;
  for (const SetDatabase& database : set_.databases) {
    const PoolCount taken = take_new_files(database);
    all.files += taken.files;
    all.bytes += taken.bytes;
    progress_.note(fmt::format("{}: {} new attachments", database.name, taken.files));
  }
  return fmt::format("{} new, {}", counted(static_cast<long long>(all.files), "attachment"),
                     human_bytes(all.bytes));
}

PoolCount SetMaker::take_new_files(const SetDatabase& database) {
  const std::string filestore = filestore_of(database.name);
  return server_.host.disk.info(filestore) ? pool_->take_new(filestore) : PoolCount{};
}

std::string SetMaker::take_databases() {
  phase("databases");
  if (!postgres_) return "no database";
  take_globals();
  std::uint64_t bytes = 0;
  for (SetDatabase& database : set_.databases) {
    progress_.note(fmt::format("dumping {}", printable(database.name)));
    try {
      take_database(database);
    } catch (const Error& error) {
      if (error.kind() == Kind::interrupted) throw;
      database.dump.clear();
      set_.reasons.push_back(
          fmt::format("database {}: {}", printable(database.name), error.message()));
    }
  }
  for (const SetFile& file : set_.files)
    if (file.path.ends_with(".dump")) bytes += file.size;
  read_back();
  return fmt::format("{} dumped, {}",
                     counted(static_cast<long long>(set_.databases.size()), "database"),
                     human_bytes(bytes));
}

void SetMaker::take_globals() {
  auto file = server_.host.trees.create(fmt::format("{}/{}", folder_, globals_file));
  dump_globals(*postgres_, std::chrono::minutes(5),
               [&](std::string_view bytes) { file->append(bytes); });
  record(std::string(globals_file), file->finish());
}

void SetMaker::take_database(SetDatabase& database) {
  const auto tables = postgres_->query(database.name,
                                       "SELECT to_regclass('public.ir_module_module') IS NOT NULL, "
                                       "to_regclass('public.ir_attachment') IS NOT NULL");
  database.odoo = tables.front().at(0) == "t";
  const bool has_attachments = tables.front().at(1) == "t" && pool_ != nullptr;
  const std::vector<std::string>& counted = stack_.policy.backup.counted_tables;
  for (int attempt = 1; attempt <= snapshots_tried; ++attempt) {
    // Right before the snapshot: only what comes and goes in this moment can still be missed.
    if (has_attachments) take_new_files(database);
    std::vector<AttachmentName> names;
    std::vector<std::string> odd;
    HeldSnapshot snapshot(*postgres_, database.name, session_of(id_),
                          has_attachments ? std::string(attachment_names) : std::string(), counted,
                          longest_dump, [&](std::string_view text) {
                            if (const auto name = parse_attachment_name(text))
                              names.push_back(*name);
                            else
                              odd.emplace_back(text);
                          });
    database.damage.clear();
    for (const std::string& name : odd) database.damage.push_back({name, "not a SHA-1 name"});
    std::ranges::sort(names);
    if (dump_through(snapshot, database, names, attempt == snapshots_tried)) return;
    progress_.note(fmt::format("attachments of {} went meanwhile: a new snapshot", database.name));
  }
}

// False: attachments that the snapshot names were deleted with their rows meanwhile.
bool SetMaker::dump_through(HeldSnapshot& snapshot, SetDatabase& database,
                            std::vector<AttachmentName>& names, bool last_try) {
  if (!settle_attachments(database, names)) {
    if (!last_try) return false;
    throw Error(Kind::failed,
                fmt::format("attachments were deleted faster than they could be copied ({} tries)",
                            snapshots_tried));
  }
  for (const auto& [table, rows] : snapshot.rows())
    database.rows[table] = static_cast<std::uint64_t>(rows);
  dump(snapshot, database);
  if (names.empty()) return true;
  database.attachments = attachments_file(database.name);
  database.attachment_count = names.size();
  put(database.attachments, print_attachments(names));
  return true;
}

bool SetMaker::settle_attachments(SetDatabase& database, std::vector<AttachmentName>& names) {
  if (!pool_) return true;
  std::vector<AttachmentName> absent;
  const auto lose = [&](const AttachmentName& name, const char* what) {
    database.damage.push_back({name.text(), what});
    const auto [first, last] = std::ranges::equal_range(names, name);
    names.erase(first, last);
  };
  const Pool::Stock stock = pool_->stock_of(names);
  database.attachment_bytes = stock.bytes;
  for (const AttachmentName& name : stock.missing) {
    const auto taken = pool_->take(filestore_of(database.name), name, database.attachment_bytes);
    if (taken == Pool::Taken::absent) absent.push_back(name);
    if (taken == Pool::Taken::damaged) lose(name, "damaged");
  }
  if (absent.empty()) return true;
  if (still_named(*postgres_, database.name, absent) != absent) return false;
  for (const AttachmentName& name : absent) lose(name, "missing");
  return true;
}

void SetMaker::dump(const HeldSnapshot& snapshot, SetDatabase& database) {
  const std::string path = dump_file(database.name);
  auto file = server_.host.trees.create(fmt::format("{}/{}", folder_, path));
  dump_database(*postgres_, database.name, snapshot.id(), session_of(id_), longest_dump,
                [&](std::string_view piece) {
                  file->append(piece);
                  if (server_.host.interrupts.cuts_short())
                    throw Error(Kind::interrupted, "interrupted while dumping " + database.name);
                });
  record(path, file->finish());
  database.dump = path;
}

void SetMaker::read_back() {
  std::vector<SetDatabase> dumped;
  for (const SetDatabase& database : set_.databases)
    if (!database.dump.empty()) dumped.push_back(database);
  if (dumped.empty()) return;
  const docker::Container* container = running_.of(stack_.policy.database_service);
  const auto read = [this, dumped, image = container->image_id] {
    std::vector<std::string> troubles;
    try {
      DumpReader reader(server_, id_, image, folder_);
      for (const SetDatabase& database : dumped) try {
          reader.read(database.dump);
        } catch (const Error& error) {
          troubles.push_back(fmt::format("the dump of {} cannot be read back: {}",
                                         printable(database.name), error.message()));
        }
    } catch (const Error& error) {
      troubles.push_back("the dumps were not read back: " + error.message());
    }
    return troubles;
  };
  read_back_ = std::async(beside_if_possible, read);
}

std::string SetMaker::take_volumes() {
  phase("volumes");
  const auto mounts = mounts_with_data(stack_, running_);
  for (const docker::Mount* mount : mounts) take_volume(*mount);
  if (set_.kind == BackupKind::weekly_full && pool_) archive_filestore();
  return counted(static_cast<long long>(mounts.size()), "volume");
}

// Out of the pool, where nothing changes any more: what is archived is what the lists name.
void SetMaker::archive_filestore() {
  const std::string path = filestore_file(set_.started);
  try {
    auto archive = server_.host.archives.create(fmt::format("{}/{}", folder_, path), Packing::gzip);
    const Ownership folders{
        .mode = set_.filestore->mode, .owner = set_.filestore->uid, .group = set_.filestore->gid};
    archive->add("filestore", file_at(store_.pool()), folders);
    for (const SetDatabase& database : set_.databases)
      archive_attachments(database, *archive, folders);
    record(path, archive->finish().file);
    set_.filestore_archive = path;
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    set_.reasons.push_back(fmt::format("{}: {}", path, error.message()));
  }
}

void SetMaker::archive_attachments(const SetDatabase& database, ArchiveWriter& archive,
                                   const Ownership& folders) {
  if (database.attachments.empty()) return;
  progress_.note(fmt::format("archiving the attachments of {}", printable(database.name)));
  const auto text =
      server_.host.disk.read(fmt::format("{}/{}", folder_, database.attachments), longest_list);
  const std::string root = "filestore/" + database.name;
  const Ownership files{
      .mode = folders.mode & 0666U, .owner = folders.owner, .group = folders.group};
  archive.add(root, file_at(store_.pool()), folders);
  std::string last;
  for (const AttachmentName& name : parse_attachments(database.attachments, text.value_or(""))) {
    if (server_.host.interrupts.cuts_short())
      throw Error(Kind::interrupted, "interrupted while archiving " + database.name);
    const std::string folder = name.text().substr(0, 2);
    if (folder != last)
      archive.add(fmt::format("{}/{}", root, folder), {store_.pool(), folder}, folders);
    last = folder;
    if (!archive.add(fmt::format("{}/{}", root, name.text()), {store_.pool(), name.text()}, files))
      throw Error(Kind::failed, name.text() + " is not in the pool any more");
  }
}

void SetMaker::take_volume(const docker::Mount& mount) {
  const std::string name = mount.name.empty() ? mount.source : mount.name;
  const std::string path = volume_file(name);
  try {
    auto archive = server_.host.archives.create(fmt::format("{}/{}", folder_, path), Packing::zstd);
    const bool has_pool = filestore_ == mount.source + "/filestore";
    add_tree(server_.host.trees, *archive, mount.source, [&](const TreeEntry& entry) {
      return !(has_pool && entry.path == "filestore") && !entry.path.starts_with(own_prefix);
    });
    record(path, archive->finish().file);
    set_.volumes.push_back({.mount = set_mount(mount), .archive = path});
  } catch (const Error& error) {
    set_.reasons.push_back(fmt::format("volume {}: {}", printable(name), error.message()));
  }
}

BackupSet SetMaker::finish() {
  phase("finish");
  if (read_back_.valid())
    for (const std::string& trouble : read_back_.get()) set_.reasons.push_back(trouble);
  set_.ended = server_.host.clock.now();
  put(std::string(notes_file), restore_notes(set_, stack_.policy.tag_variable));
  put(std::string(sums_file), print_sums(set_.files));
  if (pool_) pool_->sync();
  server_.host.trees.sync(folder_);
  phase("");
  server_.host.disk.replace(fmt::format("{}/{}", folder_, manifest_file), print_backup_set(set_),
                            0600);
  store_.finish(id_);
  return set_;
}

void SetMaker::record(const std::string& path, const WrittenFile& file) {
  set_.files.push_back({.path = path, .size = file.size, .sha256 = file.sha256});
}

void SetMaker::put(const std::string& path, std::string_view text) {
  auto file = server_.host.trees.create(fmt::format("{}/{}", folder_, path));
  file->append(text);
  record(path, file->finish());
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
  SetStore(server, stack.name).sweep(id);
}

}  // namespace ballast
