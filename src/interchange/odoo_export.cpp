#include "interchange/odoo_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "backup/dump_reader.h"
#include "backup/store.h"
#include "base/text.h"
#include "model/names.h"
#include "model/odoo_archive.h"
#include "operation/interruption.h"
#include "operation/meter.h"
#include "restore/exchange_course.h"
#include "restore/restore_plan.h"
#include "tools/plain_dump.h"

namespace ballast {

namespace {

constexpr std::size_t told_at_most = 10;

StoredSet set_of(const Work& work) {
  return SetStore(work.server, work.stack.name).find(text_at(work.operation.request, "set"));
}

const SetDatabase* named(const StoredSet& stored, const std::string& name) {
  const auto found = std::ranges::find(stored.set.databases, name, &SetDatabase::name);
  return found == stored.set.databases.end() ? nullptr : &*found;
}

std::string known_databases(const StoredSet& stored) {
  std::vector<std::string> names;
  for (const SetDatabase& database : stored.set.databases) names.push_back(database.name);
  return join(names, ", ");
}

const SetDatabase& choose(const StoredSet& stored, const std::string& name) {
  const auto& all = stored.set.databases;
  if (name.empty() && all.size() != 1)
    throw Error(Kind::usage,
                fmt::format("{} has {}: an archive holds one", stored.id,
                            counted(static_cast<long long>(all.size()), "database")),
                fmt::format("say which: --database NAME, of {}", known_databases(stored)));
  const SetDatabase* database = name.empty() ? &all.front() : named(stored, name);
  if (database == nullptr)
    throw Error(Kind::usage, fmt::format("{} has no database `{}`", stored.id, printable(name)),
                fmt::format("databases in it: {}", known_databases(stored)));
  if (!database->odoo)
    throw Error(Kind::usage, fmt::format("{} is no database of Odoo", printable(database->name)),
                "its dump is for pg_restore: RESTORE.md in the set says how");
  if (database->dump.empty())
    throw Error(
        Kind::incomplete,
        fmt::format("{} is incomplete: it has no dump of {}", stored.id, printable(database->name)),
        "choose another set: ballast backup list " + stored.set.stack);
  return *database;
}

std::string temporary_of(const Work& work) {
  const std::string file = text_at(work.operation.request, "file");
  const auto slash = file.rfind('/') + 1;
  return fmt::format("{}.{}.ballast-{}", file.substr(0, slash), file.substr(slash, 150),
                     lower(work.operation.id));
}

void require_new_file(Disk& disk, const std::string& file) {
  if (disk.info(file))
    throw Error(Kind::usage, fmt::format("{} exists already", printable(file)),
                "give another name, or remove it first");
  const std::string folder = file.substr(0, file.rfind('/') + 1);
  const auto info = disk.info(folder);
  if (!info || info->type != FileType::directory)
    throw Error(Kind::usage, fmt::format("there is no folder {}", printable(folder)),
                "make it first: mkdir -p " + shell_quoted(folder));
}

std::uint64_t size_of_dump(const StoredSet& stored, const SetDatabase& database) {
  for (const SetFile& file : stored.set.files)
    if (file.path == database.dump) return file.size;
  return 0;
}

Error damaged(const StoredSet& stored, std::vector<std::string> what) {
  Error error(Kind::incomplete, fmt::format("{} is damaged", stored.id),
              fmt::format("see all that is wrong: ballast backup verify {} {}", stored.set.stack,
                          stored.id));
  for (std::size_t i = 0; i < std::min(what.size(), told_at_most); ++i) error.add_context(what[i]);
  if (what.size() > told_at_most)
    error.add_context(fmt::format("and {} more", what.size() - told_at_most));
  return error;
}

void require_sound_dump(Work& work, const StoredSet& stored, const SetDatabase& database) {
  for (const SetFile& file : stored.set.files) {
    if (file.path != database.dump) continue;
    const auto found =
        work.server.host.trees.digest({stored.folder, file.path}, DigestAlgorithm::sha256);
    if (!found) throw damaged(stored, {file.path + ": missing"});
    if (found->digest != file.sha256)
      throw damaged(stored, {file.path + ": other content than recorded"});
  }
}

void look(Work& work, StepRun& run) {
  const StoredSet stored = set_of(work);
  const SetDatabase& database = choose(stored, text_at(work.operation.request, "database"));
  const std::string file = text_at(work.operation.request, "file");
  require_new_file(work.server.host.disk, file);
  require_room(work.server.host.disk,
               {{.folder = file.substr(0, file.rfind('/') + 1),
                 .bytes = database.attachment_bytes + size_of_dump(stored, database)}},
               "free some, or write it elsewhere");
  require_sound_dump(work, stored, database);
  run.remember("database", database.name);
  run.summary = fmt::format("{} of {}", printable(database.name), stored.id);
}

// The archive while it is being written.
class Packing {
 public:
  Packing(Work& work, StepRun& run)
      : work_(work),
        progress_(run.progress),
        stored_(set_of(work)),
        database_(choose(stored_, text_at(run.fact_of("look"), "database"))),
        zip_(work.server.host.zips.create(temporary_of(work),
                                          [this](std::uint64_t bytes) { count(bytes); })) {}

