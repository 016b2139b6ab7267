#include "daemon/stack_watch.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "daemon/change_text.h"
#include "daemon/moments.h"
#include "daemon/watched.h"
#include "watch/suppression.h"

namespace ballast {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Part part_of(std::size_t index) { return static_cast<Part>(index); }

// What is known also when the engine never answered.
bool counts_alone(const Watched& one, bool was_released) {
  const Part part = part_of_alert(one.alert.rule);
  const bool stands_alone = part == Part::disks || (part == Part::records && was_released);
  return stands_alone && one.seen != Monotonic{} && one.verdict != Verdict::unknown;
}

}  // namespace

// That a database is silent is known at the end of its deadline: half of it is for waiting, so that
// it is known within the interval.
Duration patience_with(Part part, Duration interval) {
  return part == Part::database ? interval / 2 : interval;
}

// Events tell of containers at once; that they are asked again is for what no event told.
Duration pace_of(Part part, Duration interval) {
  switch (part) {
    case Part::files:
    case Part::health:
    case Part::history:
    case Part::disks: return interval;
    case Part::database: return patience_with(part, interval);
    case Part::memory: return std::max<Duration>(interval, seconds(15));
    case Part::containers:
    case Part::records: return std::max<Duration>(interval, minutes(1));
    case Part::forecast: return minutes(5);
    case Part::certificates: return hours(1);
  }
  return interval;
}

Part part_of_alert(std::string_view alert) {
  constexpr auto parts = std::to_array<std::pair<std::string_view, Part>>({
      {"certificate-expiring", Part::certificates},
      {"container-down", Part::containers},
      {"db-connection", Part::database},
      {"disk-filling", Part::disks},
      {"disk-full", Part::disks},
      {"health-check-fail", Part::health},
      {"high-memory", Part::memory},
      {"modified-by-hand", Part::containers},
  });
  const auto* found = std::ranges::find(parts, alert, &std::pair<std::string_view, Part>::first);
  return found == parts.end() ? Part::records : found->second;
}

StackWatch::StackWatch(Server& server, std::string name, Duration interval)
    : server_(server),
      name_(std::move(name)),
      interval_(interval),
      measurements_(server.host.disk, server.paths.measurements(name_)) {
  seen_.observed.stack = name_;
}

std::string StackWatch::project() const {
  const std::lock_guard lock(mutex_);
  return seen_.stack ? seen_.stack->project : std::string();
}

std::vector<Part> StackWatch::take_due(Monotonic now) {
  const std::lock_guard lock(mutex_);
  std::vector<Part> due;
  for (std::size_t index = 0; index < part_count; ++index) {
    Slot& one = slots_.at(index);
    if (one.under_way || now < one.due) continue;
    // Without its files nothing else can be asked.
    if (part_of(index) != Part::files && !seen_.stack) continue;
    if (one.due != Monotonic{} && now - one.due > interval_) ++missed_;
    one.due = next_moment(name_, pace_of(part_of(index), interval_), now);
    one.under_way = true;
    one.wanted = false;
    ++looks_;
    due.push_back(part_of(index));
  }
  return due;
}

std::optional<Monotonic> StackWatch::next_due() const {
  const std::lock_guard lock(mutex_);
  std::optional<Monotonic> next;
  for (std::size_t index = 0; index < part_count; ++index) {
    const Slot& one = slots_.at(index);
    const bool can_be = part_of(index) == Part::files || seen_.stack != nullptr;
    if (!one.under_way && can_be && (!next || one.due < *next)) next = one.due;
  }
  return next;
}

void StackWatch::want(Part part) {
  const std::lock_guard lock(mutex_);
  if (slot(part).under_way)
    slot(part).wanted = true;
  else
    slot(part).due = Monotonic{};
}

void StackWatch::want_all() {
  for (std::size_t index = 0; index < part_count; ++index) want(part_of(index));
}

bool StackWatch::look(Part part) {
  const Monotonic began = server_.host.clock.monotonic();
  try {
    see(part, operation_now());
  } catch (const std::exception& error) {
    const std::lock_guard lock(mutex_);
    set_trouble(error.what());
  }
  const std::lock_guard lock(mutex_);
  const bool was_seen = is_seen_wholly();
  Slot& done = slot(part);
  done.under_way = false;
  done.began = began;
  done.seen |= seen_.running->value.has_value();
  has_news_ |= was_seen != is_seen_wholly();
  if (done.wanted) done.due = Monotonic{};
  return done.wanted;
}

bool StackWatch::is_seen() const {
  const std::lock_guard lock(mutex_);
  return is_seen_wholly();
}

bool StackWatch::has_news() {
  const std::lock_guard lock(mutex_);
  return std::exchange(has_news_, false);
}

bool StackWatch::has_news_to_tell() const {
  const std::lock_guard lock(mutex_);
  return has_news_;
}

std::vector<AlertLine> StackWatch::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

std::vector<Watched> StackWatch::watched() const {
  const std::lock_guard lock(mutex_);
  std::vector<Watched> all = watched_of(name_, lines_);
  for (Watched& one : all) one.seen = slot(part_of_alert(one.alert.rule)).began;
  if (is_seen_wholly()) return all;
  const auto& records = seen_.observed.records.value;
  const bool was_released = records && (records->good || records->change);
  std::erase_if(all, [&](const Watched& one) { return !counts_alone(one, was_released); });
  return all;
}

std::string StackWatch::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

StackSnapshot StackWatch::snapshot() const {
  const std::lock_guard lock(mutex_);
  return {.observed = seen_.observed,
          .lines = lines_,
          .trouble = trouble_,
          .was_looked_at = is_seen_wholly()};
}

std::shared_ptr<const Stack> StackWatch::stack() const {
  const std::lock_guard lock(mutex_);
  return seen_.stack;
}

void StackWatch::note_modified(const std::optional<ModifiedByHand>& modified) {
  const std::lock_guard lock(mutex_);
  modified_noted_ = server_.host.clock.monotonic();
  if (!seen_.observed.records.value) return;
  seen_.observed.records.value->modified = modified;
  if (seen_.stack) judge();
}

std::optional<OwnWork> StackWatch::work(Time now) const {
  const std::lock_guard lock(mutex_);
  return own_work(seen_.observed.operation, name_, now, longest_upgrade(seen_.observed));
}

unsigned long long StackWatch::looks() const {
  const std::lock_guard lock(mutex_);
  return looks_;
}

unsigned long long StackWatch::missed_looks() const {
  const std::lock_guard lock(mutex_);
  return missed_;
}

std::string StackWatch::last_change(Time now) const {
  const std::lock_guard lock(mutex_);
  if (!seen_.observed.records.value || !seen_.observed.records.value->change) return {};
  return change_text(*seen_.observed.records.value->change, seen_.observed.records.value->modified,
                     now);
}

}  // namespace ballast
