#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/backup_set.h"
#include "model/backup_set_members.h"
#include "model/backup_set_schema.h"

namespace ballast {

namespace {

using Members = SetMembers;

constexpr std::string_view other_set = "use another set";

template <typename Read>
auto list_of(const Members& from, std::string_view key, Read read) {
  std::vector<decltype(read(from))> list;
  for (const Members& item : from.objects(key)) list.push_back(read(item));
  return list;
}

SetFile read_file(const Members& from) {
  SetFile file{
      .path = from.path("path"), .size = from.number("size"), .sha256 = from.text("sha256")};
  if (file.path.empty()) from.refuse("path", "is empty");
  if (file.sha256.size() != 64 || !is_hex(file.sha256))
    from.refuse("sha256", "is not 64 hex digits");
  return file;
}

SetRelease read_release(const Members& from) {
  return {.service = from.text("service"),
          .tag = from.text("tag"),
          .image = from.text("image"),
          .image_id = from.text("image_id"),
          .digest = from.text("digest")};
}

SetMount read_mount(const Members& from) {
  SetMount mount{
      .volume = from.text("volume"), .source = from.text("source"), .path = from.text("path")};
  if (mount.volume.empty() && mount.source.empty())
    from.refuse("volume", "is empty, and so is the source");
  return mount;
}

void read_filestore(const Members& from, BackupSet& set) {
  if (from.is_null("filestore")) return;
  const Members filestore = from.object("filestore");
  set.filestore = {.mount = read_mount(filestore),
                   .uid = filestore.small_number("uid"),
                   .gid = filestore.small_number("gid"),
                   .mode = filestore.mode("mode")};
  set.filestore_archive = filestore.path("archive");
}

SetVolume read_volume(const Members& from) {
  return {.mount = read_mount(from), .archive = from.path("archive")};
}

Damage read_damage(const Members& from) {
  return {.attachment = from.text("attachment"),
          .what = from.text("what"),
          .kept = from.has("kept") && from.flag("kept")};
}

void read_attachments(const Members& from, SetDatabase& database) {
  if (from.is_null("attachments")) return;
  const Members attachments = from.object("attachments");
  database.attachments = attachments.path("list");
  database.attachment_count = attachments.number("count");
  database.attachment_bytes = attachments.number("bytes");
}

std::map<std::string, std::uint64_t> read_rows(const Members& from) {
  std::map<std::string, std::uint64_t> rows;
  for (const std::string& table : from.keys()) rows[table] = from.number(table);
  return rows;
}

SetDatabase read_database(const Members& from) {
  SetDatabase database{.name = from.text("name"),
                       .owner = from.text("owner"),
                       .size = from.number("size"),
                       .server_version = from.text("server_version"),
                       .encoding = from.text("encoding"),
                       .collate = from.text("collate"),
                       .ctype = from.text("ctype"),
                       .odoo = from.flag("odoo"),
                       .dump = from.path("dump"),
                       .rows = read_rows(from.object("rows")),
                       .damage = list_of(from, "damage", read_damage)};
  if (database.name.empty()) from.refuse("name", "is empty");
  read_attachments(from, database);
  return database;
}

SetPhase read_phase(const Members& from) {
  return {.name = from.text("phase"), .duration = Duration(from.small_number("ms"))};
}

BackupKind read_kind(const Members& from) {
  const std::string text = from.text("kind");
  const auto kind = parse_backup_kind(text);
  if (!kind)
    from.refuse("kind", fmt::format("is none that this program knows: \"{}\"", printable(text)));
  return *kind;
}

std::string read_id(const Members& from) {
  std::string id = from.text("id");
  if (!time_of_set(id)) from.refuse("id", "is not of the form 20261125T022707Z-3f9a");
  return id;
}

BackupSet read_set(const Members& from) {
  BackupSet set{.id = read_id(from),
                .stack = from.text("stack"),
                .kind = read_kind(from),
                .note = from.text("note"),
                .operator_name = from.text("operator"),
                .started = from.time("started"),
                .ended = from.time("ended"),
                .ballast_version = from.text("ballast"),
                .reasons = from.texts("reasons"),
                .remarks = from.has("remarks") ? from.texts("remarks") : std::vector<std::string>(),
                .audit_head = from.has("audit_head") ? from.text("audit_head") : std::string(),
                .project = from.text("project"),
                .release = read_release(from.object("release")),
                .database_service = from.text("database_service"),
                .database_image = from.text("database_image"),
                .volumes = list_of(from, "volumes", read_volume),
                .files = list_of(from, "files", read_file),
                .databases = list_of(from, "databases", read_database),
                .durations = list_of(from, "durations", read_phase)};
  read_filestore(from, set);
  return set;
}

void require_distinct(const Members& from, const BackupSet& set) {
  std::set<std::string> seen;
  for (const SetFile& file : set.files)
    if (!seen.insert(file.path).second)
      from.refuse("files", fmt::format("names {} twice", file.path));
  seen.clear();
  for (const SetDatabase& database : set.databases)
    if (!seen.insert(database.name).second)
      from.refuse("databases", fmt::format("names {} twice", printable(database.name)));
}

std::vector<std::string> named_files(const BackupSet& set) {
  std::vector<std::string> named{set.filestore_archive};
  for (const SetVolume& volume : set.volumes) named.push_back(volume.archive);
  for (const SetDatabase& database : set.databases) {
    named.push_back(database.dump);
    named.push_back(database.attachments);
  }
  std::erase(named, "");
  return named;
}

void require_named_files(const Members& from, const BackupSet& set) {
  std::set<std::string> there;
  for (const SetFile& file : set.files) there.insert(file.path);
  for (const std::string& path : named_files(set))
    if (!there.contains(path)) from.refuse("files", fmt::format("lacks {}", path));
}

// A complete set has what every restore asks for.
void require_completeness(const Members& from, const BackupSet& set) {
  if (from.flag("complete") != set.is_complete())
    from.refuse("complete", "and `reasons` contradict each other");
  if (!set.is_complete()) return;
  for (const SetDatabase& database : set.databases)
    if (database.dump.empty())
      from.refuse("complete",
                  fmt::format("is true, but database {} has no dump", printable(database.name)));
}

[[noreturn]] void refuse(const std::string& path, std::string_view problem, std::string_view hint) {
  throw Error(Kind::failed, fmt::format("{}: {}", path, problem), std::string(hint));
}

bool is_newer(std::string_view schema) {
  if (!schema.starts_with(set_schema_name)) return false;
  schema.remove_prefix(set_schema_name.size());
  int number = 0;
  const auto [end, failure] = std::from_chars(schema.data(), schema.data() + schema.size(), number);
  return failure == std::errc() && end == schema.data() + schema.size() &&
         number > set_schema_version;
}

void require_schema(const std::string& path, const Json& json) {
  const std::string schema = text_at(json, "schema");
  if (schema == set_schema()) return;
  if (is_newer(schema))
    throw Error(Kind::refused,
                fmt::format("{}: is of a newer ballast (schema {}, this one knows {})", path,
                            schema, set_schema()),
                "install a ballast as new as the one that made the set");
  refuse(path,
         fmt::format("is not the manifest of a backup set: its schema is \"{}\"",
                     printable(shortened(schema, 60))),
         other_set);
}

void require_checksum(const std::string& path, std::string_view text) {
  const auto line = text.rfind(fmt::format("\n{}", checksum_line));
  if (line == std::string_view::npos)
    refuse(path, "has no checksum as its last line: cut off or edited", other_set);
  const std::string_view body = text.substr(0, line + 1);
  if (text.substr(line + 1) != fmt::format("{}{}\"\n}}\n", checksum_line, sha256_hex(body)))
    refuse(path, "its checksum is wrong: damaged or edited", other_set);
}

}  // namespace

BackupSet parse_backup_set(const std::string& path, std::string_view text) {
  const auto json = parse_json(text);
  if (!json || !json->is_object())
    refuse(path, "is not a JSON object: cut off or damaged", other_set);
  require_schema(path, *json);
  require_checksum(path, text);
  const Members from(path, *json);
  BackupSet set = read_set(from);
  require_distinct(from, set);
  require_named_files(from, set);
  require_completeness(from, set);
  return set;
}

}  // namespace ballast
