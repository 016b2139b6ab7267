#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "restore/exchange_steps.h"
#include "upgrade/detect.h"
#include "upgrade/needs.h"
#include "upgrade/release_hashes.h"

namespace ballast {

namespace {

using Wished = UpgradeWish::Kind;

std::string tag_of(const Work& work) { return text_at(work.operation.request, "tag"); }

// Those of the image are kept: what an image holds never changes.
std::optional<std::vector<Addon>> kept_modules_elsewhere(Work& work, const docker::Image& image) {
  const std::string name = "modules " + image.id;
  if (const auto known = work.journal.fact(work.stack.name, name)) {
    if (!known->value.is_array()) return std::nullopt;
    return addons_from_json(known->value);
  }
  const auto found = modules_elsewhere(work.server.engine, image.id, work.operation.id);
  work.journal.set_fact(work.stack.name, name, found ? addons_json(*found) : Json(),
                        work.server.host.clock.now());
  return found;
}

ImageModules modules_of(Work& work, const docker::Image& image) {
  if (!work.inspection.image() || work.inspection.image()->id != image.id)
    work.inspection.look_at_image(image.id);
  return image_modules(work.inspection.image_addons().value_or(std::vector<Addon>()),
                       kept_modules_elsewhere(work, image));
}

InstalledModules installed_everywhere(Work& work) {
  Postgres postgres = database_server(work);
  std::vector<std::string> names;
  for (const Database& database : postgres.databases())
    if (database.odoo && concerns_database(work.stack.policy, database.name))
      names.push_back(database.name);
  return installed_modules(postgres, names);
}

// Nothing hangs on the answer where nothing is to be run.
bool must_know(const Policy& policy, const UpgradeWish& wish) {
  if (wish.kind != Wished::by_policy) return wish.kind != Wished::none;
  return policy.upgrade.when != Policy::UpgradeWhen::never;
}

Error not_known(const Work& work, const Error& error) {
  return Error(
      Kind::refused,
      fmt::format(
          "what {} has to change in the databases of {} is not known: {}; nothing was changed",
          tag_of(work), work.stack.name, error.message()),
      error.hint().empty() ? fmt::format("see that they answer: ballast status {}", work.stack.name)
                           : error.hint());
}

Needs look(Work& work, const docker::Image& image, const UpgradeWish& wish) {
  Needs needs;
  const Policy& policy = work.stack.policy;
  InstalledModules installed;
  if (policy.preset == Preset::odoo) {
    installed = installed_everywhere(work);
    const ImageModules modules = modules_of(work, image);
    const RecordedHashes recorded = hashes_before(work);
    for (const auto& [database, there] : installed)
      needs.databases.push_back(need_of(database, there, modules, recorded.of(database)));
  } else {
    const Detected detected = detect(work, image);
    needs.detects = detected.due;
    needs.detected = detected.output;
  }
  decide(needs, policy, wish, installed);
  return needs;
}

std::string modules_due(const Needs& needs) {
  std::vector<std::string> names;
  for (const DatabaseNeed& need : needs.databases)
    for (const ModuleNeed& module : need.modules)
      if (std::ranges::find(names, module.name) == names.end()) names.push_back(module.name);
  return join(names, ",");
}

// A stack that is only down has databases: another image than that of before may not fit them.
bool has_nothing_to_change(Work& work, const docker::Image& image) {
  if (!work.running.services.empty()) return false;
  const auto good = work.journal.releases(work.stack.name, "good");
  return good.empty() || good.front().image_id == image.id;
}

Error ask_first(const Work& work, const Needs& needs) {
  const std::string modules = modules_due(needs);
  Error error(Kind::refused,
              fmt::format("{} has to change the {} of {}, and the policy says `upgrade: ask`; "
                          "nothing was changed",
                          tag_of(work), modules.empty() ? "data" : "databases", work.stack.name),
              fmt::format("say what is to be done: ballast deploy {} {} --upgrade {}all|none",
                          work.stack.name, tag_of(work), modules.empty() ? "" : modules + "|"));
  for (const std::string& line : needs_lines(needs)) error.add_context(line);
  return error;
}

}  // namespace

std::optional<UpgradeWork> work_of_copy(Work& work, const docker::Image& image, Postgres& server,
                                        const std::string& database) {
  const InstalledModules installed{{database, installed_modules(server, database)}};
  Needs needs;
  needs.databases.push_back(need_of(database, installed.at(database), modules_of(work, image),
                                    hashes_before(work).of(database)));
  decide(needs, work.stack.policy, {}, installed);
  return needs.work.empty() ? std::nullopt : std::optional(needs.work.front());
}

Needs find_needs(Work& work, const docker::Image& image, const UpgradeWish& wish) {
  require_upgradable(work.stack, wish);
  Needs needs;
  if (has_nothing_to_change(work, image)) {
    needs.decided_by = "policy";
    needs.fresh = true;
    return needs;
  }
  try {
    needs = look(work, image, wish);
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted || error.kind() == Kind::usage) throw;
    if (must_know(work.stack.policy, wish)) throw not_known(work, error);
    needs.decided_by = wish.kind == Wished::none ? "--upgrade" : "policy";
    needs.unknown = error.message();
  }
  const bool asks =
      wish.kind == Wished::by_policy && work.stack.policy.upgrade.when == Policy::UpgradeWhen::ask;
  if (asks && needs.due()) throw ask_first(work, needs);
  return needs;
}

}  // namespace ballast
