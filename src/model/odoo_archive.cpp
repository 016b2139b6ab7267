#include "model/odoo_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view files_folder = "filestore/";
constexpr std::string_view markers_folder = "filestore/checklist/";
constexpr std::size_t longest_name = 63;

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Json part_of_version(const std::string& text) {
  if (const auto number = number_in(text)) return *number;
  return text;
}

// As Odoo's release.py has it: [18, 0, 0, "final", 0, ""], ["saas~18", 2, 0, "final", 0, ""].
Json version_info(const std::string& series) {
  const auto dot = series.find('.');
  return Json::array({part_of_version(series.substr(0, dot)),
                      part_of_version(series.substr(std::min(dot, series.size() - 1) + 1)), 0,
                      "final", 0, ""});
}

bool is_letter_or_digit(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

bool may_name_database(std::string_view name) {
  return !name.empty() && name.size() <= longest_name && is_letter_or_digit(name.front()) &&
         std::ranges::all_of(name, [](char letter) {
           return is_letter_or_digit(letter) || letter == '_' || letter == '.' || letter == '-';
         });
}

}  // namespace

std::string print_odoo_manifest(const OdooManifest& manifest) {
  Json modules = Json::object();
  for (const auto& [name, version] : manifest.modules)
    modules[name] = version.empty() ? Json() : Json(version);
  return pretty_json({{"odoo_dump", "1"},
                      {"db_name", manifest.database},
                      {"version", manifest.series},
                      {"version_info", version_info(manifest.series)},
                      {"major_version", manifest.series},
                      {"pg_version", manifest.postgres},
                      {"modules", modules}});
}

OdooManifest parse_odoo_manifest(const std::string& path, std::string_view text) {
  const auto json = parse_json(text);
  if (!json || !json->is_object())
    throw Error(Kind::usage, fmt::format("{} of {} is no JSON object", odoo_manifest_name, path),
                "Odoo's own database manager would not have written it");
  OdooManifest manifest{.database = text_at(*json, "db_name"),
                        .series = text_at(*json, "major_version", text_at(*json, "version")),
                        .postgres = text_at(*json, "pg_version"),
                        .modules = {}};
  const Json& modules = member(*json, "modules");
  if (modules.is_object())
    for (const auto& [name, version] : modules.items())
      manifest.modules[name] = version.is_string() ? version.get<std::string>() : "";
  return manifest;
}

std::string odoo_series(std::string_view version_of_base) {
  const auto parts = split(version_of_base, '.');
  if (parts.size() < 2 || parts[0].empty() || !number_in(parts[1])) return {};
  return parts[0] + "." + parts[1];
}

std::string odoo_postgres_version(std::string_view server_version) {
  const auto parts = split(server_version, '.');
  const auto major = number_in(parts.front().substr(0, parts.front().find_first_of(" bd")));
  if (!major) return std::string(server_version);
  return *major < 10 && parts.size() > 1 ? fmt::format("{}.{}", *major, parts[1])
                                         : fmt::format("{}.0", *major);
}

OdooMemberName odoo_member(std::string_view name) {
  if (name == odoo_dump_name) return {.kind = OdooMember::dump, .attachment = {}};
  if (name == odoo_manifest_name) return {.kind = OdooMember::manifest, .attachment = {}};
  if (name.ends_with('/')) return {.kind = OdooMember::folder, .attachment = {}};
  if (name.starts_with(markers_folder)) return {.kind = OdooMember::marker, .attachment = {}};
  if (!name.starts_with(files_folder)) return {};
  const auto attachment = parse_attachment_name(name.substr(files_folder.size()));
  if (!attachment) return {};
  return {.kind = OdooMember::attachment, .attachment = *attachment};
}

std::string odoo_attachment_path(const AttachmentName& name) {
  return std::string(files_folder) + name.text();
}

bool leads_out(std::string_view name) {
  const auto parts = split(replace_all(std::string(name), "\\", "/"), '/');
  return name.starts_with('/') || std::ranges::find(parts, "..") != parts.end();
}

void require_odoo_database_name(std::string_view name) {
  if (may_name_database(name)) return;
  throw Error(Kind::usage, fmt::format("`{}` cannot be the name of a database", printable(name)),
              "letters, digits, `_`, `.` and `-`, the first a letter or a digit, at most 63 bytes: "
              "--as NAME");
}

}  // namespace ballast
