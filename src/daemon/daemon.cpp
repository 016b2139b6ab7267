#include "daemon/daemon.h"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "alarm/silences.h"
#include "daemon/alarm_desk.h"
#include "daemon/chores.h"
#include "daemon/control.h"
#include "daemon/drift_watch.h"
#include "daemon/gate_service.h"
#include "daemon/metrics.h"
#include "daemon/metrics_server.h"
#include "daemon/sender.h"
#include "daemon/stoppable.h"
#include "daemon/watched.h"
#include "daemon/watching.h"
#include "host/footprint.h"
#include "host/process_facts.h"
#include "host/service_manager.h"
#include "journal/journal.h"
#include "notify/after_operation.h"
#include "notify/queue.h"

namespace ballast {

namespace {

// An interrupt wakes nobody: it is asked for that often.
constexpr Duration longest_wait = std::chrono::milliseconds(250);
constexpr Duration pace_of_thrift = std::chrono::minutes(1);
constexpr Duration pace_of_files = std::chrono::seconds(15);

std::unique_ptr<Lock> lock_watching(Server& server, const DaemonRequest& request) {
  auto got =
      server.host.locks.acquire(watch_lock(server.paths), {.operation = "watch",
                                                           .operator_name = request.operator_name,
                                                           .pid = server.host.machine.process(),
                                                           .since = server.host.clock.now(),
                                                           .alive = true});
  if (auto* lock = std::get_if<std::unique_ptr<Lock>>(&got)) return std::move(*lock);
  const Holder& holder = std::get<Holder>(got);
  throw Error(Kind::locked,
              fmt::format("this server is watched already, by process {} since {}", holder.pid,
                          iso_local(holder.since)),
              "look at it: systemctl status ballast; ballast status");
}

class Daemon : public ControlSource {
 public:
  Daemon(Server& server, const DaemonRequest& request)
      : request_(request),
        interrupts_(server.host.interrupts),
        stoppable_(server.host, stops_),
        server_(stoppable_.get(), server.paths.root, server.kinds),
        started_(server.host.clock.now()),
        notifier_(server_.host, server_.paths),
        settings_(notifier_.settings()),
        manager_(server_.host.machine),
        desk_(server_, notifier_, [this](std::string_view line) { note(std::string(line)); }),
        sender_(server_.host, server_.paths, settings_),
        watching_(server_, settings_.watch.interval, deeds_, [this] { wake(); }),
        drift_(server_, deeds_,
               {.interval = settings_.watch.drift,
                .stacks = [this] { return watching_.stacks(); },
                .tell = [this](const DriftMessage& message) { tell_of_drift(message); },
                .say = [this](std::string_view line) { note(std::string(line)); }}),
        chores_(server_, settings_,
                {.program = request.program,
                 .firing = [this] { return firing(); },
                 .something_waits = [this] { sender_.poke(); },
                 .say = [this](std::string_view line) { note(std::string(line)); }}),
        control_(serve_control(
            server_.paths,
            {.user = server_.host.machine.user(), .pid = server_.host.machine.process()}, *this)) {}

  void run() {
    serve_gate();
    serve_metrics();
    manager_.ready();
    note(fmt::format("watches {}", server_.paths.stacks()));
    while (!interrupts_.requested()) {
      watching_.start_what_is_due();
      if (watching_.has_news() || desk_.is_due() || take_poke()) tell();
      say_that_it_lives();
      write_metrics();
      be_thrifty();
      wait();
    }
    manager_.stopping();
    note("stops");
    stops_ = true;
  }

  // On the threads of the control socket and of the chores.
  Snapshot snapshot() override {
    Snapshot snapshot{
        .now = server_.host.clock.now(),
        .started = started_,
        .host = server_.host.machine.host_name(),
        .stacks = {},
        .engine_trouble = watching_.engine_trouble(),
        .firing = firing(),
        .silences = silences_in_force(server_.host.disk, server_.paths, server_.host.clock.now()),
        .channels = sender_.reports(),
        .gate = gate_calls()};
    for (const auto& stack : watching_.stacks()) snapshot.stacks.push_back(stack->snapshot());
    const LookCount count = watching_.looks();
    snapshot.looks = count.looks;
    snapshot.missed_looks = count.missed;
    return snapshot;
  }

  void poke() override {
    {
      const std::lock_guard lock(mutex_);
      poked_ = true;
    }
    sender_.poke();
    wake();
  }

  void note(const std::string& line) override {
    const std::lock_guard lock(say_mutex_);
    request_.say(line);
  }

 private:
  // Without the group nobody is to call it.
  void serve_gate() {
    const auto group = group_number(gate_group);
    if (!group) return;
    try {
      auto made =
          std::make_unique<GateService>(server_, *group, request_.program,
                                        [this](std::string_view line) { note(std::string(line)); });
      const std::lock_guard lock(mutex_);
      gate_ = std::move(made);
    } catch (const Error& error) {
      note("the gate is closed: " + error.message());
    }
  }

  std::vector<GateCount> gate_calls() {
    const std::lock_guard lock(mutex_);
    return gate_ ? gate_->counts() : std::vector<GateCount>();
  }

  // Who listens there already is no reason to watch nothing.
  void serve_metrics() {
    const std::string& address = settings_.watch.metrics_listen;
    if (address.empty()) return;
    try {
      metrics_.emplace(address, [this] { return metrics_text(snapshot()); });
    } catch (const Error& error) {
      note("metrics are not served: " + error.message());
    }
  }

