#include "restore/stack_files.h"

#include <algorithm>

namespace ballast {

namespace {

bool holds_only_files(Disk& disk, const std::string& path) {
  const auto info = disk.info(path);
  if (!info) return false;
  if (info->type != FileType::directory)
    return info->type == FileType::regular || info->type == FileType::symlink;
  return std::ranges::all_of(disk.list(path), [&](const std::string& name) {
    return holds_only_files(disk, path + "/" + name);
  });
}

}  // namespace

bool is_configuration(Disk& disk, const std::string& stack_folder, const std::string& path) {
  return path.starts_with(stack_folder + "/") && holds_only_files(disk, path);
}

}  // namespace ballast
