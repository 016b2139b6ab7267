#include "check/addons_on_host.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "tools/container_files.h"

namespace ballast {

namespace {

constexpr std::uint64_t largest_file = 64u << 20;
constexpr unsigned others_read = 04;
constexpr unsigned others_enter = 05;

using Files = std::map<std::string, std::uint64_t>;  // path within the addon, size; in byte order

bool is_skipped(std::string_view name) { return name == "__pycache__" || name.ends_with(".pyc"); }

std::string_view name_in(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Root's eyes see more than those of the image's user, so that all must be open to anyone.
bool is_plain(const FileInfo& info) {
  const unsigned needed = info.type == FileType::directory ? others_enter : others_read;
  const bool is_known = info.type == FileType::directory || info.type == FileType::regular;
  return is_known && (info.mode & needed) == needed;
}

// The walk follows symlinks above the folder that it is given.
bool is_reached_plainly(Disk& disk, const std::string& root, const std::string& path) {
  for (auto slash = path.find('/', 1); true; slash = path.find('/', slash + 1)) {
    const auto info = disk.info(root + path.substr(0, slash));
    if (!info || !is_plain(*info) || info->type != FileType::directory) return false;
    if (slash == std::string::npos) return true;
  }
}

struct Found {
  std::map<std::string, Files> addons;
  bool all_plain = true;

  bool enter(const TreeEntry& entry) {
    const bool is_top = entry.path.find('/') == std::string::npos;
    if (is_skipped(name_in(entry.path)) || (is_top && entry.path.starts_with('.'))) return false;
    all_plain = all_plain && is_plain(entry.info);
    if (is_top && entry.info.type == FileType::directory) addons[entry.path];
    if (!is_top && entry.info.type == FileType::regular) add(entry);
    return true;
  }

 private:
  void add(const TreeEntry& entry) {
    const auto slash = entry.path.find('/');
    addons[entry.path.substr(0, slash)][entry.path.substr(slash + 1)] = entry.info.size;
  }
};

// nullopt: not read whole.
std::optional<std::string> hash_of(Trees& trees, const std::string& folder, const Files& files) {
  Sha256 digest;
  for (const auto& [path, size] : files) {
    if (size > largest_file) return std::nullopt;
    const auto content = trees.read_part({folder, path}, 0, size + 1);
    if (!content || content->size() != size) return std::nullopt;
    digest.add(path);
    digest.add(std::string_view("\0", 1));
    digest.add(std::to_string(size));
    digest.add(std::string_view("\0", 1));
    digest.add(*content);
  }
  return digest.hex();
}

}  // namespace

std::optional<std::map<std::string, std::string>> addon_hashes(Trees& trees,
                                                               const std::string& directory) {
  Found found;
  trees.walk(directory, [&](const TreeEntry& entry) { return found.enter(entry); });
  if (!found.all_plain) return std::nullopt;
  std::map<std::string, std::string> hashes;
  for (const auto& [name, files] : found.addons) {
    const auto hash = hash_of(trees, fmt::format("{}/{}", directory, name), files);
    if (!hash) return std::nullopt;
    hashes[name] = *hash;
  }
  return hashes;
}

bool surely_serves(Host& host, const docker::Container& container, const std::string& path,
                   const std::vector<Addon>& wanted) {
  const std::string root = root_on_host(host, container);
  if (root.empty() || !path.starts_with('/')) return false;
  try {
    if (!is_reached_plainly(host.disk, root, path)) return false;
    const auto there = addon_hashes(host.trees, root + path);
    if (!there || there->size() != wanted.size()) return false;
    return std::ranges::all_of(wanted, [&](const Addon& addon) {
      const auto found = there->find(addon.name);
      return addon.trouble.empty() && found != there->end() && found->second == addon.hash;
    });
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ballast
