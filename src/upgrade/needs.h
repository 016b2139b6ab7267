// What a release needs to change in the databases that it is to run on.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "live/module_hashes.h"
#include "live/work.h"
#include "upgrade/modules.h"

namespace ballast {

struct ModuleNeed {
  std::string name;
  std::string from;     // version in the database; empty: not installed
  std::string to;       // version in the image; empty: the image does not say
  std::string because;  // "version 18.0.1.0 → 18.0.1.1", "its files changed", "left `to upgrade`"
};

struct DatabaseNeed {
  std::string database;
  std::vector<ModuleNeed> modules;      // empty: nothing to do
  std::vector<std::string> dependents;  // which Odoo upgrades along, by name
  std::vector<std::string> absent;      // installed, but not in the image, or not to be loaded

  bool due() const { return !modules.empty(); }
};

// What is to be run: what was found, or what the operator said instead.
struct UpgradeWork {
  std::string database;              // empty: of a generic stack, once
  std::vector<std::string> modules;  // for -u; {"all"}; empty: a generic stack's own command
};

struct Needs {
  std::vector<DatabaseNeed> databases;
  bool detects = false;           // a generic stack's own command says that something is due
  std::string detected;           // what it printed
  std::vector<UpgradeWork> work;  // in order; empty: nothing is to be run
  std::string decided_by;         // "policy", "--upgrade"
  bool fresh = false;             // nothing ran yet: there was nobody to ask
  std::string unknown;            // why they could not be asked, where nothing hangs on the answer

  bool due() const { return !work.empty(); }
  bool anything() const;  // is due, whatever is to be run
};
Json needs_json(const Needs& needs);
Needs needs_from_json(const Json& json);

// Pure.
DatabaseNeed need_of(const std::string& database, const std::vector<InstalledModule>& installed,
                     const ImageModules& image, const ModuleHashes& recorded);

// "shop_theme 18.0.1.0 → 18.0.1.1, shop_sale (its files changed)", "nothing to do"
std::string need_text(const DatabaseNeed& need);
// Of all, databases that need the same together: "ten_a: …; ten_b, ten_c: nothing to do".
std::string needs_summary(const Needs& needs);
// For the person who watches: each database with the reasons, and what is not as it should be.
std::vector<std::string> needs_lines(const Needs& needs);

// --upgrade: "all", "none", or modules with commas between. Error(usage).
struct UpgradeWish {
  enum class Kind { by_policy, all, none, modules } kind = Kind::by_policy;
  std::vector<std::string> modules;
};
UpgradeWish parse_upgrade_wish(const std::string& text);
// Error(usage) when this stack has nothing that it could be about.
void require_upgradable(const Stack& stack, const UpgradeWish& wish);

// Pure: what is to be run. Error(usage) for a module that no database has.
void decide(Needs& needs, const Policy& policy, const UpgradeWish& wish,
            const std::map<std::string, std::vector<InstalledModule>>& installed);

// Asks the image and each database. Error(refused) when the policy says `ask` and something is due
// (hint: what to type), or when a database cannot be asked: not known is not `nothing to do`.
Needs find_needs(Work& work, const docker::Image& image, const UpgradeWish& wish);

// What the policy wants to be run in a copy of one of them, which may be older; nullopt: nothing.
std::optional<UpgradeWork> work_of_copy(Work& work, const docker::Image& image, Postgres& server,
                                        const std::string& database);

// Whether a plan for this stack has the steps at all.
bool may_change_databases(const Policy& policy);

// At the commit of a good release: what its databases are made of from now on. What was due and not
// run stays due. Throws nothing: a hash that is not recorded makes a module be upgraded once more.
void record_hashes(Work& work, const Needs& needs);

}  // namespace ballast