  void pack(StepRun& run) {
    pack_dump();
    const std::uint64_t attachments = pack_attachments();
    const OdooManifest manifest = manifest_of();
    zip_->begin(std::string(odoo_manifest_name));
    zip_->append(print_odoo_manifest(manifest));
    const WrittenFile written = zip_->finish();
    run.remember("result", {{"series", manifest.series},
                            {"modules", manifest.modules.size()},
                            {"attachments", attachments},
                            {"lost", std::ranges::count(database_.damage, false, &Damage::kept)},
                            {"size", written.size},
                            {"sha256", written.sha256}});
    run.summary = fmt::format("{}, {}", counted(static_cast<long long>(attachments), "attachment"),
                              human_bytes(written.size));
  }

 private:
  void pack_dump() {
    what_ = std::string(odoo_dump_name);
    meter_.emplace(progress_, what_);
    zip_->begin(what_);
    DumpReader reader(work_.server, work_.operation.id, stored_.set.database_image, stored_.folder);
    try {
      reader.read_plain(database_.dump, [this](std::string_view bytes) {
        stop_when_interrupted(work_.server.host, what_ + " was packed");
        modules_.add(bytes);
        zip_->append(bytes);
      });
    } catch (const Error& error) {
      if (error.kind() != Kind::failed || !error.message().starts_with("pg_restore ")) throw;
      throw damaged(stored_, {fmt::format("{}: {}", database_.dump, error.message())});
    }
    modules_.end();
  }

  std::uint64_t pack_attachments() {
    if (database_.attachments.empty()) return 0;
    what_ = "attachments";
    meter_.emplace(progress_, what_, database_.attachment_bytes);
    AttachmentList names = attachments_of(work_.server, stored_, database_);
    std::vector<std::string> wrong;
    for (unsigned folder = 0; folder < attachment_folders; ++folder)
      for (const AttachmentName& name : names_in(names, folder)) pack_attachment(name, wrong);
    if (!wrong.empty()) throw damaged(stored_, wrong);
    return database_.attachment_count;
  }

  std::vector<AttachmentName> names_in(AttachmentList& names, unsigned folder) const {
    try {
      return names.names_in(folder);
    } catch (const Error& error) {
      throw damaged(stored_, {error.message()});
    }
  }

  void pack_attachment(const AttachmentName& name, std::vector<std::string>& wrong) {
    stop_when_interrupted(work_.server.host, what_ + " was packed");
    const auto packed = zip_->add(odoo_attachment_path(name), {stored_.pool(), name.text()});
    if (!packed)
      wrong.push_back(fmt::format("pool/{}: missing", name.text()));
    else if (packed->digest != name.hex())
      wrong.push_back(fmt::format("pool/{}: other content than its name says", name.text()));
  }

