#include "daemon/drift_inbox.h"

#include <chrono>
#include <utility>

namespace ballast {

namespace {

// A flood is no reason to hold all of it.
constexpr std::size_t most_waiting = 20'000;
constexpr auto longest_wait = std::chrono::hours(1);

}  // namespace

void DriftInbox::happened(const docker::Event& event, Monotonic now) {
  if (event.action != "health_status" && !event.project.empty()) push({event, now});
}

void DriftInbox::line_began(Monotonic now) { push({std::nullopt, now}); }

void DriftInbox::push(Entry entry) {
  {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= most_waiting) entries_.pop_front();
    settled_ &= !entry.event;
    entries_.push_back(std::move(entry));
  }
  news_.notify_one();
}

void DriftInbox::stop() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  news_.notify_all();
}

bool DriftInbox::wait(std::optional<Monotonic> until) {
  std::unique_lock lock(mutex_);
  const auto is_due = [&] { return stops_ || !entries_.empty(); };
  if (until)
    news_.wait_until(lock, *until, is_due);
  else
    news_.wait_for(lock, longest_wait, is_due);
  return !stops_;
}

void DriftInbox::settle(bool settled) {
  const std::lock_guard lock(mutex_);
  settled_ = settled && entries_.empty();
}

bool DriftInbox::is_settled() {
  const std::lock_guard lock(mutex_);
  return settled_;
}

void DriftInbox::pass_on_to(DeedReader& reader) {
  std::deque<Entry> entries;
  {
    const std::lock_guard lock(mutex_);
    entries = std::exchange(entries_, {});
  }
  for (const Entry& entry : entries)
    if (entry.event)
      reader.take(*entry.event, entry.at);
    else
      reader.line_began(entry.at);
}

}  // namespace ballast
