#include "prune/prune.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/prune.h"
#include "backup/restore.h"
#include "base/text.h"
#include "live/images.h"
#include "live/work.h"

namespace ballast {

namespace {

constexpr std::size_t logs_named = 5;
constexpr std::uint64_t large_log = 10'000'000;

class StackPruning {
 public:
  StackPruning(Work& work, bool dry_run) : work_(work), dry_run_(dry_run) {}

  StackPruned run() {
    pruned_.stack = work_.stack.name;
    prune_sets();
    prune_replaced();
    prune_old_images();
    prune_containers();
    return std::move(pruned_);
  }

 private:
  void add(std::string what, std::string reason, std::uint64_t bytes) {
    pruned_.parts.push_back({std::move(what), std::move(reason), bytes});
  }

  void prune_sets() {
    const Pruned sets = prune_backups(work_.server, work_.stack, dry_run_);
    for (const PrunedSet& set : sets.sets) add("set " + set.id, set.reason, set.bytes);
    if (sets.files > 0)
      add(fmt::format("{} of the pool", counted(static_cast<long long>(sets.files), "attachment")),
          "no set names them", sets.bytes_of_files);
    if (!sets.pool_kept.empty()) pruned_.trouble = "the pool stays as it is: " + sets.pool_kept;
  }

  void prune_replaced() {
    const Time now = work_.server.host.clock.now();
    for (const Parked& parked : parked_of(work_.journal, work_.stack.name)) {
      if (now - parked.at < work_.stack.policy.backup.keep_replaced) continue;
      if (!dry_run_) remove_parked(work_, parked);
      add("data that a restore replaced", "kept since " + iso_local(parked.at), 0);
    }
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
        if (!is_left) continue;
        if (!dry_run_) work_.server.engine.remove_container(container.id);
        add("container " + container.name, "left by " + operation, 0);
      }
  }

  Work& work_;
  bool dry_run_;
  StackPruned pruned_;
};

StackPruned prune_stack(Server& server, Progress& progress, const PruneRequest& request,
                        const std::string& name) {
  try {
    const Stack stack = read_stack(server, name);
    HeldStack held(server, name, "prune", request.operator_name, request.wait, progress);
    require_engine(server);
    Work work(server, held.journal, progress, held.descriptor(),
              new_operation(server, "prune", name, request.operator_name, stack.policy.environment,
                            Json::object()));
    return StackPruning(work, request.dry_run).run();
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

PruneReport prune_server(Server& server, Progress& progress, const PruneRequest& request) {
  std::vector<std::string> names{request.stack};
  if (request.stack.empty())
    names = stack_names(server);
  else
    require_known_stack(server, request.stack);
  PruneReport report;
  for (const std::string& name : names)
    report.stacks.push_back(prune_stack(server, progress, request, name));
  report.logs = large_logs(server, names);
  return report;
}

}  // namespace ballast
