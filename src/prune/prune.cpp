#include "prune/prune.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "backup/prune.h"
#include "base/text.h"
#include "live/images.h"
#include "live/work.h"
#include "live/workbench.h"
#include "restore/exchange_steps.h"
#include "restore/restore.h"
#include "upgrade/fallback.h"

namespace ballast {

namespace {

constexpr std::size_t logs_named = 5;
constexpr std::uint64_t large_log = 10'000'000;

std::uint64_t bytes_below(Host& host, const std::string& folder) {
  std::uint64_t bytes = 0;
  if (folder.empty() || !host.disk.info(folder)) return bytes;
  host.trees.walk(folder, [&](const TreeEntry& entry) {
    if (entry.info.type == FileType::regular) bytes += entry.info.size;
    return true;
  });
  return bytes;
}

// Those that are there.
std::uint64_t size_of_databases(Work& work, const std::vector<std::string>& names) {
  if (names.empty()) return 0;
  Postgres postgres = database_server(work);
  const auto rows = postgres.maintenance_query(
      fmt::format("SELECT coalesce(sum(pg_database_size(oid)), 0) FROM pg_database WHERE datname "
                  "IN ({})",
                  quoted_literals(names)));
  return std::stoull(rows.at(0).at(0));
}

std::uint64_t size_of_parked(Work& work, const Exchange& exchange) {
  std::vector<std::string> names;
  for (const DatabaseSwap& swap : exchange.databases)
    if (!swap.names.parked.empty()) names.push_back(swap.names.parked);
  std::uint64_t bytes = size_of_databases(work, names);
  for (const NameSwap& swap : exchange.folders) bytes += bytes_below(work.server.host, swap.parked);
  for (const NameSwap& swap : exchange.contents)
    bytes += bytes_below(work.server.host, swap.parked);
  return bytes;
}

std::vector<std::string> copies_in(const FallbackCopy& copy) {
  std::vector<std::string> names;
  for (const DatabaseSwap& swap : copy.databases) names.push_back(swap.names.incoming);
  return names;
}

class StackPruning {
 public:
  StackPruning(Work& work, bool dry_run) : work_(work), dry_run_(dry_run) {
    pruned_.stack = work_.stack.name;
  }

  StackPruned backups() {
    prune_sets();
    return std::move(pruned_);
  }

  StackPruned everything() {
    prune_sets();
    prune_replaced();
    prune_fallbacks();
    prune_old_images();
    prune_containers();
    return std::move(pruned_);
  }

 private:
  void add(std::string what, std::string reason, std::uint64_t bytes) {
    pruned_.parts.push_back({std::move(what), std::move(reason), bytes});
  }

  void prune_sets() {
    const Pruned sets = prune_backups(work_, dry_run_);
    for (const PrunedSet& set : sets.sets) add("set " + set.id, set.reason, set.bytes);
    if (sets.files > 0)
      add(fmt::format("{} of the pool", counted(static_cast<long long>(sets.files), "attachment")),
          "no set names them", sets.bytes_of_files);
    for (const PrunedRest& one : sets.rest) add(one.what, one.reason, one.bytes);
    if (!sets.pool_kept.empty()) pruned_.trouble = "the pool stays as it is: " + sets.pool_kept;
    if (!sets.trouble.empty()) pruned_.trouble = sets.trouble;
  }

  void prune_replaced() {
    const Time now = work_.server.host.clock.now();
    for (const Parked& parked : parked_of(work_.journal, work_.stack.name)) {
      if (now - parked.at < work_.stack.policy.backup.keep_replaced) continue;
      const std::uint64_t bytes = size_of_parked(work_, parked.exchange);
      if (!dry_run_) remove_parked(work_, parked);
      add("data that a restore replaced", "kept since " + iso_local(parked.at), bytes);
    }
  }

  // What the newest rollback would need is not among them.
  void prune_fallbacks() {
    const Time now = work_.server.host.clock.now();
    for (const FallbackCopy& copy : removable_fallbacks(work_.journal, work_.stack, now)) {
      const std::uint64_t bytes = size_of_databases(work_, copies_in(copy));
      if (!dry_run_) remove_fallback(work_, copy);
      add(text_of(copy), reason_of(copy, now), bytes);
    }
  }

  static std::string text_of(const FallbackCopy& copy) {
    std::vector<std::string> live;
    for (const DatabaseSwap& swap : copy.databases) live.push_back(printable(swap.names.live));
    return fmt::format("fallback copy of {}", join(live, ", "));
  }

  std::string reason_of(const FallbackCopy& copy, Time now) const {
    const Duration kept = work_.stack.policy.upgrade.keep_fallback;
    return now - copy.at > kept ? "kept since " + iso_local(copy.at) : "a good release came after";
  }

