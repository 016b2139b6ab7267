#include "backup/prune.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

#include "backup/drill_report.h"
#include "backup/pool.h"
#include "backup/pool_damage.h"
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

// What a fallback copy lacks of its attachments is in the pool for as long as its set is there. As
// upgrade/fallback_record writes them.
std::set<std::string> sets_of_fallbacks(const Journal& journal, const std::string& stack) {
  std::set<std::string> sets;
  if (const auto fact = journal.fact(stack, "fallback"))
    for (const Json& copy : fact->value) sets.insert(text_at(copy, "set"));
  return sets;
}

// Who needs one for a while holds the stack, or keeps every retention out as a fetch does.
std::vector<KeptSet> kept_sets(const std::vector<StoredSet>& stored,
                               const std::vector<DrillReport>& drills,
                               const std::set<std::string>& needed) {
  std::vector<KeptSet> sets;
  for (const StoredSet& one : stored)
    sets.push_back({.id = one.id,
                    .kind = one.set.kind,
                    .time = time_of_set(one.id).value_or(Time{}),
                    .complete = one.trouble.empty() && one.set.is_complete(),
                    .proved = is_proved(drills, one.id),
                    .needed = needed.contains(one.id),
                    .ours = one.trouble.empty()});
  return sets;
}

std::uint32_t seconds_of(Time time) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

// Who cannot read what one set names does not know what the others may lose.
std::vector<AttachmentList> lists_of(Server& server, const std::vector<StoredSet>& staying) {
  std::vector<AttachmentList> lists;
  for (const StoredSet& stored : staying) {
    if (!stored.trouble.empty()) throw Error(Kind::failed, stored.trouble);
    for (const SetDatabase& database : stored.set.databases)
      if (!database.attachments.empty()) lists.push_back(attachments_of(server, stored, database));
  }
  return lists;
}

// The pool and all lists side by side, folder by folder: their size costs no memory.
class PoolPruning {
 public:
  PoolPruning(Server& server, std::string pool, const std::vector<StoredSet>& staying,
              Duration safety)
      : server_(server),
        pool_(std::move(pool)),
        staying_(staying),
        safety_(safety),
        now_(server.host.clock.now()) {}

  // Error(failed) when a list cannot be read.
  PoolCount removable() const {
    PoolCount sum;
    go_through([&](const std::vector<PoolFile>& files) {
      sum.files += files.size();
      for (const PoolFile& file : files) sum.bytes += file.size;
    });
    return sum;
  }

  void remove() const {
    go_through([&](const std::vector<PoolFile>& files) {
      std::vector<std::string> paths;
      for (const PoolFile& file : files) paths.push_back(file.name.text());
      server_.host.trees.remove(pool_, paths);
    });
  }

 private:
  void go_through(const std::function<void(const std::vector<PoolFile>&)>& work) const {
    auto lists = lists_of(server_, staying_);
    for (unsigned folder = 0; folder < attachment_folders; ++folder) {
      const auto files = files_in(attachment_folder(folder));
      PoolPlan plan(files);
      for (AttachmentList& list : lists) plan.keep(list.names_in(folder));
      work(plan.removable(now_, safety_));
    }
  }

  std::vector<PoolFile> files_in(const std::string& folder) const {
    std::vector<PoolFile> files;
    const std::string path = fmt::format("{}/{}", pool_, folder);
    if (!server_.host.disk.info(path)) return files;
    server_.host.trees.walk(path, [&](const TreeEntry& entry) {
      const auto name = parse_attachment_name(fmt::format("{}/{}", folder, entry.path));
      if (name && entry.info.type == FileType::regular)
        files.push_back(
            {.name = *name, .modified = seconds_of(entry.info.modified), .size = entry.info.size});
      return false;
    });
    return files;
  }

  Server& server_;
  std::string pool_;
  const std::vector<StoredSet>& staying_;
  Duration safety_;
  Time now_;
};

struct TreeUse {
  std::uint64_t bytes = 0;
  Time newest{};
};

TreeUse use_of(Host& host, const std::string& path) {
  TreeUse use;
  const auto add = [&](const FileInfo& info) {
    use.newest = std::max(use.newest, info.modified);
    if (info.type == FileType::regular) use.bytes += info.size;
  };
  if (const auto info = host.disk.info(path)) add(*info);
  host.trees.walk(path, [&](const TreeEntry& entry) {
    add(entry.info);
    return true;
  });
  return use;
}

class Pruning {
 public:
  Pruning(Work& work, bool dry_run)
      : server_(work.server),
        policy_(work.stack.policy.backup),
        stack_(work.stack.name),
        needed_(sets_of_fallbacks(work.journal, work.stack.name)),
        store_(work.server, work.stack.name),
        dry_run_(dry_run) {}

  Pruned run() {
    empty_trash();
    prune_sets();
    prune_pool();
    prune_incoming();
    prune_damaged();
    return std::move(pruned_);
  }

