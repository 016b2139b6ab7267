#include "upgrade/release_hashes.h"

#include <fmt/format.h>

#include <algorithm>

#include "upgrade/needs.h"

namespace ballast {

namespace {

bool was_run(const Needs& needs, const std::string& database, const std::string& module) {
  return std::ranges::any_of(needs.work, [&](const UpgradeWork& work) {
    const auto names = [&](std::string_view name) {
      return std::ranges::find(work.modules, name) != work.modules.end();
    };
    return work.database == database && (names(module) || names("all") || names("base"));
  });
}

void look_at_what_runs(Work& work) {
  if (!work.inspection.image_addons())
    work.inspection.look_at_image(work.release_container().image_id);
}

// What a release that did not become good had recorded is of databases that are gone again.
std::optional<RecordedHashes> recorded_of_good(Work& work, const std::vector<ReleaseRecord>& good) {
  auto recorded = recorded_hashes(work.journal, work.stack.name);
  if (recorded && std::ranges::find(good, recorded->operation, &ReleaseRecord::id) == good.end())
    return std::nullopt;
  return recorded;
}

RecordedHashes hashes_now(Work& work, const Needs& needs) {
  RecordedHashes now{.operation = work.operation.id, .release = {}, .behind = {}};
  for (const Addon& addon : *work.inspection.image_addons())
    now.release[addon.name] = addon.upgrade_hash;
  const RecordedHashes before = hashes_before(work);
  for (const DatabaseNeed& need : needs.databases) {
    ModuleHashes known = before.of(need.database);
    for (const ModuleNeed& module : need.modules)
      if (!was_run(needs, need.database, module.name))
        now.behind[need.database][module.name] = known[module.name];
  }
  return now;
}

}  // namespace

RecordedHashes hashes_before(Work& work) {
  const auto good = work.journal.releases(work.stack.name, "good");
  if (const auto recorded = recorded_of_good(work, good)) return *recorded;
  if (good.empty()) return {};
  RecordedHashes hashes;
  const auto kept = work.journal.fact(
      work.stack.name,
      fmt::format("addons {} {}", good.front().image_id, work.stack.policy.addons.path));
  if (!kept) return hashes;
  for (const Addon& addon : addons_from_json(kept->value))
    hashes.release[addon.name] = addon.upgrade_hash;
  return hashes;
}

void record_hashes(Work& work, const Needs& needs) {
  if (work.stack.policy.preset != Preset::odoo || work.stack.policy.addons.path.empty()) return;
  // Databases that nobody asked may be behind.
  if (!needs.unknown.empty()) return;
  try {
    const auto good = work.journal.releases(work.stack.name, "good");
    if (needs.fresh && recorded_of_good(work, good)) return;
    look_at_what_runs(work);
    keep_hashes(work.journal, work.stack.name, hashes_now(work, needs),
                work.server.host.clock.now());
  } catch (const Error&) {
    return;
  }
}

}  // namespace ballast