  void prune_old_images() {
    for (const ImageToRemove& image : images_to_remove(work_.server, work_.journal, work_.stack)) {
      try {
        if (!dry_run_) work_.server.engine.remove_image(image.reference);
        add("image " + image.reference, "no rollback needs it", image.size);
      } catch (const Error& error) {
        pruned_.trouble = fmt::format("image {} stays: {}", image.reference, error.message());
      }
    }
  }

  // Of operations that ended long ago; one that goes on is in the journal.
  void prune_containers() {
    for (const std::string_view label : {docker::label_candidate, docker::label_operation})
      for (const docker::Container& container :
           work_.server.engine.containers_with_label(std::string(label))) {
        const std::string operation = container.label(label);
        const auto known = work_.journal.operation(operation);
        const bool is_left =
            known && known->stack == work_.stack.name && known->state != OperationState::running;
        if (is_left) prune_container(container, "left by " + operation);
      }
    for (const docker::Container& bench : benches_of_dead_readers(work_.server, work_.stack.name))
      prune_container(bench, "left by a command that was killed");
  }

  void prune_container(const docker::Container& container, const std::string& reason) {
    if (!dry_run_) work_.server.engine.remove_container(container.id);
    add("container " + container.name, reason, 0);
  }

  Work& work_;
  bool dry_run_;
  StackPruned pruned_;
};

constexpr const char* only_backups = "only_backups";

StackPruned prune_in(Work& work, bool dry_run) {
  StackPruning pruning(work, dry_run);
  return flag_at(work.operation.request, only_backups) ? pruning.backups() : pruning.everything();
}

// What was begun is brought to its end by recovery: half-removed sets must not stay.
Course course_into(Work& work, const std::shared_ptr<StackPruned>& pruned) {
  const auto run = [&work, pruned](StepRun& step) {
    *pruned = prune_in(work, false);
    step.summary = fmt::format("at most {} freed", human_bytes(pruned->bytes()));
  };
  return {.handlers = {{"remove", {run, {}}}},
          .ending =
              [](const Failure& failure, const Facts&) {
                return Ending{.error = failure.error, .history = {}, .release = std::nullopt};
              },
          .records_changed = [] {}};
}

StackPruned remove_in(Work& work) {
  const auto pruned = std::make_shared<StackPruned>();
  const Course course = course_into(work, pruned);
  Runner(work.server.host, work.journal, work.progress, course)
      .run(work.operation,
           {.kind = "prune",
            .stack = work.stack.name,
            .steps = {{.name = "remove", .title = "remove what nothing needs", .commits = true}}});
  return *pruned;
}

StackPruned prune_stack(Server& server, Progress& progress, const PruneRequest& request,
                        const std::string& name) {
  try {
    const Stack stack = read_stack(server, name);
    HeldStack held(server, name, "prune", request.operator_name, request.wait, progress);
    require_engine(server);
    Work work(server, held.journal, progress, held.descriptor(),
              new_operation(server, "prune", name, request.operator_name, stack.policy.environment,
                            {{only_backups, request.only_backups}}));
    return request.dry_run ? prune_in(work, true) : remove_in(work);
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted || !request.stack.empty()) throw;
    return {.stack = name, .parts = {}, .trouble = error.message()};
  }
}

std::vector<LargeLog> large_logs(Server& server, const std::vector<std::string>& stacks) {
  std::vector<LargeLog> logs;
  for (const std::string& name : stacks) try {
      for (const docker::Container& container :
           observe(server, read_stack(server, name)).services) {
        const auto info =
            container.log_path.empty() ? std::nullopt : server.host.disk.info(container.log_path);
        if (info && info->size >= large_log)
          logs.push_back({.container = container.name, .stack = name, .bytes = info->size});
      }
    } catch (const Error&) {
      continue;  // told as this stack's trouble already
    }
  std::ranges::sort(logs, std::greater(), &LargeLog::bytes);
  if (logs.size() > logs_named) logs.resize(logs_named);
  return logs;
}

}  // namespace

std::uint64_t StackPruned::bytes() const {
  std::uint64_t sum = 0;
  for (const PrunePart& part : parts) sum += part.bytes;
  return sum;
}

Course prune_course(Work& work) { return course_into(work, std::make_shared<StackPruned>()); }

PruneReport prune_server(Server& server, Progress& progress, const PruneRequest& request) {
  std::vector<std::string> names{request.stack};
  if (request.stack.empty())
    names = stack_names(server);
  else
    require_known_stack(server, request.stack);
  PruneReport report;
  for (const std::string& name : names)
    report.stacks.push_back(prune_stack(server, progress, request, name));
  if (!request.only_backups) report.logs = large_logs(server, names);
  return report;
}

}  // namespace ballast
