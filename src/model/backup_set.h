// manifest.json, the last file of a backup set: what the set holds and of what it is the backup.
// A folder without it is not a backup. Its form is described in docs/formats.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/set_layout.h"

namespace ballast {

struct SetFile {
  std::string path;  // below the set's folder
  std::uint64_t size = 0;
  std::string sha256;  // 64 hex digits

  bool operator==(const SetFile&) const = default;
};

struct SetRelease {
  std::string service;
  std::string tag;
  std::string image;     // as the compose file resolves to: repository:tag
  std::string image_id;  // sha256:… of the local image
  std::string digest;    // repository@sha256:…; empty for an image that was never in a registry

  bool operator==(const SetRelease&) const = default;
};

// Where a service keeps data.
struct SetMount {
  std::string volume;  // Docker's name of the volume; empty for a bind mount
  std::string source;  // the folder on the host, as it was
  std::string path;    // in the container

  bool operator==(const SetMount&) const = default;
};

// The mount below which filestore/<database>/ lies, and what its files must look like.
struct SetFilestore {
  SetMount mount;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t mode = 0;  // of the folders: 0755; files have its bits for reading and writing

  bool operator==(const SetFilestore&) const = default;
};

struct SetVolume {
  SetMount mount;
  std::string archive;  // path in the set; without the attachments that the pool holds

  bool operator==(const SetVolume&) const = default;
};

// An attachment that production itself had lost. What the set lacks for it is in no list.
struct Damage {
  std::string attachment;  // as the row names it
  std::string what;        // "missing", "damaged", …
  bool kept = false;       // the set has it all the same, of an earlier backup

  bool operator==(const Damage&) const = default;
};

struct SetDatabase {
  std::string name;
  std::string owner;           // role
  std::uint64_t size = 0;      // bytes on the server
  std::string server_version;  // "15.14"
  std::string encoding;        // "UTF8"
  std::string collate;         // "C.UTF-8"
  std::string ctype;           // "C.UTF-8"
  bool odoo = false;           // has the table ir_module_module
  std::string dump;            // path in the set; empty where it could not be made
  std::string attachments;     // path in the set of their list; empty: the database names none
  std::uint64_t attachment_count = 0;  // lines of that list
  std::uint64_t attachment_bytes = 0;
  std::map<std::string, std::uint64_t> rows;  // by table, of those that the policy counts
  std::vector<Damage> damage;

  bool operator==(const SetDatabase&) const = default;
};

struct SetPhase {
  std::string name;
  Duration duration{};

  bool operator==(const SetPhase&) const = default;
};

struct BackupSet {
  std::string id;
  std::string stack;
  BackupKind kind = BackupKind::manual;
  std::string note;  // may be empty
  std::string operator_name;
  Time started{};  // to the second, as is `ended`
  Time ended{};
  std::string ballast_version;
  std::vector<std::string> reasons;  // why it is incomplete; none: it is complete
  std::vector<std::string> remarks;  // what else was noticed, and takes nothing from it
  std::string audit_head;            // of the audit chain when it was made; empty: not known
  std::string project;               // of Compose
  SetRelease release;
  std::string database_service;  // empty: none, or a server outside the stack
  std::string database_image;    // whose pg_restore fits the dumps; empty likewise
  std::optional<SetFilestore> filestore;
  std::string filestore_archive;  // path in the set, of kind weekly-full; else empty
  std::vector<SetVolume> volumes;
  std::vector<SetFile> files;  // all but manifest.json itself
  std::vector<SetDatabase> databases;
  std::vector<SetPhase> durations;  // in the order in which the phases began

  bool is_complete() const { return reasons.empty(); }
  std::uint64_t bytes() const;             // of its files; the pool is shared
  std::uint64_t attachment_count() const;  // of all its databases
  bool operator==(const BackupSet&) const = default;
};

// The text of manifest.json. Error(failed) when a name in it is not UTF-8.
std::string print_backup_set(const BackupSet& set);

// `path` is the file, for messages. Error(failed) when it is damaged or names what it does not
// hold, Error(refused) when it is of a newer schema; fields that this program does not know are
// passed over.
BackupSet parse_backup_set(const std::string& path, std::string_view text);

// SHA256SUMS: for `sha256sum --check` in the set's folder.
std::string print_sums(std::span<const SetFile> files);

// Puts the checksum at the end of a printed JSON object. It is the last member: the SHA-256 of all
// bytes before its line.
std::string sealed_manifest(std::string_view text);

}  // namespace ballast
