#include "daemon/drift_watch.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/drift_message.h"
#include "drift/own_paths.h"
#include "live/modified_by_hand.h"
#include "live/own_execs.h"

namespace ballast {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view utmp = "/var/run/utmp";
// What somebody does in a container is looked for in its files; not after each command of many.
constexpr Duration pause_between_looks = seconds(10);
constexpr Duration pace_of_forgetting = minutes(2);
constexpr Duration pace = seconds(5);
constexpr int most_waits = 6;
constexpr std::size_t most_health_commands = 1000;

std::set<std::string> containers_of(const StackWatch& watch) {
  std::set<std::string> ids;
  const StackSnapshot snapshot = watch.snapshot();
  if (!snapshot.observed.services.value) return ids;
  for (const std::string& name : release_services(snapshot.observed.policy))
    if (const ServiceSeen* service = snapshot.observed.service(name);
        service != nullptr && service->container)
      ids.insert(service->container->id);
  return ids;
}

}  // namespace

DriftWatch::DriftWatch(Server& server, DriftInbox& inbox, DriftTerms terms)
    : server_(server), inbox_(inbox), terms_(std::move(terms)), since_(server.host.clock.now()) {
  threads_.emplace_back([this] { read_deeds(); });
  threads_.emplace_back([this] { look_again_and_again(); });
}

DriftWatch::~DriftWatch() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  news_.notify_all();
  inbox_.stop();
  for (std::thread& thread : threads_) thread.join();
}

void DriftWatch::read_deeds() {
  DeedReader reader;
  while (inbox_.wait(reader.wakes())) {
    inbox_.pass_on_to(reader);  // and nothing is settled
    for (const Deed& deed : reader.finished(server_.host.clock.monotonic())) try {
        judge(deed);
      } catch (const std::exception& error) {
        terms_.say(fmt::format("{} of {} is not recorded: {}", deed_text(deed.kind), deed.name,
                               error.what()));
      }
    inbox_.settle(!reader.wakes());
  }
}

void DriftWatch::judge(const Deed& deed) {
  const auto stacks = terms_.stacks();
  const auto found =
      std::ranges::find_if(stacks, [&](const auto& one) { return one->project() == deed.project; });
  if (found == stacks.end()) return;
  const std::shared_ptr<StackWatch> watch = *found;
  if (deed.kind == DeedKind::executed && deed.detail == health_command_of(deed.container)) return;
  const std::lock_guard lock(book_mutex_);
  Journal journal(server_.paths.journal());
  const auto stack = watch->stack();
  auto finding = judge_deed(deed, circumstances_of(*stack, journal, deed));
  if (!finding) return;
  finding->text = stack->secrets.mask(finding->text);
  DriftBook book(server_.host, journal, watch->name());
  book.state().deed = deed.from;
  if (finding->replaces) book.state().replaced[deed.service] = deed.until;
  record(watch, book, journal, {*finding});
  if (finding->concerns_files) want(watch->name());
}

Circumstances DriftWatch::circumstances_of(const Stack& stack, const Journal& journal,
                                           const Deed& deed) {
  Circumstances known{.operations = operation_periods(journal, stack.name, deed.from),
                      .session = session_period(journal, stack.name, server_.host.clock.now()),
                      .routine = stack.policy.drift.routine,
                      .health_command = {},
                      .is_own_exec =
                          [this](const std::string& exec) {
                            return is_own_exec(server_.host, server_.paths, exec);
                          },
                      .release_services = release_services(stack.policy)};
  const auto holder = server_.host.locks.held(server_.paths.stack_lock(stack.name));
  if (holder && holder->alive) known.operations.push_back({.from = holder->since});
  return known;
}

// Asked once of each container: whoever runs health checks does so again and again.
std::string DriftWatch::health_command_of(const std::string& container) {
  const auto known = health_commands_.find(container);
  if (known != health_commands_.end()) return known->second;
  if (health_commands_.size() > most_health_commands) health_commands_.clear();
  const auto found = server_.engine.container(container);
  return health_commands_[container] = found ? found->health_command : "";
}

void DriftWatch::look_again_and_again() {
  Monotonic cleaned{};
  std::unique_lock lock(mutex_);
  while (!stops_) {
    lock.unlock();
    for (const auto& watch : terms_.stacks())
      if (is_due(*watch)) look_at(watch);
    const Monotonic now = server_.host.clock.monotonic();
    if (now - cleaned > pace_of_forgetting) try {
        cleaned = now;
        forget_old_execs(server_.host, server_.paths);
      } catch (const std::exception&) {
        // They are in nobody's way.
      }
    lock.lock();
    news_.wait_for(lock, std::min<Duration>(pace, terms_.interval), [&] { return stops_; });
  }
}

