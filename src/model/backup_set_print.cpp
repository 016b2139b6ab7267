#include <fmt/format.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "model/backup_set.h"
#include "model/backup_set_schema.h"

namespace ballast {

namespace {

template <typename Item>
Json list_json(const std::vector<Item>& items, Json (*print)(const Item&)) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(print(item));
  return list;
}

Json file_json(const SetFile& file) {
  return {{"path", file.path}, {"size", file.size}, {"sha256", file.sha256}};
}

Json release_json(const SetRelease& release) {
  return {{"service", release.service},
          {"tag", release.tag},
          {"image", release.image},
          {"image_id", release.image_id},
          {"digest", release.digest}};
}

Json mount_json(const SetMount& mount) {
  return {{"volume", mount.volume}, {"source", mount.source}, {"path", mount.path}};
}

Json filestore_json(const BackupSet& set) {
  if (!set.filestore) return nullptr;
  Json json = mount_json(set.filestore->mount);
  json["uid"] = set.filestore->uid;
  json["gid"] = set.filestore->gid;
  json["mode"] = fmt::format("{:04o}", set.filestore->mode);
  json["archive"] = set.filestore_archive;
  return json;
}

Json volume_json(const SetVolume& volume) {
  Json json = mount_json(volume.mount);
  json["archive"] = volume.archive;
  return json;
}

Json attachments_json(const SetDatabase& database) {
  if (database.attachments.empty()) return nullptr;
  return {{"list", database.attachments},
          {"count", database.attachment_count},
          {"bytes", database.attachment_bytes}};
}

Json rows_json(const std::map<std::string, std::uint64_t>& rows) {
  Json json = Json::object();
  for (const auto& [table, count] : rows) json[table] = count;
  return json;
}

Json damage_json(const Damage& damage) {
  return {{"attachment", damage.attachment}, {"what", damage.what}, {"kept", damage.kept}};
}

Json database_json(const SetDatabase& database) {
  return {{"name", database.name},
          {"owner", database.owner},
          {"size", database.size},
          {"server_version", database.server_version},
          {"encoding", database.encoding},
          {"collate", database.collate},
          {"ctype", database.ctype},
          {"odoo", database.odoo},
          {"dump", database.dump},
          {"attachments", attachments_json(database)},
          {"rows", rows_json(database.rows)},
          {"damage", list_json(database.damage, damage_json)}};
}

Json phase_json(const SetPhase& phase) {
  return {{"phase", phase.name}, {"ms", phase.duration.count()}};
}

Json set_json(const BackupSet& set) {
  return {{"schema", set_schema()},
          {"id", set.id},
          {"stack", set.stack},
          {"kind", text_of(set.kind)},
          {"note", set.note},
          {"operator", set.operator_name},
          {"started", iso_utc(set.started)},
          {"ended", iso_utc(set.ended)},
          {"ballast", set.ballast_version},
          {"complete", set.is_complete()},
          {"reasons", set.reasons},
          {"remarks", set.remarks},
          {"audit_head", set.audit_head},
          {"project", set.project},
          {"release", release_json(set.release)},
          {"database_service", set.database_service},
          {"database_image", set.database_image},
          {"filestore", filestore_json(set)},
          {"volumes", list_json(set.volumes, volume_json)},
          {"files", list_json(set.files, file_json)},
          {"databases", list_json(set.databases, database_json)},
          {"durations", list_json(set.durations, phase_json)}};
}

}  // namespace

std::string sealed_manifest(std::string_view text) {
  const auto end = text.rfind("\n}\n");
  if (end == std::string_view::npos) return std::string(text);
  const std::string body = fmt::format("{},\n", text.substr(0, end));
  return fmt::format("{}{}{}\"\n}}\n", body, checksum_line, sha256_hex(body));
}

std::uint64_t BackupSet::bytes() const {
  std::uint64_t sum = 0;
  for (const SetFile& file : files) sum += file.size;
  return sum;
}

std::uint64_t BackupSet::attachment_count() const {
  std::uint64_t sum = 0;
  for (const SetDatabase& database : databases) sum += database.attachment_count;
  return sum;
}

std::string print_backup_set(const BackupSet& set) {
  const Json json = set_json(set);
  std::string text = pretty_json(json);
  // Bytes that are not UTF-8 would be replaced, and so another name written.
  if (parse_json(text) != json)
    throw Error(Kind::failed, fmt::format("backup set {}: a name in it is not UTF-8", set.id),
                "rename the database, role or file, or leave it out of the backup");
  return sealed_manifest(text);
}

std::string print_sums(std::span<const SetFile> files) {
  std::string text;
  for (const SetFile& file : files) text += fmt::format("{}  {}\n", file.sha256, file.path);
  return text;
}

}  // namespace ballast
