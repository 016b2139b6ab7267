#include "upgrade/modules.h"

#include <fmt/format.h>

namespace ballast {

namespace {

constexpr const char* installed_query =
    "SELECT name, coalesce(latest_version, ''), state FROM public.ir_module_module "
    "WHERE state IN ('installed', 'to upgrade', 'to install', 'to remove') "
    "ORDER BY name COLLATE \"C\"";
// What Odoo takes a module for whose manifest does not tell.
constexpr const char* version_of_silence = "1.0";

std::vector<InstalledModule> modules_of(const Postgres::Rows& rows) {
  std::vector<InstalledModule> found;
  for (const auto& row : rows)
    found.push_back({.name = row.at(0), .version = row.at(1), .state = row.at(2)});
  return found;
}

}  // namespace

std::vector<InstalledModule> installed_modules(Postgres& postgres, const std::string& database) {
  return modules_of(postgres.query(database, installed_query));
}

InstalledModules installed_modules(Postgres& postgres, const std::vector<std::string>& databases) {
  const auto answers = postgres.query_each(databases, installed_query);
  InstalledModules found;
  for (std::size_t number = 0; number < databases.size(); ++number)
    found[databases[number]] = modules_of(answers[number]);
  return found;
}

std::string stored_version(const std::string& version, const std::string& series) {
  const std::string told = version.empty() ? version_of_silence : version;
  if (series.empty() || told.starts_with(series + ".")) return told;
  return fmt::format("{}.{}", series, told);
}

const Addon* ImageModules::find(const std::string& name) const {
  const auto found = modules.find(name);
  return found == modules.end() ? nullptr : &found->second;
}

ImageModules image_modules(const std::vector<Addon>& own,
                           const std::optional<std::vector<Addon>>& elsewhere) {
  ImageModules image{.modules = {}, .complete = elsewhere.has_value()};
  for (const Addon& addon : own) image.modules.emplace(addon.name, addon);
  if (elsewhere)
    for (const Addon& addon : *elsewhere) image.modules.emplace(addon.name, addon);
  return image;
}

std::string series_of(const std::vector<InstalledModule>& installed) {
  for (const InstalledModule& module : installed) {
    if (module.name != "base") continue;
    const auto first = module.version.find('.');
    if (first == std::string::npos) return {};
    return module.version.substr(0, module.version.find('.', first + 1));
  }
  return {};
}

}  // namespace ballast
