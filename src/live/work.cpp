#include "live/work.h"

#include <fmt/format.h>

#include "base/version.h"
#include "live/candidate.h"
#include "live/records.h"

namespace ballast {

namespace {

constexpr Duration lock_pause = std::chrono::milliseconds(100);
constexpr Duration patience_with_children = std::chrono::seconds(60);

Error held_by(const std::string& stack, const Holder& holder, Time now) {
  return Error(Kind::locked,
               fmt::format("stack {} is held by another operation: {} by {}, for {} (process {})",
                           stack, holder.operation, holder.operator_name,
                           human_duration(now - holder.since), holder.pid),
               fmt::format("see it with: ballast status {}; or wait for it: --wait 10m", stack));
}

// Nobody leads these any more: what they still do must end before the stack is looked at.
void await_orphans(Server& server, const std::string& path, Progress& progress) {
  Host& host = server.host;
  const Monotonic deadline = host.clock.monotonic() + patience_with_children;
  std::vector<long long> orphans;
  while (!(orphans = host.locks.holders(path)).empty()) {
    if (host.clock.monotonic() >= deadline) break;
    progress.note("waiting for what an interrupted operation left running");
    host.clock.sleep(lock_pause);
  }
  for (const long long orphan : orphans) host.machine.end_process(orphan);
}

void stop_when_interrupted(Host& host, const std::string& stack) {
  if (host.interrupts.requested())
    throw Error(Kind::interrupted,
                fmt::format("interrupted while waiting for {}; nothing was changed", stack));
}

}  // namespace

Work::Work(Server& server_, Journal& journal_, Progress& progress_, int lock,
           const OperationRecord& operation_)
    : server(server_),
      journal(journal_),
      progress(progress_),
      operation(operation_),
      stack(read_stack(server_, operation_.stack)),
      running(),
      inspection(server_, journal_, stack, operation_.id),
      lock_(lock) {
  if (!server.engine.trouble()) running = observe(server, stack);
}

void Work::reload() {
  stack = read_stack(server, operation.stack);
  composer_.reset();
}

docker::Container Work::release_container() {
  const Running now = observe(server, stack);
  if (const docker::Container* container = now.of(stack.policy.service)) return *container;
  throw Error(Kind::failed,
              fmt::format("service `{}` of {} has no container", stack.policy.service, stack.name));
}

Composer& Work::composer() {
  if (!composer_) composer_.emplace(server, stack, running, lock_);
  return *composer_;
}

Course course_of(Work& work) {
  for (const OperationKind& kind : work.server.kinds)
    if (kind.name == work.operation.kind) return kind.course(work);
  throw Error(
      Kind::failed,
      fmt::format("an operation `{}` is not known to this version of ballast", work.operation.kind),
      "use the version that began it");
}

std::unique_ptr<Lock> hold_stack(Server& server, const std::string& stack, const std::string& kind,
                                 const std::string& operator_name, Duration wait,
                                 Progress& progress) {
  Host& host = server.host;
  const std::string path = server.paths.stack_lock(stack);
  const Holder self{.operation = kind,
                    .operator_name = operator_name,
                    .pid = host.machine.process(),
                    .since = host.clock.now(),
                    .alive = true};
  const Monotonic deadline = host.clock.monotonic() + wait;
  while (true) {
    auto got = host.locks.acquire(path, self);
    if (auto* lock = std::get_if<std::unique_ptr<Lock>>(&got)) return std::move(*lock);
    const Holder& holder = std::get<Holder>(got);
    if (!holder.alive) {
      await_orphans(server, path, progress);
    } else if (host.clock.monotonic() >= deadline) {
      throw held_by(stack, holder, host.clock.now());
    } else {
      progress.note(
          fmt::format("waiting for the {} by {}", holder.operation, holder.operator_name));
    }
    host.clock.sleep(lock_pause);
    stop_when_interrupted(host, stack);
  }
}

HeldStack::HeldStack(Server& server, const std::string& stack, const std::string& kind,
                     const std::string& operator_name, Duration wait, Progress& progress)
    : lock(hold_stack(server, stack, kind, operator_name, wait, progress)),
      journal(server.paths.journal()) {
  recover_stack(server, journal, progress, *lock, stack);
}

void require_engine(Server& server) {
  if (const auto trouble = server.engine.trouble()) throw trouble->with_kind(Kind::refused);
}

bool is_going_on(Server& server, const std::string& stack) {
  const auto holder = server.host.locks.held(server.paths.stack_lock(stack));
  return holder && holder->alive;
}

OperationRecord new_operation(Server& server, const std::string& kind, const std::string& stack,
                              const std::string& operator_name, const std::string& environment,
                              Json request) {
  return {.id = new_operation_id(server.host),
          .kind = kind,
          .stack = stack,
          .operator_name = operator_name,
          .environment = environment,
          .request = std::move(request),
          .plan = {},
          .state = OperationState::running,
          .ballast_version = std::string(version),
          .process = server.host.machine.process(),
          .boot = server.host.machine.boot(),
          .started = server.host.clock.now(),
          .ended = {},
          .exit_status = 0,
          .message = {}};
}

std::optional<Error> recover_operation(Server& server, Journal& journal, Progress& progress,
                                       const Lock& lock, const OperationRecord& operation) {
  remove_torn_writes(server, operation.stack);
  journal.take_over(operation.id, server.host.machine.process(), server.host.machine.boot());
  // Not only candidates: whatever step was cut off may have been reading an image in a container of
  // its own.
  if (!server.engine.trouble()) remove_candidates(server, operation.id);
  Work work(server, journal, progress, lock.descriptor(), operation);
  const Course course = course_of(work);
  Runner runner(server.host, journal, progress, course);
  return runner.recover(operation,
                        Error(Kind::interrupted, "it was cut off: ballast or the machine stopped"));
}

void recover_stack(Server& server, Journal& journal, Progress& progress, const Lock& lock,
                   const std::string& stack) {
  for (const OperationRecord& operation : journal.unfinished(stack)) {
    progress.detail(fmt::format("an interrupted {} of {} by {} is mended first", operation.kind,
                                iso_local(operation.started), operation.operator_name));
    const auto error = recover_operation(server, journal, progress, lock, operation);
    if (error && error->kind() == Kind::rollback_failed) throw *error;
  }
  sync_records(server, journal);
  server.host.interrupts.hold(false);
}

}  // namespace ballast
