// The zip archive that Odoo's own database manager writes and takes: dump.sql, filestore/aa/aabb…,
// manifest.json.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/attachments.h"

namespace ballast {

inline constexpr std::string_view odoo_dump_name = "dump.sql";
inline constexpr std::string_view odoo_manifest_name = "manifest.json";

struct OdooManifest {
  std::string database;
  std::string series;                          // "18.0", "saas~18.2"
  std::string postgres;                        // as Odoo writes it: "15.0"
  std::map<std::string, std::string> modules;  // installed ones: name → version, empty: none

  bool operator==(const OdooManifest&) const = default;
};

std::string print_odoo_manifest(const OdooManifest& manifest);
// Only `database` and `series` are of use to whoever takes the archive; both may be empty.
// Error(usage) when it is not JSON.
OdooManifest parse_odoo_manifest(const std::string& path, std::string_view text);

// Of the module base's version, "18.0.1.3", what Odoo calls its series: "18.0". Empty: it is none.
std::string odoo_series(std::string_view version_of_base);
// "15.14" → "15.0": Odoo divides the server's number by 10000 and calls the rest a fraction.
std::string odoo_postgres_version(std::string_view server_version);

enum class OdooMember { dump, manifest, attachment, marker, folder, other };
struct OdooMemberName {
  OdooMember kind = OdooMember::other;
  AttachmentName attachment;  // of that kind
};
// What a name in the archive is. Markers are what Odoo's collection of old attachments keeps.
OdooMemberName odoo_member(std::string_view name);
std::string odoo_attachment_path(const AttachmentName& name);
// An absolute name, or one with "..".
bool leads_out(std::string_view name);

// What Odoo takes for the name of a database: letters, digits, `_`, `.` and `-`, the first a letter
// or digit; at most 63 bytes. Error(usage).
void require_odoo_database_name(std::string_view name);

}  // namespace ballast
