#include "backup/prune.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/drill_report.h"
#include "backup/store.h"
#include "base/text.h"
#include "host/trees.h"
#include "model/pool_plan.h"

namespace ballast {

namespace {

bool is_proved(const std::vector<DrillReport>& drills, const std::string& set) {
  const auto drill = newest_drill(drills, set);
  return drill && drill->passed;
}

std::vector<KeptSet> kept_sets(const std::vector<StoredSet>& stored,
                               const std::vector<DrillReport>& drills) {
  std::vector<KeptSet> sets;
  for (const StoredSet& one : stored)
    sets.push_back({.id = one.id,
                    .kind = one.set.kind,
                    .time = time_of_set(one.id).value_or(Time{}),
                    .complete = one.trouble.empty() && one.set.is_complete(),
                    .proved = is_proved(drills, one.id),
                    .needed = false,
                    .ours = one.trouble.empty()});
  return sets;
}

std::vector<PoolFile> files_of_pool(Trees& trees, const std::string& pool) {
  std::vector<PoolFile> files;
  trees.walk(pool, [&](const TreeEntry& entry) {
    const auto name = parse_attachment_name(entry.path);
    if (name && entry.info.type == FileType::regular)
      files.push_back({.name = *name,
                       .modified = static_cast<std::uint32_t>(
                           std::chrono::floor<std::chrono::seconds>(entry.info.modified)
                               .time_since_epoch()
                               .count()),
                       .size = entry.info.size});
    return true;
  });
  return files;
}

void keep_named(Server& server, const StoredSet& stored, PoolPlan& plan) {
  for (const SetDatabase& database : stored.set.databases) {
    if (database.attachments.empty()) continue;
    const auto names = read_attachments(server, stored, database);
    if (!names)
      throw Error(Kind::failed,
                  fmt::format("{}/{} is missing", stored.folder, database.attachments));
    plan.keep(*names);
  }
}

// Who cannot read what one set names does not know what the others may lose.
std::string why_pool_stays(Server& server, const std::vector<StoredSet>& staying, PoolPlan& plan) {
  try {
    for (const StoredSet& stored : staying) {
      if (!stored.trouble.empty()) return stored.trouble;
      keep_named(server, stored, plan);
    }
  } catch (const Error& error) {
    return error.message();
  }
  return {};
}

void prune_pool(Server& server, const SetStore& store, const std::vector<StoredSet>& staying,
                Duration safety, bool dry_run, Pruned& pruned) {
  if (!server.host.disk.info(store.pool())) return;
  const auto files = files_of_pool(server.host.trees, store.pool());
  PoolPlan plan(files);
  pruned.pool_kept = why_pool_stays(server, staying, plan);
  if (!pruned.pool_kept.empty()) return;
  std::vector<std::string> paths;
  for (const PoolFile& file : plan.removable(server.host.clock.now(), safety)) {
    paths.push_back(file.name.text());
    pruned.bytes_of_files += file.size;
  }
  pruned.files = paths.size();
  if (!dry_run) server.host.trees.remove(store.pool(), paths);
}

}  // namespace

std::uint64_t Pruned::bytes_of_sets() const {
  std::uint64_t sum = 0;
  for (const PrunedSet& set : sets) sum += set.bytes;
  return sum;
}

Pruned prune_backups(Server& server, const Stack& stack, bool dry_run) {
  const Policy::Backup& policy = stack.policy.backup;
  SetStore store(server, stack.name);
  const auto stored = store.sets();
  Pruned pruned;
  const auto verdicts = plan_retention(kept_sets(stored, drill_reports(server, stack.name)),
                                       policy.keep, server.host.clock.now());
  std::vector<StoredSet> staying;
  for (std::size_t number = 0; number < stored.size(); ++number) {
    if (!verdicts[number].remove) {
      staying.push_back(stored[number]);
      continue;
    }
    pruned.sets.push_back({.id = stored[number].id,
                           .reason = verdicts[number].reason,
                           .bytes = stored[number].set.bytes()});
    if (!dry_run) store.remove(stored[number].id);
  }
  prune_pool(server, store, staying, policy.pool_safety, dry_run, pruned);
  return pruned;
}

}  // namespace ballast
