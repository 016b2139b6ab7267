#include "interchange/odoo_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "backup/far_volume.h"
#include "backup/store.h"
#include "base/text.h"
#include "host/parallel.h"
#include "interchange/odoo_zip.h"
#include "model/names.h"
#include "operation/interruption.h"
#include "operation/meter.h"
#include "restore/copy_steps.h"
#include "restore/exchange_course.h"
#include "restore/loading.h"
#include "restore/restore_plan.h"
#include "restore/staging.h"
#include "tools/plain_dump.h"

namespace ballast {

namespace {

constexpr Duration longest_query = std::chrono::minutes(30);
constexpr std::size_t told_at_most = 5;
constexpr std::string_view named_attachments =
    "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY 1";

// Where the stack keeps attachments, and what they look like there.
struct Filestore {
  std::string root;     // of the volume, on this host
  Ownership ownership;  // of folders
  std::string folder() const { return root + "/filestore"; }
};

struct Model {
  NewDatabase database;  // without its name
  std::string owner;
};

std::string file_of(const Work& work) { return text_at(work.operation.request, "file"); }

const docker::Container& require_release(const Work& work) {
  if (const auto* release = work.running.of(work.stack.policy.service)) return *release;
  throw Error(
      Kind::refused,
      fmt::format("{} has no container of `{}`", work.stack.name, work.stack.policy.service),
      fmt::format("bring the stack up first: ballast deploy {} TAG", work.stack.name));
}

Filestore filestore_of(const Work& work) {
  Disk& disk = work.server.host.disk;
  const auto& targets = work.stack.policy.data_mounts;
  for (const docker::Mount& mount : require_release(work).mounts) {
    if (std::ranges::find(targets, mount.target) == targets.end()) continue;
    if (!is_on_this_host(work.server, mount)) continue;
    Filestore found{.root = mount.source, .ownership = {}};
    auto info = disk.info(found.folder());
    if (!info) info = disk.info(found.root);
    if (!info) continue;
    found.ownership = {.mode = info->mode, .owner = info->owner, .group = info->group};
    return found;
  }
  throw Error(
      Kind::refused,
      fmt::format("no volume of {} on this host is known to keep attachments", work.stack.name),
      "say where: `data:` in ballast.yaml");
}

std::string name_of(const Work& work, const OdooManifest& manifest) {
  const std::string wanted = text_at(work.operation.request, "as");
  std::string name = wanted.empty() ? manifest.database : wanted;
  if (name.empty())
    throw Error(Kind::usage,
                fmt::format("{} does not tell the name of its database", file_of(work)),
                "give one: --as NAME");
  require_odoo_database_name(name);
  return name;
}

Exchange exchange_for(const Work& work, const std::string& name, const std::string& owner,
                      const Filestore& files) {
  const NameSwap names{.incoming = incoming_name(name, work.operation.id),
                       .live = name,
                       .parked = parked_name(name, work.operation.id)};
  const auto folder = [&](const std::string& one) { return files.folder() + "/" + one; };
  Exchange exchange;
  exchange.databases.push_back({.names = names, .owner = owner});
  exchange.folders.push_back({.incoming = folder(names.incoming),
                              .live = folder(names.live),
                              .parked = folder(names.parked)});
  return exchange;
}

// What the other databases of Odoo are like; where there is none, what Odoo itself would make.
Model model_of(Postgres& postgres) {
  const auto databases = postgres.databases();
  for (const DatabaseFacts& facts : postgres.database_facts())
    for (const Database& database : databases)
      if (database.odoo && database.name == facts.name)
        return {.database = {.name = {},
                             .encoding = facts.encoding,
                             .collate = facts.collate,
                             .ctype = facts.ctype},
                .owner = facts.owner};
  const auto ctype =
      postgres.maintenance_query("SELECT datctype FROM pg_database WHERE datname = 'template0'");
  return {.database = {.name = {},
                       .encoding = "UTF8",
                       .collate = "C",
                       .ctype = ctype.empty() ? "C" : ctype.front().at(0)},
          .owner = connected_role(postgres)};
}

std::string unpacked_folder(const Work& work) {
  return SetStore(work.server, work.stack.name).incoming(work.operation.id);
}

void require_zip_room(const Work& work, const OdooZip& zip, const Filestore& files) {
  require_room(work.server.host.disk,
               {{.folder = unpacked_folder(work), .bytes = zip.dump_bytes},
                {.folder = database_folder(work), .bytes = zip.dump_bytes},
                {.folder = files.root, .bytes = zip.attachment_bytes}},
               "free some: ballast prune --dry-run");
}

void tell_others(const OdooZip& zip, Progress& progress) {
  for (std::size_t i = 0; i < std::min(zip.others.size(), told_at_most); ++i)
    progress.detail(fmt::format("left out: {}", printable(zip.others[i])));
  if (zip.others.size() > told_at_most)
    progress.detail(fmt::format("left out: {} more", zip.others.size() - told_at_most));
}

void look(Work& work, StepRun& run) {
  if (work.stack.policy.preset != Preset::odoo)
    throw Error(Kind::usage, fmt::format("{} is no stack of Odoo", work.stack.name),
                "its policy says so: ballast config show " + work.stack.name);
  const OdooZip zip = look_at_odoo_zip(work.server.host.zips, file_of(work));
  const std::string name = name_of(work, zip.manifest);
  const Filestore files = filestore_of(work);
  require_free_name(work, name, files.folder());
  require_zip_room(work, zip, files);
  tell_others(zip, run.progress);
  Postgres postgres = database_server(work);
  remember_exchange(run, exchange_for(work, name, model_of(postgres).owner, files));
  run.summary = fmt::format("{}, {}, {}", printable(name),
                            counted(static_cast<long long>(zip.attachments), "attachment"),
                            human_bytes(zip.dump_bytes + zip.attachment_bytes));
}

void pass_to(Work& work, const std::string& name, ZipReader& zip) {
  while (const auto entry = zip.next())
    if (entry->name == name) return;
  throw Error(Kind::failed, fmt::format("{} has no {} any more", file_of(work), name));
}

// dump.sql out of the archive, as it can be loaded here.
SqlFile unpack_dump(Work& work, StepRun& run, int server) {
  const SqlFile where{.folder = unpacked_folder(work), .name = std::string(odoo_dump_name)};
  work.server.host.disk.make_directories(where.folder, 0700);
  auto file = work.server.host.trees.create(fmt::format("{}/{}", where.folder, where.name));
  const auto zip = work.server.host.zips.open(file_of(work));
  pass_to(work, where.name, *zip);
  DumpForLoading dump(server, [&](std::string_view bytes) { file->append(bytes); });
  Meter meter(run.progress, where.name);
  zip->read([&](std::string_view bytes) {
    stop_when_interrupted(work.server.host, "dump.sql was unpacked");
    dump.add(bytes);
    meter.add(bytes.size());
  });
  dump.finish();
  if (!dump.is_complete())
    throw Error(Kind::failed,
                fmt::format("{} of {} is cut off: the line that ends every dump is missing",
                            where.name, file_of(work)),
                "make it again where it comes from; its disk may have been full");
  file->finish();
  if (dump.left_out() > 0)
    run.progress.detail(fmt::format("left out: {} on owners and privileges of the other server",
                                    counted(static_cast<long long>(dump.left_out()), "statement")));
  return {.folder = where.folder,
          .name = where.name,
          .unaccent = dump.has_unaccent(),
          .dumped_from = dump.dumped_from()};
}

void require_odoo(Work& work, Postgres& postgres, const std::string& name) {
  const auto answer = postgres.query(name,
                                     "SELECT to_regclass('public.ir_module_module') IS NOT NULL "
                                     "AND to_regclass('public.ir_attachment') IS NOT NULL");
  if (!answer.empty() && answer.front().at(0) == "t") return;
  throw Error(Kind::failed,
              fmt::format("what dump.sql of {} makes is no database of Odoo", file_of(work)));
}

void make_database(Work& work, StepRun& run) {
  Postgres postgres = database_server(work);
  const DatabaseSwap swap = exchange_of(run).databases.front();
  run.progress.note("unpacking dump.sql");
  const SqlFile file = unpack_dump(work, run, major_version(server_version(postgres)));
  NewDatabase wanted = model_of(postgres).database;
  wanted.name = swap.names.incoming;
  create_staging_database(postgres, wanted);
  ClientTools loader(work.server, work.operation.id,
                     work.running.of(work.stack.policy.database_service), file.folder);
  run.progress.note("loading dump.sql");
  load_sql(postgres, loader, file, wanted.name, swap.owner,
           work.server.host.machine.random_hex(32));
  require_odoo(work, postgres, wanted.name);
  work.server.host.disk.remove_tree(file.folder);
  run.summary = "loaded";
}

void drop_database_again(Work& work, StepRun& run) {
  work.server.host.disk.remove_tree(unpacked_folder(work));
  drop_copies(work, run);
  Postgres postgres = database_server(work);
  drop_loading_role(postgres);
}

// Lays the attachments of the archive into a folder of their own.
class Unpacking {
 public:
  Unpacking(Work& work, StepRun& run)
      : work_(work),
        meter_(run.progress, "attachments"),
        files_(filestore_of(work)),
        folder_("filestore/" + exchange_of(run).databases.front().names.incoming) {
    of_files_ = files_.ownership;
    of_files_.mode &= 0666U;
  }

