#include <algorithm>
#include <array>

#include "drift/difference.h"

namespace ballast {

namespace {

// What programs leave behind that change nothing of what is served: caches, logs, what an
// interpreter compiles, what a shell remembers.
constexpr auto known = std::to_array<std::string_view>({
    "*.pyc",           "*/.ash_history",
    "*/.bash_history", "*/.cache",
    "*/.cache/*",      "*/.lesshst",
    "*/.psql_history", "*/.python_history",
    "*/.viminfo",      "*/__pycache__",
    "*/__pycache__/*", "/dev/*",
    "/proc/*",         "/run/*",
    "/sys/*",          "/tmp/*",
    "/var/cache/*",    "/var/lib/odoo/.local*",
    "/var/log/*",      "/var/run/*",
    "/var/tmp/*",
});

bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) &&
         (folder.ends_with('/') || path[folder.size()] == '/');
}

// A mount's own place and the way to it are made by the engine.
bool is_of_a_mount(const docker::Container& container, const std::string& path) {
  return std::ranges::any_of(container.mounts, [&](const docker::Mount& mount) {
    return path == mount.target || is_below(path, mount.target) || is_below(mount.target, path);
  });
}

bool is_ignored(const ReleaseContainerSeen& seen, const Policy& policy, const std::string& path) {
  const auto fits = [&](const auto& pattern) { return fits_pattern(path, std::string(pattern)); };
  return std::ranges::any_of(known, fits) || std::ranges::any_of(policy.drift.ignore, fits) ||
         seen.own.contains(path) || is_of_a_mount(seen.container, path);
}

// In order of paths what is below a folder does not come right behind it ("/a", "/a-b", "/a/c").
bool leads_to_another(const std::set<std::string>& paths, const std::string& path) {
  const auto below = paths.lower_bound(path + "/");
  return below != paths.end() && is_below(*below, path);
}

}  // namespace

std::vector<docker::ChangedPath> telling_changes(const ReleaseContainerSeen& seen,
                                                 const Policy& policy) {
  std::set<std::string> paths;
  for (const docker::ChangedPath& one : seen.changes) paths.insert(one.path);
  std::vector<docker::ChangedPath> telling;
  for (const docker::ChangedPath& one : seen.changes)
    if (!leads_to_another(paths, one.path) && !is_ignored(seen, policy, one.path))
      telling.push_back(one);
  return telling;
}

}  // namespace ballast