// Also as soon as another container is there: only then can it be told what it did by itself.
bool DriftWatch::is_due(const StackWatch& watch) {
  if (!watch.is_seen()) return false;
  const Monotonic now = server_.host.clock.monotonic();
  const auto containers = containers_of(watch);
  const std::lock_guard lock(mutex_);
  if (stops_) return false;
  Looked& looked = looked_[watch.name()];
  return now >= looked.due || containers != looked.containers;
}

// What an operation, or a person in a session, is about to change is looked at when that is over.
bool DriftWatch::is_in_other_hands(const std::string& stack, const Journal& journal) {
  const auto holder = server_.host.locks.held(server_.paths.stack_lock(stack));
  if (holder && holder->alive) return true;
  const auto session = session_period(journal, stack, server_.host.clock.now());
  return session && session->until == Time::max();
}

void DriftWatch::look_at(const std::shared_ptr<StackWatch>& watch) {
  const auto containers = containers_of(*watch);
  const Monotonic now = server_.host.clock.monotonic();
  {
    const std::lock_guard lock(mutex_);
    looked_[watch->name()].wanted = false;
  }
  bool is_done = false;
  std::string trouble;
  try {
    is_done = compare_with_release(watch);
  } catch (const std::exception& error) {
    trouble = error.what();
  }
  const std::lock_guard lock(mutex_);
  Looked& looked = looked_[watch->name()];
  if (!trouble.empty() && trouble != looked.trouble)
    terms_.say(fmt::format("{} is not compared with its release: {}", watch->name(), trouble));
  looked.trouble = trouble;
  const bool is_soon = !is_done || looked.wanted;
  looked.due =
      now + (is_soon ? std::min<Duration>(pause_between_looks, terms_.interval) : terms_.interval);
  if (!is_done) return;
  looked.containers = containers;
  looked.waited = 0;
}

// What was done a moment ago is told as that, not as what it left behind. What goes on and on is
// not waited for.
bool DriftWatch::waits_for_deeds(const std::string& stack) {
  const bool settled = inbox_.is_settled();
  const std::lock_guard lock(mutex_);
  int& waited = looked_[stack].waited;
  if (settled || waited >= most_waits) {
    waited = settled ? 0 : waited;
    return false;
  }
  ++waited;
  return true;
}

// False: it was no moment to look.
bool DriftWatch::compare_with_release(const std::shared_ptr<StackWatch>& watch) {
  if (!server_.host.disk.info(server_.paths.journal())) return true;
  Journal journal(server_.paths.journal());
  const std::string& name = watch->name();
  if (is_in_other_hands(name, journal) || waits_for_deeds(name)) return false;
  const auto newest = [&] {
    const auto operation = journal.newest_operation(name);
    return operation ? operation->id : std::string();
  };
  const std::string before = newest();
  const OwnPaths own =
      own_paths(server_, *watch->stack(), journal, drift_state(journal, name), since_);
  const DriftReport report = look_for_drift(server_, name, &journal, {.own = own});
  if (is_in_other_hands(name, journal) || newest() != before || waits_for_deeds(name)) return false;
  const std::lock_guard lock(book_mutex_);
  DriftBook book(server_.host, journal, name);
  book.state().own = own;
  const auto modified = modified_by_hand(journal, name);
  const auto news = news_of(report, modified ? modified->session : "", book.state());
  record(watch, book, journal, news);
  return true;
}

void DriftWatch::record(const std::shared_ptr<StackWatch>& watch, DriftBook& book,
                        const Journal& journal, const std::vector<DriftFinding>& findings) {
  book.add(findings, logged_in_users(server_.paths.at(std::string(utmp))));
  // Before it is told, so that the alert that it begins does not seem to be over.
  watch->note_modified(modified_by_hand(journal, watch->name()));
  for (const PendingFinding& pending : book.pending()) {
    terms_.say(
        fmt::format("{}: {}; {}", watch->name(), pending.finding.text, author_text(pending.users)));
    if (const auto made = drift_message(watch->name(), pending, watch->stack()->policy))
      terms_.tell(*made);
  }
  book.told();
}

void DriftWatch::want(const std::string& stack) {
  const Monotonic soon = server_.host.clock.monotonic() + pause_between_looks;
  const std::lock_guard lock(mutex_);
  Looked& looked = looked_[stack];
  looked.due = std::min(looked.due, soon);
  looked.wanted = true;
}

}  // namespace ballast
