#include "gate/gate_runs.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "live/stack.h"
#include "tools/child_environment.h"

namespace ballast {

namespace {

using Says = GateSaying::Kind;

constexpr Duration longest_change = std::chrono::hours(12);
constexpr Duration longest_look = std::chrono::minutes(10);
constexpr Duration pace = std::chrono::milliseconds(100);
constexpr Duration between_signs_of_life = std::chrono::seconds(10);
constexpr Duration log_is_kept = std::chrono::hours(1);
constexpr std::size_t digits_of_id = 16;

// Its output may name what its files hold.
Secrets secrets_of(Server& server, const std::string& stack) {
  try {
    return read_stack(server, stack).secrets;
  } catch (const Error&) {
    return {};
  }
}

GateSaying error_saying(const std::string& line) { return {.kind = Says::error, .line = line}; }

int status_of(const Outcome& outcome) {
  if (outcome.signal != 0) return 128 + outcome.signal;
  return outcome.timed_out || outcome.not_found ? exit_status(Kind::failed) : outcome.status;
}

// "3f9a… deploy shop sha-a1b2c3d", as the lock has it.
struct Held {
  std::string id;
  std::string what;
};

Held held_of(const Holder& holder) {
  const auto blank = std::min(holder.operation.find(' '), holder.operation.size());
  return {.id = holder.operation.substr(0, blank),
          .what = holder.operation.substr(std::min(blank + 1, holder.operation.size()))};
}

Error runs_other(const std::string& stack, const Holder& holder) {
  return {Kind::locked,
          fmt::format("the gate runs `{}` of {} since {}; nothing was changed",
                      printable(held_of(holder).what), printable(holder.operator_name),
                      iso_local(holder.since)),
          fmt::format("wait for its end: status {}", stack)};
}

// Reads on where it stopped, whole lines only.
class LogReader {
 public:
  LogReader(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

  std::vector<std::string> more() {
    const auto info = disk_.info(path_);
    if (!info || info->size <= read_) return {};
    const std::string text = disk_.read(path_).value_or("");
    const auto end = text.rfind('\n');
    if (end == std::string::npos || end + 1 <= read_) return {};
    const std::string fresh = text.substr(read_, end + 1 - read_);
    read_ = end + 1;
    return split_lines(fresh);
  }

 private:
  Disk& disk_;
  std::string path_;
  std::size_t read_ = 0;
};

}  // namespace

GateRuns::GateRuns(Server& server, std::string program)
    : server_(server), program_(std::move(program)) {}

GateRuns::~GateRuns() {
  for (Runner& runner : runners_) runner.thread.join();
}

bool GateRuns::is_under_way(const Order& order) {
  if (!order.changes()) return false;
  const auto holder = server_.host.locks.held(server_.paths.gate_run_lock(order.stack));
  return holder && held_of(*holder).what == order.text();
}

void GateRuns::run(const Order& order, const OrderTerms& terms, GateListener& listener) {
  if (order.changes()) return follow(order, start_or_join(order, terms), listener);
  const int status =
      run_to_its_end(order, terms, -1, [&](const GateSaying& saying) { listener.hear(saying); });
  listener.hear({.kind = Says::exit, .line = {}, .status = status});
}

GateRuns::Place GateRuns::place_of(const std::string& stack, const std::string& id) const {
  return {.id = id,
          .lock = server_.paths.gate_run_lock(stack),
          .log = fmt::format("{}/{}-{}.log", server_.paths.gate_runs(), stack, id)};
}

GateRuns::Place GateRuns::start_or_join(const Order& order, const OrderTerms& terms) {
  server_.host.disk.make_directories(server_.paths.run());
  server_.host.disk.make_directories(server_.paths.gate_runs(), 0700);
  const Place place = place_of(order.stack, server_.host.machine.random_hex(digits_of_id));
  const std::string who =
      order.operator_name.empty() ? terms.key : order.operator_name + " by key " + terms.key;
  auto got = server_.host.locks.acquire(place.lock, {.operation = place.id + " " + order.text(),
                                                     .operator_name = who,
                                                     .pid = server_.host.machine.process(),
                                                     .since = server_.host.clock.now(),
                                                     .alive = true});
  if (auto* lock = std::get_if<std::unique_ptr<Lock>>(&got)) {
    start(order, terms, place, std::move(*lock));
    return place;
  }
  const Holder& holder = std::get<Holder>(got);
  if (held_of(holder).what != order.text()) throw runs_other(order.stack, holder);
  return place_of(order.stack, held_of(holder).id);
}

void GateRuns::start(const Order& order, const OrderTerms& terms, const Place& place,
                     std::unique_ptr<Lock> lock) {
  remove_old_logs(order.stack);
  server_.host.disk.append(place.log, "", 0600);
  const std::lock_guard guard(mutex_);
  std::erase_if(runners_, [](Runner& runner) {
    if (runner.over) runner.thread.join();
    return runner.over.load();
  });
  Runner& runner = runners_.emplace_back();
  runner.thread =
      std::thread([this, &runner, order, terms, place, held = std::move(lock)]() mutable {
        // What cannot be kept is lost to the listeners; what runs is not held up by it.
        const auto tell = [&](const GateSaying& saying) {
          try {
            server_.host.disk.append(place.log, saying_text(saying), 0600);
          } catch (const Error&) {
            return;
          }
        };
        const int status = run_to_its_end(order, terms, held->descriptor(), tell);
        tell({.kind = Says::exit, .line = {}, .status = status});
        held.reset();
        runner.over = true;
      });
}

bool GateRuns::goes_on(const Place& place) {
  const auto holder = server_.host.locks.held(place.lock);
  return holder && held_of(*holder).id == place.id;
}

void GateRuns::follow(const Order& order, const Place& place, GateListener& listener) {
  LogReader log(server_.host.disk, place.log);
  Monotonic heard = server_.host.clock.monotonic();
  while (listener.listens()) {
    const bool is_over = !goes_on(place);  // asked before the last is read
    for (const std::string& line : log.more()) {
      const auto saying = parse_saying(line);
      if (!saying) continue;
      listener.hear(*saying);
      heard = server_.host.clock.monotonic();
      if (saying->kind == Says::exit) return;
    }
    if (is_over)
      throw Error(Kind::failed, fmt::format("how `{}` ended is not known here", order.text()),
                  fmt::format("see it: history {0}; status {0}", order.stack));
    if (server_.host.clock.monotonic() - heard > between_signs_of_life) {
      heard = server_.host.clock.monotonic();
      listener.hear({.kind = Says::alive, .line = {}});
    }
    std::this_thread::sleep_for(pace);
  }
}

// The top of a thread: whatever goes wrong is said to who listens.
int GateRuns::run_to_its_end(const Order& order, const OrderTerms& terms, int lock,
                             const std::function<void(const GateSaying&)>& tell) {
  try {
    const Secrets secrets = secrets_of(server_, order.stack);
    Command command{.argv = {program_},
                    .environment = child_environment(server_.host.machine),
                    .directory = "/",
                    .input = {},
                    .deadline = order.changes() ? longest_change : longest_look,
                    .inherited = {},
                    .on_line = {}};
    const auto words = words_of(order, terms);
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    if (lock >= 0) command.inherited.push_back(lock);
    command.on_line = [&](std::string_view line, bool is_error) {
      tell({.kind = is_error ? Says::error : Says::out, .line = secrets.mask(std::string(line))});
    };
    const Outcome outcome = server_.host.processes.run(command);
    if (outcome.status < 0) tell(error_saying("error: ballast was ended: " + outcome.reason()));
    return status_of(outcome);
  } catch (const std::exception& error) {
    tell(error_saying(fmt::format("error: {}", printable(error.what()))));
    return exit_status(Kind::failed);
  }
}

void GateRuns::remove_old_logs(const std::string& stack) {
  const std::string folder = server_.paths.gate_runs();
  for (const std::string& name : server_.host.disk.list(folder)) {
    const std::string path = fmt::format("{}/{}", folder, name);
    const auto info = server_.host.disk.info(path);
    const bool is_its_own = name.starts_with(stack + "-") && name.ends_with(".log") &&
                            name.size() == stack.size() + 1 + digits_of_id + 4;
    if (is_its_own && info && server_.host.clock.now() - info->modified > log_is_kept)
      server_.host.disk.remove(path);
  }
}

}  // namespace ballast
