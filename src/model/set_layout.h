// The names of a backup set and of what lies in it (docs/formats.md): sets/<id>/ below the backups
// of a stack. No path here begins with the set's folder.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ballast {

enum class BackupKind { daily, weekly_full, manual, pre_deploy };

inline constexpr std::array backup_kinds{BackupKind::daily, BackupKind::weekly_full,
                                         BackupKind::manual, BackupKind::pre_deploy};

std::string_view text_of(BackupKind kind);  // "weekly-full"
std::optional<BackupKind> parse_backup_kind(std::string_view text);

// An id is the moment at which the backup began, in UTC, and four hex digits:
// 20261125T022707Z-3f9a. So ids sort by time. nullopt when it is not of this form.
std::optional<Time> time_of_set(std::string_view id);

inline constexpr std::string_view manifest_file = "manifest.json";
inline constexpr std::string_view notes_file = "RESTORE.md";
inline constexpr std::string_view sums_file = "SHA256SUMS";
inline constexpr std::string_view globals_file = "globals.sql";
inline constexpr std::string_view stack_folder = "stack";

// What Ballast itself keeps in the root of a volume begins so, and is in no set.
inline constexpr std::string_view own_prefix = ".ballast-";

std::string dump_file(std::string_view database);         // "databases/<escaped>.dump"
std::string attachments_file(std::string_view database);  // "databases/<escaped>.attachments"
// "volumes/<escaped>.tar.zst"; a bind mount goes by its folder on the host.
std::string volume_file(std::string_view volume);
std::string filestore_file(Time time);  // "filestore-20261125.tar.gz", the day in UTC

// A name as part of a file's name: every byte but A-Z a-z 0-9 . _ - is written %XX (upper case),
// and so is a dot at the front. "ten ä/%" is "ten%20%C3%A4%2F%25".
std::string escaped_name(std::string_view name);
// nullopt for what escaped_name() never writes, so that a name has one file and a file one name.
std::optional<std::string> unescaped_name(std::string_view text);

// Stays below the folder that it is joined to: relative, no empty part, no `.` or `..`, and no
// character that a line of SHA256SUMS would have to escape.
bool is_set_path(std::string_view path);

}  // namespace ballast
