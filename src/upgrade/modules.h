// Modules as an image brings them, and as a database has them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "check/addons.h"
#include "tools/postgres.h"

namespace ballast {

// A row of ir_module_module.
struct InstalledModule {
  std::string name;
  std::string version;  // latest_version: "18.0.1.2"
  std::string state;    // installed, to upgrade, to install, to remove
};

// All but those that are not installed, by name. Error(failed) with PostgreSQL's words.
std::vector<InstalledModule> installed_modules(Postgres& postgres, const std::string& database);
using InstalledModules = std::map<std::string, std::vector<InstalledModule>>;  // by database
InstalledModules installed_modules(Postgres& postgres, const std::vector<std::string>& databases);

// As Odoo stores a manifest's version: "1.2" is "18.0.1.2" there. `series`: "18.0".
std::string stored_version(const std::string& version, const std::string& series);
// From the version of `base`; empty when that is not installed.
std::string series_of(const std::vector<InstalledModule>& installed);

// What an image has, by name.
struct ImageModules {
  std::map<std::string, Addon> modules;
  bool complete = false;  // with Odoo's own: what is not among them is not in the image

  const Addon* find(const std::string& name) const;  // nullptr: not there
};
// `own`: of the policy's folder, which comes first. `elsewhere`: nullopt where that is not known.
ImageModules image_modules(const std::vector<Addon>& own,
                           const std::optional<std::vector<Addon>>& elsewhere);

// Of Odoo's own folders and those that its configuration names: names, versions and what they stand
// on, without hashes. nullopt: Odoo was not found in the image, or could not be asked. Run in a
// throw-away container, marked with `operation`.
std::optional<std::vector<Addon>> modules_elsewhere(Engine& engine, const std::string& image,
                                                    const std::string& operation);
std::vector<std::string> read_modules_argv();

}  // namespace ballast