  OdooManifest manifest_of() const {
    const auto& modules = modules_.versions();
    const auto base = modules.find("base");
    const std::string series = base == modules.end() ? "" : odoo_series(base->second);
    if (series.empty())
      throw Error(Kind::failed,
                  fmt::format("the dump of {} does not tell its version of Odoo: no installed "
                              "module `base`",
                              printable(database_.name)));
    return {.database = database_.name,
            .series = series,
            .postgres = odoo_postgres_version(database_.server_version),
            .modules = modules};
  }

  void count(std::uint64_t bytes) {
    if (meter_) meter_->add(bytes);
  }

  Work& work_;
  Progress& progress_;
  StoredSet stored_;
  const SetDatabase& database_;
  std::string what_;
  std::optional<Meter> meter_;
  InstalledModules modules_;
  std::unique_ptr<ZipWriter> zip_;
};

void pack(Work& work, StepRun& run) { Packing(work, run).pack(run); }

void remove_archive(Work& work, StepRun&) {
  remove_workbenches(work.server, work.operation.id);
  work.server.host.disk.remove(temporary_of(work));
}

// Once more after a power cut: then it may have its name already.
void give_name(Work& work, StepRun& run) {
  Disk& disk = work.server.host.disk;
  const std::string file = text_at(work.operation.request, "file");
  run.summary = file;
  if (!disk.info(temporary_of(work))) return;
  require_new_file(disk, file);
  disk.rename(temporary_of(work), file);
}

Ending ending_of_export(const Work& work, const Failure& failure) {
  Ending ending{.error = failure.error, .history = {}, .release = std::nullopt};
  ending.error = Error(failure.error.kind(),
                       fmt::format("{}; no {} was written", failure.error.message(),
                                   printable(text_at(work.operation.request, "file"))),
                       failure.error.hint());
  for (const std::string& line : failure.error.context()) ending.error.add_context(line);
  if (failure.undo_error)
    ending.error.add_context("what was written of it is left: " + temporary_of(work));
  return ending;
}

Plan plan_of(const ExportRequest& request, const std::string& set) {
  return {.kind = "export",
          .stack = request.stack,
          .steps = {{.name = "look", .title = fmt::format("look at {}", set)},
                    {.name = "pack",
                     .title = "pack the dump as SQL, the attachments, the manifest",
                     .undo = "remove what was packed"},
                    {.name = "name", .title = "give the archive its name", .commits = true}}};
}

}  // namespace

Course export_course(Work& work) {
  return {.handlers = {{"look", handler(work, look)},
                       {"pack", handler(work, pack, remove_archive)},
                       {"name", handler(work, give_name, remove_archive)}},
          .ending = [&work](const Failure& failure,
                            const Facts&) { return ending_of_export(work, failure); },
          .records_changed = [] {}};
}

ExportResult export_odoo_zip(Server& server, Progress& progress, const ExportRequest& request) {
  require_stack_name(request.stack);
  require_field("the operator", request.operator_name);
  const Monotonic began = server.host.clock.monotonic();
  const Stack stack = read_stack(server, request.stack);
  HeldStack held(server, request.stack, "export", request.operator_name, request.wait, progress);
  require_engine(server);
  const std::string set = SetStore(server, request.stack).find(request.set).id;
  Work work(server, held.journal, progress, held.descriptor(),
            new_operation(server, "export", request.stack, request.operator_name,
                          stack.policy.environment,
                          {{"set", set}, {"database", request.database}, {"file", request.file}}));
  const Course course = course_of(work);
  const Facts facts = Runner(server.host, held.journal, progress, course)
                          .run(work.operation, plan_of(request, set));
  const Json& result = member(facts.at("pack"), "result");
  const auto number = [&](const char* key) {
    return static_cast<std::uint64_t>(number_at(result, key));
  };
  return {.operation = work.operation.id,
          .set = set,
          .database = text_at(facts.at("look"), "database"),
          .file = request.file,
          .series = text_at(result, "series"),
          .modules = number("modules"),
          .attachments = number("attachments"),
          .lost = number("lost"),
          .written = {.size = number("size"), .sha256 = text_at(result, "sha256")},
          .elapsed = std::chrono::duration_cast<Duration>(server.host.clock.monotonic() - began)};
}

}  // namespace ballast
