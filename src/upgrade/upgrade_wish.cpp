#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "upgrade/needs.h"

namespace ballast {

namespace {

constexpr std::size_t longest_name = 100;
constexpr const char* by_operator = "--upgrade";

using Installed = std::map<std::string, std::vector<InstalledModule>>;
using Names = std::vector<std::string>;
using Wished = UpgradeWish::Kind;

bool is_letter_of_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_';
}

void require_module_name(const std::string& name) {
  if (!name.empty() && name.size() <= longest_name &&
      std::ranges::all_of(name, is_letter_of_name) && name != "all" && name != "none")
    return;
  throw Error(Kind::usage,
              fmt::format("--upgrade: `{}` is not the name of a module",
                          printable(shortened(name, longest_name))),
              "write `all` or `none` alone, or modules with commas between: shop_theme,shop_sale");
}

bool has(const std::vector<InstalledModule>& installed, const std::string& name) {
  return std::ranges::find(installed, name, &InstalledModule::name) != installed.end();
}

void require_installed(const Names& modules, const Installed& installed) {
  std::set<std::string> known;
  for (const auto& [database, there] : installed)
    for (const InstalledModule& module : there) known.insert(module.name);
  for (const std::string& name : modules) {
    if (known.contains(name)) continue;
    const auto near = nearest(name, {known.begin(), known.end()});
    throw Error(Kind::usage, fmt::format("--upgrade: no database has the module `{}`", name),
                near ? fmt::format("did you mean `{}`?", *near)
                     : "with --dry-run a deploy tells which modules are due; a module is first "
                       "installed in Odoo itself");
  }
}

std::vector<UpgradeWork> work_of_names(const Names& modules, const Installed& installed) {
  require_installed(modules, installed);
  std::vector<UpgradeWork> work;
  for (const auto& [database, there] : installed) {
    UpgradeWork one{.database = database, .modules = {}};
    for (const std::string& name : modules)
      if (has(there, name)) one.modules.push_back(name);
    if (!one.modules.empty()) work.push_back(one);
  }
  return work;
}

std::vector<UpgradeWork> work_for_all(const Policy& policy, const Installed& installed) {
  if (policy.preset != Preset::odoo) return std::vector<UpgradeWork>(1);
  std::vector<UpgradeWork> work;
  for (const auto& [database, there] : installed)
    work.push_back({.database = database, .modules = {"all"}});
  return work;
}

std::vector<UpgradeWork> work_found(const Needs& needs) {
  if (needs.detects) return std::vector<UpgradeWork>(1);
  std::vector<UpgradeWork> work;
  for (const DatabaseNeed& need : needs.databases) {
    if (!need.due()) continue;
    UpgradeWork one{.database = need.database, .modules = {}};
    for (const ModuleNeed& module : need.modules) one.modules.push_back(module.name);
    work.push_back(one);
  }
  return work;
}

}  // namespace

UpgradeWish parse_upgrade_wish(const std::string& text) {
  if (text.empty()) return {};
  if (text == "all") return {.kind = Wished::all, .modules = {}};
  if (text == "none") return {.kind = Wished::none, .modules = {}};
  UpgradeWish wish{.kind = Wished::modules, .modules = {}};
  for (const std::string& part : split(text, ',')) {
    const std::string name(trim(part));
    require_module_name(name);
    if (std::ranges::find(wish.modules, name) == wish.modules.end()) wish.modules.push_back(name);
  }
  return wish;
}

void require_upgradable(const Stack& stack, const UpgradeWish& wish) {
  if (wish.kind == Wished::by_policy) return;
  const bool is_odoo = stack.policy.preset == Preset::odoo;
  if (!may_change_databases(stack.policy))
    throw Error(Kind::usage,
                fmt::format("--upgrade, but nothing is known that {} could upgrade", stack.name),
                fmt::format("leave it out; or {} in {}",
                            is_odoo ? "say where its database runs (`database.service`)"
                                    : "give it a command (`migrate: {run: …}`)",
                            stack.policy_path));
  if (!is_odoo && wish.kind == Wished::modules)
    throw Error(Kind::usage,
                fmt::format("--upgrade {}: {} is no Odoo, and has no modules",
                            join(wish.modules, ","), stack.name),
                "write --upgrade all, to run its `migrate.run` whatever `migrate.detect` says, or "
                "--upgrade none");
}

void decide(Needs& needs, const Policy& policy, const UpgradeWish& wish,
            const Installed& installed) {
  needs.decided_by = wish.kind == Wished::by_policy ? "policy" : by_operator;
  switch (wish.kind) {
    case Wished::none: return;
    case Wished::all: needs.work = work_for_all(policy, installed); return;
    case Wished::modules: needs.work = work_of_names(wish.modules, installed); return;
    case Wished::by_policy: break;
  }
  if (policy.upgrade.when != Policy::UpgradeWhen::never) needs.work = work_found(needs);
}

}  // namespace ballast
