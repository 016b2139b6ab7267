#include "upgrade/needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ballast {

namespace {

using ByName = std::map<std::string, const InstalledModule*>;

ByName by_name(const std::vector<InstalledModule>& installed) {
  ByName found;
  for (const InstalledModule& module : installed) found[module.name] = &module;
  return found;
}

bool can_be_loaded(const Addon& addon) { return addon.trouble.empty() && addon.installable; }

// What Odoo makes of a manifest that names none.
std::vector<std::string> depends_of(const Addon& addon) {
  if (!addon.depends.empty() || addon.name == "base") return addon.depends;
  return {"base"};
}

std::string missing_dependency(const Addon& addon, const ByName& installed) {
  for (const std::string& name : depends_of(addon))
    if (!installed.contains(name)) return name;
  return {};
}

bool has_other_files(const Addon& addon, const ModuleHashes& recorded) {
  const auto found = recorded.find(addon.name);
  return found != recorded.end() && !found->second.empty() && !addon.upgrade_hash.empty() &&
         found->second != addon.upgrade_hash;
}

std::string shown(const std::string& version) { return version.empty() ? "none" : version; }

// Empty: there is nothing to do.
std::string reason(const InstalledModule& module, const Addon* addon, const std::string& version,
                   const ByName& installed, const ModuleHashes& recorded) {
  const bool is_left = module.state == "to upgrade" || module.state == "to install";
  if (addon != nullptr && !version.empty() && version != module.version && !is_left)
    return fmt::format("version {} → {}", shown(module.version), version);
  if (is_left) return fmt::format("left `{}`", module.state);
  if (addon == nullptr) return {};
  if (const std::string name = missing_dependency(*addon, installed); !name.empty())
    return fmt::format("it needs {}, which is not installed", name);
  return has_other_files(*addon, recorded) ? "its files changed" : std::string();
}

// All that stand on these, near or far.
std::vector<std::string> dependents_of(const std::vector<ModuleNeed>& needed,
                                       const std::vector<InstalledModule>& installed,
                                       const ImageModules& image) {
  std::set<std::string> reached;
  for (const ModuleNeed& need : needed) reached.insert(need.name);
  std::set<std::string> found;
  for (std::size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const InstalledModule& module : installed) {
      const Addon* addon = image.find(module.name);
      if (addon == nullptr || reached.contains(module.name)) continue;
      const auto depends = depends_of(*addon);
      if (std::ranges::any_of(depends, [&](const auto& name) { return reached.contains(name); }))
        found.insert(module.name);
    }
    reached.insert(found.begin(), found.end());
  }
  return {found.begin(), found.end()};
}

std::string absence(const std::string& name, const Addon* addon, const ImageModules& image) {
  if (addon == nullptr) return image.complete ? name : std::string();
  if (!addon->trouble.empty()) return fmt::format("{} ({})", name, addon->trouble);
  return addon->installable ? std::string() : fmt::format("{} (not installable)", name);
}

}  // namespace

DatabaseNeed need_of(const std::string& database, const std::vector<InstalledModule>& installed,
                     const ImageModules& image, const ModuleHashes& recorded) {
  DatabaseNeed need{.database = database, .modules = {}, .dependents = {}, .absent = {}};
  const std::string series = series_of(installed);
  const ByName there = by_name(installed);
  for (const InstalledModule& module : installed) {
    const Addon* addon = image.find(module.name);
    if (const std::string text = absence(module.name, addon, image); !text.empty())
      need.absent.push_back(text);
    if (addon != nullptr && !can_be_loaded(*addon)) continue;
    const std::string version =
        addon == nullptr || series.empty() ? std::string() : stored_version(addon->version, series);
    const std::string because = reason(module, addon, version, there, recorded);
    if (because.empty()) continue;
    need.modules.push_back(
        {.name = module.name, .from = module.version, .to = version, .because = because});
  }
  need.dependents = dependents_of(need.modules, installed, image);
  return need;
}

bool Needs::anything() const {
  return detects || std::ranges::any_of(databases, &DatabaseNeed::due);
}

bool may_change_databases(const Policy& policy) {
  if (policy.preset == Preset::odoo) return has_database(policy);
  return !policy.migrate.run.empty();
}

}  // namespace ballast
