// Files of the system, also where somebody else may write: no symlink is followed that anybody but
// root, or the user who runs this, could have put on the way. In the last component none is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/below.h"
#include "host/disk.h"
#include "host/trees.h"

namespace ballast {

// The folder is as far as nobody else can have changed the way, its symlinks followed; below it no
// symlink is followed.
Below guarded(const std::string& path);
// The first folder on the way to a path in which somebody else can replace what is there; empty:
// none.
std::string folder_open_to_others(const std::string& path);

std::optional<FileInfo> guarded_info(const std::string& path);  // nullopt when absent
// The same, with the folder itself instead of a link to it that nobody else can have put there.
std::optional<FileInfo> guarded_folder_info(const std::string& path);
// nullopt when absent. Refuses what is not a regular file, and more than `limit` bytes.
std::optional<std::string> guarded_read(const std::string& path, std::uint64_t limit = 1u << 20);

// As Disk::replace, but owner and mode are those given, whatever was there before.
void guarded_replace(const std::string& path, std::string_view content, const Ownership& ownership);
// The last level alone; one that exists is left as it is.
void guarded_make_folder(const std::string& path, const Ownership& ownership);
void guarded_remove(const std::string& path);         // a file; absent is fine
bool guarded_remove_folder(const std::string& path);  // false: it is not empty; absent is fine

}  // namespace ballast
