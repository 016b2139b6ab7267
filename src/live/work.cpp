#include "live/work.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "base/version.h"
#include "live/candidate.h"
#include "live/configuration.h"
#include "live/records.h"

namespace ballast {

namespace {

constexpr const char* compose_fact = "compose-valid";
constexpr Duration lock_pause = std::chrono::milliseconds(100);
constexpr Duration patience_with_children = std::chrono::seconds(60);

Error held_by(const std::string& stack, const Holder& holder, Time now) {
  return Error(Kind::locked,
               fmt::format("stack {} is held by another operation: {} by {}, for {} (process {})",
                           stack, holder.operation, holder.operator_name,
                           human_duration(now - holder.since), holder.pid),
               fmt::format("see it with: ballast status {}; or wait for it: --wait 10m", stack));
}

Error sets_held_by(const std::string& stack, const Holder& holder, Time now) {
  return Error(Kind::locked,
               fmt::format("another {} of sets of {} is under way: by {}, for {} (process {})",
                           holder.operation, stack, holder.operator_name,
                           human_duration(now - holder.since), holder.pid),
               "wait for it: --wait 10m");
}

bool is_led(Locks& locks, const std::string& path) {
  const auto holder = locks.held(path);
  return holder && holder->alive;
}

// Nobody leads these any more: what they still do must end before the stack is looked at. Another
// who waits for the same may get the lock first: then it is led again, and nothing of it is ended.
void await_orphans(Server& server, const std::string& path, Progress& progress) {
  Host& host = server.host;
  const Monotonic deadline = host.clock.monotonic() + patience_with_children;
  std::vector<long long> orphans = host.locks.holders(path);
  while (!orphans.empty() && host.clock.monotonic() < deadline) {
    if (is_led(host.locks, path)) return;
    progress.note("waiting for what an interrupted operation left running");
    host.clock.sleep(lock_pause);
    const std::vector<long long> present = host.locks.holders(path);
    std::erase_if(orphans, [&](long long orphan) {
      return std::ranges::find(present, orphan) == present.end();
    });
  }
  if (is_led(host.locks, path)) return;
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

void Work::reload() { use(read_stack(server, operation.stack)); }

void Work::use(Stack other) {
  stack = std::move(other);
  composer_.reset();
  readings_.clear();
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

// Asking Compose costs half a second with generation one: the same files are asked about once, and
// a file that stands alone not again by a later operation.
const ComposeReading& Work::compose_reading(const std::string& tag) {
  const std::lock_guard guard(reading_);
  if (const auto known = readings_.find(tag); known != readings_.end()) return known->second;
  return readings_[tag] = read_compose(tag);
}

ComposeService Work::resolved_service(const std::string& tag) {
  const auto& resolved = compose_reading(tag).resolved;
  const ComposeService* found = resolved ? resolved->service(stack.policy.service) : nullptr;
  if (found == nullptr) return stack.release_service();
  for (const auto& [name, value] : found->environment) stack.secrets.add_variable(name, value);
  return *found;
}

ComposeReading Work::read_compose(const std::string& tag) {
  // One gate tells that Compose is missing, not each that would ask it.
  if (auto trouble = compose_is_missing()) return {.trouble = std::move(trouble)};
  const Json key = sha256_hex(stack.config_hash() + composer().tool().program.front());
  if (stack.stands_alone())
    if (const auto fact = journal.fact(stack.name, compose_fact); fact && fact->value == key)
      return {};
  ComposeReading reading = composer().read({{stack.policy.tag_variable, tag}});
  if (!reading.trouble && stack.stands_alone())
    journal.set_fact(stack.name, compose_fact, key, server.host.clock.now());
  return reading;
}

std::optional<Error> Work::compose_is_missing() {
  try {
    composer();
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  }
}

Course course_of(Work& work) {
  for (const OperationKind& kind : work.server.kinds)
    if (kind.name == work.operation.kind) return kind.course(work);
  throw Error(
      Kind::failed,
      fmt::format("an operation `{}` is not known to this version of ballast", work.operation.kind),
      "use the version that began it");
}

namespace {

std::unique_ptr<Lock> hold(Server& server, const std::string& path, const std::string& stack,
                           const std::string& kind, const std::string& operator_name, Duration wait,
                           Progress& progress,
                           Error (*refusal)(const std::string&, const Holder&, Time)) {
  Host& host = server.host;
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
      throw refusal(stack, holder, host.clock.now());
    } else {
      progress.note(
          fmt::format("waiting for the {} by {}", holder.operation, holder.operator_name));
    }
    host.clock.sleep(lock_pause);
    stop_when_interrupted(host, stack);
  }
}

}  // namespace

std::unique_ptr<Lock> hold_stack(Server& server, const std::string& stack, const std::string& kind,
                                 const std::string& operator_name, Duration wait,
                                 Progress& progress) {
  return hold(server, server.paths.stack_lock(stack), stack, kind, operator_name, wait, progress,
              held_by);
}

std::unique_ptr<Lock> hold_sets(Server& server, const std::string& stack, const std::string& work,
                                const std::string& operator_name, Duration wait, Progress& progress,
                                const std::string& by) {
  return hold(server, server.paths.sets_lock(stack, work), stack, by.empty() ? work : by,
              operator_name, wait, progress, sets_held_by);
}

namespace {

Journal journal_of(Server& server, const std::string& stack) {
  try {
    return Journal(server.paths.journal());
  } catch (const Error& error) {
    throw before_the_start(error, stack);
  }
}

}  // namespace

HeldStack::HeldStack(Server& server, const std::string& stack, const std::string& kind,
                     const std::string& operator_name, Duration wait, Progress& progress)
    : lock(hold_stack(server, stack, kind, operator_name, wait, progress)),
      journal(journal_of(server, stack)) {
  recover_stack(server, journal, progress, *lock, stack);
}

namespace {

// Who may not read the journal hears what is wrong with the files.
bool was_cut_off(Server& server, const std::string& stack) {
  try {
    const auto journal = Journal::open_for_reading(server.paths.journal());
    return journal && !journal->unfinished(stack).empty();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

void require_readable(Server& server, const std::string& stack) {
  try {
    read_stack(server, stack);
  } catch (const Error&) {
    if (!was_cut_off(server, stack)) throw;
  }
}

void require_engine(Server& server) {
  if (const auto trouble = server.engine.trouble()) throw trouble->with_kind(Kind::refused);
}

bool is_going_on(Server& server, const std::string& stack) {
  const auto holder = server.host.locks.held(server.paths.stack_lock(stack));
  return holder && holder->alive;
}

bool is_overridden(const OperationRecord& operation, const std::string& gate) {
  const Json& overrides = member(operation.request, "overrides");
  return overrides.is_array() && std::ranges::find(overrides, Json(gate)) != overrides.end();
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

namespace {

bool commits(const Plan& plan, const StepRecord& record) {
  return std::ranges::any_of(
      plan.steps, [&](const Step& step) { return step.commits && step.name == record.name; });
}

// What an operation that will be undone had changed of the stack's files goes back before they are
// read: cut off between two of them, they may not be those of any stack.
void put_files_back(Server& server, const Journal& journal, const OperationRecord& operation) {
  const Plan plan = plan_from_json(operation.plan);
  Json changed;
  for (const StepRecord& record : journal.steps(operation.id)) {
    if (commits(plan, record)) return;
    if (record.name == configuration_step) changed = record.fact;
  }
  put_back(server, server.paths.stack(operation.stack), changed);
}

}  // namespace

std::optional<Error> recover_operation(Server& server, Journal& journal, Progress& progress,
                                       const Lock& lock, const OperationRecord& operation) {
  remove_torn_writes(server, operation.stack);
  journal.take_over(operation.id, server.host.machine.process(), server.host.machine.boot());
  put_files_back(server, journal, operation);
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
