#include "upgrade/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "upgrade/fingerprint_query.h"
#include "upgrade/modules.h"

namespace ballast {

namespace {

constexpr Duration deadline = std::chrono::seconds(60);
constexpr const char* table_of_modules = "public.ir_module_module";

using Lines = std::vector<std::string>;

Json texts_json(const std::map<std::string, std::string>& texts) {
  Json json = Json::object();
  for (const auto& [name, text] : texts) json[name] = text;
  return json;
}

std::map<std::string, std::string> texts_from_json(const Json& json) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, text] : json.items())
    if (text.is_string()) texts[name] = text.get<std::string>();
  return texts;
}

Json fingerprint_json(const Fingerprint& fingerprint) {
  Json tables = Json::object();
  for (const auto& [name, table] : fingerprint.tables)
    tables[name] = {{"columns", texts_json(table.columns)}, {"rest", table.rest}};
  return {{"tables", tables}, {"modules", texts_json(fingerprint.modules)}};
}

Fingerprint fingerprint_from_json(const Json& json) {
  if (!member(json, "tables").is_object() || !member(json, "modules").is_object())
    throw Error(Kind::failed, "what was kept of a database's shape is not readable");
  Fingerprint fingerprint;
  fingerprint.modules = texts_from_json(json.at("modules"));
  for (const auto& [name, table] : json.at("tables").items())
    fingerprint.tables[name] = {.columns = texts_from_json(member(table, "columns")),
                                .rest = text_at(table, "rest")};
  return fingerprint;
}

// The server gives them in whatever order.
std::string hash_of(Lines lines) {
  if (lines.empty()) return {};
  std::ranges::sort(lines);
  return sha256_hex(join(lines, "\n"));
}

}  // namespace

std::string Fingerprint::hash() const { return sha256_hex(json_text(fingerprint_json(*this))); }

Fingerprint read_fingerprint(const std::vector<std::vector<std::string>>& rows) {
  Fingerprint fingerprint;
  std::map<std::string, Lines> rest;
  for (const auto& row : rows) {
    TableShape& table = fingerprint.tables[row.at(0)];
    if (row.at(1) == "column") table.columns[row.at(2)] = row.at(3);
    if (row.at(1) == "rest") rest[row.at(0)].push_back(fmt::format("{} {}", row.at(2), row.at(3)));
  }
  for (auto& [name, lines] : rest) fingerprint.tables[name].rest = hash_of(std::move(lines));
  return fingerprint;
}

Fingerprint fingerprint_of(Postgres& postgres, const std::string& database) {
  Fingerprint fingerprint = read_fingerprint(postgres.query(database, fingerprint_query, deadline));
  if (!fingerprint.tables.contains(table_of_modules)) return fingerprint;
  for (const InstalledModule& module : installed_modules(postgres, database))
    fingerprint.modules[module.name] = module.version;
  return fingerprint;
}

Json fingerprints_json(const Fingerprints& fingerprints) {
  Json json = Json::object();
  for (const auto& [database, fingerprint] : fingerprints)
    json[database] = fingerprint_json(fingerprint);
  return json;
}

Fingerprints fingerprints_from_json(const Json& json) {
  if (!json.is_object())
    throw Error(Kind::failed, "what was kept of the databases' shape is not readable");
  Fingerprints fingerprints;
  for (const auto& [database, fingerprint] : json.items())
    fingerprints[database] = fingerprint_from_json(fingerprint);
  return fingerprints;
}

}  // namespace ballast