 private:
  void empty_trash() {
    const std::string path = store_.trash();
    if (server_.host.disk.list(path).empty()) return;
    pruned_.rest.push_back(
        {"trash/", "sets whose removal was cut off", use_of(server_.host, path).bytes});
    if (!dry_run_) store_.empty_trash();
  }

  void prune_sets() {
    const auto stored = store_.sets();
    const auto verdicts = plan_retention(kept_sets(stored, drill_reports(server_, stack_), needed_),
                                         policy_.keep, server_.host.clock.now());
    for (std::size_t number = 0; number < stored.size(); ++number) {
      if (!verdicts[number].remove) {
        staying_.push_back(stored[number]);
        continue;
      }
      pruned_.sets.push_back({.id = stored[number].id,
                              .reason = verdicts[number].reason,
                              .bytes = stored[number].set.bytes()});
      if (!dry_run_) store_.remove(stored[number].id);
    }
  }

  // Counts first: nothing goes before every list was read to its end.
  void prune_pool() {
    if (!server_.host.disk.info(store_.pool())) return;
    const PoolPruning pruning(server_, store_.pool(), staying_, policy_.pool_safety);
    try {
      const PoolCount removable = pruning.removable();
      pruned_.files = removable.files;
      pruned_.bytes_of_files = removable.bytes;
    } catch (const Error& error) {
      pruned_.pool_kept = error.message();
      return;
    }
    if (!dry_run_ && pruned_.files > 0) pruning.remove();
  }

  // Nobody is at work there: who would be holds the stack, or is a fetch. A fetch that was cut off
  // goes on where it was, and so gets time for it.
  void prune_incoming() {
    for (const std::string& name : server_.host.disk.list(store_.incoming())) {
      const std::string path = store_.incoming(name);
      const TreeUse use = use_of(server_.host, path);
      const Duration age =
          std::chrono::duration_cast<Duration>(server_.host.clock.now() - use.newest);
      if (age <= policy_.pool_safety) continue;
      pruned_.rest.push_back(
          {"incoming/" + name, "unfinished, untouched for " + human_duration(age), use.bytes});
      if (!dry_run_) server_.host.disk.remove_tree(path);
    }
  }

  // Half a film is better than none, as long as a set asks for it and there is no other copy.
  void prune_damaged() {
    if (!pruned_.pool_kept.empty()) return;
    std::vector<std::string> removable;
    std::uint64_t bytes = 0;
    const auto untold = untold_damage(server_, store_);
    const auto damaged = attachments_aside(server_, store_);
    const auto wanted = named_by_sets(damaged);
    for (const AttachmentName& name : damaged) {
      if (std::ranges::binary_search(untold, name)) continue;
      if (std::ranges::binary_search(wanted, name) &&
          !server_.host.disk.info(fmt::format("{}/{}", store_.pool(), name.text())))
        continue;
      const auto info = server_.host.disk.info(fmt::format("{}/{}", store_.damaged(), name.hex()));
      bytes += info ? info->size : 0;
      removable.push_back(name.hex());
    }
    if (removable.empty()) return;
    pruned_.rest.push_back(
        {fmt::format("{} in damaged/",
                     counted(static_cast<long long>(removable.size()), "attachment")),
         "the pool has them whole again, or no set names them", bytes});
    if (!dry_run_) server_.host.trees.remove(store_.damaged(), removable);
  }

  // Both sorted.
  std::vector<AttachmentName> named_by_sets(const std::vector<AttachmentName>& names) const {
    std::vector<AttachmentName> found;
    if (names.empty()) return found;
    for (AttachmentList& list : lists_of(server_, staying_))
      for (unsigned folder = 0; folder < attachment_folders; ++folder)
        std::ranges::set_intersection(names, list.names_in(folder), std::back_inserter(found));
    std::ranges::sort(found);
    return found;
  }

  Server& server_;
  const Policy::Backup& policy_;
  std::string stack_;
  std::set<std::string> needed_;
  SetStore store_;
  bool dry_run_;
  std::vector<StoredSet> staying_;
  Pruned pruned_;
};

}  // namespace

std::uint64_t Pruned::bytes() const {
  std::uint64_t sum = bytes_of_files;
  for (const PrunedSet& set : sets) sum += set.bytes;
  for (const PrunedRest& one : rest) sum += one.bytes;
  return sum;
}

Pruned prune_backups(Work& work, bool dry_run) {
  if (dry_run) return Pruning(work, dry_run).run();
  std::unique_ptr<Lock> without_fetch;
  try {
    // It counts on what it found here: nothing goes while it is under way, and meanwhile none
    // begins.
    without_fetch = hold_sets(work.server, work.stack.name, "fetch", work.operation.operator_name,
                              {}, work.progress, "prune");
  } catch (const Error& error) {
    if (error.kind() != Kind::locked) throw;
    Pruned pruned;
    pruned.trouble = "nothing was removed: " + error.message();
    return pruned;
  }
  return Pruning(work, dry_run).run();
}

}  // namespace ballast