  std::size_t run() {
    work_.server.host.trees.make_directory({files_.root, folder_}, files_.ownership);
    const auto zip = work_.server.host.zips.open(file_of(work_));
    std::size_t count = 0;
    while (const auto entry = zip->next()) {
      const OdooMemberName member = odoo_member(entry->name);
      if (member.kind != OdooMember::attachment) continue;
      stop_when_interrupted(work_.server.host, "attachments were unpacked");
      lay(*zip, member.attachment);
      meter_.add(entry->size);
      ++count;
    }
    work_.server.host.trees.sync(files_.root);
    return count;
  }

 private:
  void lay(ZipReader& zip, const AttachmentName& name) {
    const std::string text = name.text();
    if (!has_folder_[name.sha1[0]])
      work_.server.host.trees.make_directory({files_.root, folder_ + "/" + text.substr(0, 2)},
                                             files_.ownership);
    has_folder_[name.sha1[0]] = true;
    zip.extract({files_.root, folder_ + "/" + text}, of_files_);
  }

  Work& work_;
  Meter meter_;
  Filestore files_;
  std::string folder_;
  Ownership of_files_;
  std::array<bool, 256> has_folder_{};
};

void unpack_files(Work& work, StepRun& run) {
  const std::size_t count = Unpacking(work, run).run();
  run.remember("attachments", count);
  run.summary = counted(static_cast<long long>(count), "attachment");
}

std::optional<Damage> damage_of(Trees& trees, const std::string& folder, const std::string& name) {
  const auto parsed = parse_attachment_name(name);
  if (!parsed) return Damage{name, "not a SHA-1 name"};
  const auto found = trees.digest({folder, name}, DigestAlgorithm::sha1);
  if (!found) return Damage{name, "missing"};
  if (found->digest != parsed->hex()) return Damage{name, "damaged"};
  return std::nullopt;
}

// What production had lost before it was packed stays lost; it is told, by name.
void prove(Work& work, StepRun& run) {
  const Exchange exchange = exchange_of(run);
  Postgres postgres = database_server(work);
  const auto rows = postgres.query(exchange.databases.front().names.incoming,
                                   std::string(named_attachments), longest_query);
  std::mutex telling;
  std::vector<Damage> damage;
  parallel_for(rows.size(), copy_threads(), [&](std::size_t number) {
    stop_when_interrupted(work.server.host, "attachments were read again");
    const auto found =
        damage_of(work.server.host.trees, exchange.folders.front().incoming, rows[number].at(0));
    const std::lock_guard guard(telling);
    if (found) damage.push_back(*found);
  });
  std::ranges::sort(damage, {}, &Damage::attachment);
  Json list = Json::array();
  for (const Damage& one : damage) list.push_back({one.attachment, one.what});
  run.remember("damage", list);
  run.summary =
      fmt::format("{} of {} that the database names are there", rows.size() - damage.size(),
                  counted(static_cast<long long>(rows.size()), "attachment"));
}

Plan plan_of(const ImportRequest& request) {
  Plan plan{
      .kind = "import",
      .stack = request.stack,
      .steps = {
          {.name = "look", .title = "look at the archive, for space and the name"},
          {.name = "database", .title = "make the database under another name", .undo = "drop it"},
          {.name = "files",
           .title = "unpack the attachments beside the live ones",
           .undo = "remove them"},
          {.name = "prove", .title = "read the attachments that the database names"}}};
  if (!request.live)
    plan.steps.push_back({.name = "neutralise", .title = "neutralise it: no mail, no jobs"});
  plan.steps.push_back({.name = "swap", .title = "give it its name", .undo = "take it away again"});
  plan.steps.push_back({.name = "verify", .title = "see that the site is as good as before"});
  plan.steps.push_back(
      {.name = "tidy", .title = "remove what is not needed any more", .commits = true});
  return plan;
}

std::vector<Damage> damage_from(const Json& list) {
  std::vector<Damage> damage;
  for (const Json& one : list)
    damage.push_back({one.at(0).get<std::string>(), one.at(1).get<std::string>()});
  return damage;
}

}  // namespace

Course import_course(Work& work) {
  return exchange_course(work, {{"look", handler(work, look)},
                                {"database", handler(work, make_database, drop_database_again)},
                                {"files", handler(work, unpack_files, remove_copies)},
                                {"prove", handler(work, prove)},
                                {"neutralise", handler(work, neutralise_copy)},
                                {"swap", handler(work, swap_over, undo_swap_over)},
                                {"verify", handler(work, verify_exchange)},
                                {"tidy", handler(work, tidy_copies)}});
}

ImportResult import_odoo_zip(Server& server, Progress& progress, const ImportRequest& request) {
  require_stack_name(request.stack);
  require_field("the operator", request.operator_name);
  if (!request.as.empty()) require_odoo_database_name(request.as);
  const Monotonic began = server.host.clock.monotonic();
  const Stack stack = read_stack(server, request.stack);
  HeldStack held(server, request.stack, "import", request.operator_name, request.wait, progress);
  require_engine(server);
  Work work(server, held.journal, progress, held.descriptor(),
            new_operation(server, "import", request.stack, request.operator_name,
                          stack.policy.environment,
                          {{"file", request.file}, {"as", request.as}, {"live", request.live}}));
  const Course course = course_of(work);
  const Facts facts =
      Runner(server.host, held.journal, progress, course).run(work.operation, plan_of(request));
  const Exchange exchange = exchange_from_json(member(facts.at("look"), "exchange"));
  return {.operation = work.operation.id,
          .file = request.file,
          .database = exchange.databases.front().names.live,
          .neutralised = !request.live,
          .attachments = static_cast<std::uint64_t>(number_at(facts.at("files"), "attachments")),
          .damage = damage_from(member(facts.at("prove"), "damage")),
          .elapsed = std::chrono::duration_cast<Duration>(server.host.clock.monotonic() - began)};
}

}  // namespace ballast
