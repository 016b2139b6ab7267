// What a database looks like, to tell whether an image still fits it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "tools/postgres.h"

namespace ballast {

struct TableShape {
  std::map<std::string, std::string> columns;  // name: "integer not null default …"
  std::string rest;                            // SHA-256 over constraints and indexes
  bool operator==(const TableShape&) const = default;
};

struct Fingerprint {
  // "public.res_users"; "view public.sales", "type public.mood"
  std::map<std::string, TableShape> tables;
  std::map<std::string, std::string> modules;  // installed: version
  bool operator==(const Fingerprint&) const = default;

  std::string hash() const;  // SHA-256 over all of it
};
using Fingerprints = std::map<std::string, Fingerprint>;  // by database

// One query each of the catalogue; no table is read but ir_module_module. Error(failed).
Fingerprint fingerprint_of(Postgres& postgres, const std::string& database);

// Pure: of the rows of fingerprint_query. Its modules are still missing.
Fingerprint read_fingerprint(const std::vector<std::vector<std::string>>& rows);

// One line each, at most `most` and then "and 12 more": "res_users: column colour gone, theme new".
std::vector<std::string> differences(const Fingerprint& before, const Fingerprint& after,
                                     std::size_t most = 20);

// Error(failed) when it is not what was written.
Json fingerprints_json(const Fingerprints& fingerprints);
Fingerprints fingerprints_from_json(const Json& json);

// Beside a release's copies of the stack's files; nullopt: it kept none.
inline constexpr const char* schema_file = "schema.json";

}  // namespace ballast