  // Twice as often as the service manager wants to hear of it.
  void say_that_it_lives() {
    const auto interval = manager_.watchdog_interval();
    const Monotonic now = server_.host.clock.monotonic();
    if (!interval || now - said_to_live_ < *interval / 2) return;
    said_to_live_ = now;
    manager_.watchdog();
  }

  void write_metrics() {
    const std::string& path = settings_.watch.metrics_file;
    const Monotonic now = server_.host.clock.monotonic();
    if (path.empty() || now < metrics_due_) return;
    metrics_due_ = now + std::max<Duration>(settings_.watch.interval, pace_of_files);
    try {
      write_metrics_file(server_.host.disk, server_.paths.at(path), metrics_text(snapshot()));
    } catch (const Error& error) {
      note("metrics are not written: " + error.message());
    }
  }

  void tell() {
    Sighting sighting;
    const Time now = server_.host.clock.now();
    for (const auto& stack : watching_.stacks()) add(sighting, *stack, now);
    sighting.watched = server_wide_once(std::move(sighting.watched));
    sighting.watched.push_back(engine_watched(watching_.engine_trouble()));
    follow_settings(sighting.watched, settings_.watch);
    // What is of the server was seen through stacks: without all of them not all was.
    if (!sighting.unseen.empty()) sighting.unseen.emplace_back();
    for (const Message& message : take_told()) desk_.know(message);
    const bool has_more = desk_.take(sighting);
    const std::lock_guard lock(mutex_);
    firing_ = desk_.firing();
    if (has_more) sender_.poke();
  }

  static void add(Sighting& sighting, const StackWatch& stack, Time now) {
    const std::string trouble = stack.trouble();
    sighting.watched.push_back(files_watched(stack.name(), trouble));
    if (!stack.is_seen()) sighting.unseen.push_back(stack.name());
    std::ranges::move(stack.watched(), std::back_inserter(sighting.watched));
    if (const auto work = stack.work(now)) sighting.works.push_back(*work);
    if (const std::string change = stack.last_change(now); !change.empty())
      sighting.changes[stack.name()] = change;
  }

  // On the threads that look for drift. What a person silenced is recorded, and told to nobody.
  void tell_of_drift(const DriftMessage& made) {
    const Alert& alert = made.message.lead();
    const AlertName name{.rule = alert.rule, .stack = alert.stack, .subject = alert.subject};
    const Time now = server_.host.clock.now();
    for (const AlertSilence& silence : silences_in_force(server_.host.disk, server_.paths, now))
      if (silence.covers(name, now)) return;
    if (made.begins_alert) keep_open_alert(server_.host.disk, server_.paths, made.message);
    Notifier(server_.host, server_.paths).put(made.message);
    if (made.begins_alert) {
      const std::lock_guard lock(mutex_);
      told_.push_back(made.message);
    }
    sender_.poke();
    wake();
  }

  std::vector<Message> take_told() {
    const std::lock_guard lock(mutex_);
    return std::exchange(told_, {});
  }

  std::vector<Alert> firing() {
    const std::lock_guard lock(mutex_);
    return firing_;
  }

  bool take_poke() {
    const std::lock_guard lock(mutex_);
    return std::exchange(poked_, false);
  }

  void wake() {
    {
      const std::lock_guard lock(wake_mutex_);
      woken_ = true;
    }
    woke_.notify_one();
  }

  void wait() {
    const Monotonic now = server_.host.clock.monotonic();
    Monotonic until = std::min(watching_.next_due(), now + longest_wait);
    if (const auto wakes = desk_.wakes()) until = std::min(until, *wakes);
    std::unique_lock lock(wake_mutex_);
    woke_.wait_until(lock, until, [&] { return woken_; });
    woken_ = false;
  }

  void be_thrifty() {
    const Monotonic now = server_.host.clock.monotonic();
    if (now - thrifty_ < pace_of_thrift) return;
    thrifty_ = now;
    give_memory_back();
  }

  const DaemonRequest& request_;
  Interrupts& interrupts_;
  std::atomic<bool> stops_ = false;
  StoppableHost stoppable_;
  Server server_;
  const Time started_;
  Notifier notifier_;
  const Settings settings_;
  ServiceManager manager_;
  std::mutex say_mutex_;
  std::mutex mutex_;
  std::vector<Alert> firing_;
  std::vector<Message> told_;  // by others, and not known to the desk yet
  bool poked_ = false;
  std::mutex wake_mutex_;
  std::condition_variable woke_;
  bool woken_ = false;
  Monotonic thrifty_{};
  AlarmDesk desk_;
  Sender sender_;
  DriftInbox deeds_;
  Watching watching_;
  DriftWatch drift_;
  Chores chores_;
  std::unique_ptr<GateService> gate_;
  std::unique_ptr<LocalServer> control_;
  std::optional<MetricsServer> metrics_;
  Monotonic metrics_due_{};
  Monotonic said_to_live_{};
};

// What only reads the journal refuses an older one, and after an update hours may pass before
// anything writes to it.
void bring_journal_up_to_date(Server& server, const DaemonRequest& request) {
  try {
    if (server.host.disk.info(server.paths.journal())) Journal(server.paths.journal());
  } catch (const Error& error) {
    request.say(error.message());
  }
}

}  // namespace

void watch_server(Server& server, const DaemonRequest& request) {
  keep_footprint_small();
  const auto lock = lock_watching(server, request);
  bring_journal_up_to_date(server, request);
  Daemon(server, request).run();
}

}  // namespace ballast
