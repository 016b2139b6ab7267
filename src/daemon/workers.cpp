#include "daemon/workers.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace ballast {

namespace {

constexpr Duration patience = std::chrono::milliseconds(25);

}  // namespace

Workers::~Workers() {
  std::unique_lock lock(mutex_);
  stops_ = true;
  waiting_.clear();
  news_.notify_all();
  news_.wait(lock, [&] { return threads_.empty(); });
  join_those_that_ended();
}

void Workers::run(std::function<void()> work, Monotonic now) {
  const std::lock_guard lock(mutex_);
  join_those_that_ended();
  waiting_.push_back({std::move(work), now});
  if (idle_ >= waiting_.size()) return news_.notify_one();
  if (threads_.size() < kept_) start_one();
}

// Twice as many each time: soon enough when all of them hang, and none too many when one does.
void Workers::grow(Monotonic now) {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty() || now < growth_is_due()) return;
  grown_ = now;
  const std::size_t doubled = std::max<std::size_t>(threads_.size(), 1);
  const std::size_t wanted = std::min({waiting_.size(), doubled, most_ - threads_.size()});
  for (std::size_t count = 0; count < wanted; ++count) start_one();
}

std::optional<Monotonic> Workers::grows_at() const {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty() || threads_.size() >= most_) return std::nullopt;
  return growth_is_due();
}

Monotonic Workers::growth_is_due() const {
  return std::max(waiting_.front().since, grown_) + patience;
}

std::size_t Workers::count() const {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

void Workers::start_one() {
  const auto place = threads_.emplace(threads_.end());
  try {
    *place = std::thread([this, place] { serve(place); });
  } catch (const std::system_error&) {
    // One of the others takes it. Without any it waits for the next attempt.
    threads_.erase(place);
  }
}

void Workers::serve(std::list<std::thread>::iterator self) {
  std::unique_lock lock(mutex_);
  while (wait_for_work(lock)) {
    const auto work = std::move(waiting_.front().work);
    waiting_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
  ended_.splice(ended_.end(), threads_, self);
  news_.notify_all();
}

// False: it is not needed any more.
bool Workers::wait_for_work(std::unique_lock<std::mutex>& lock) {
  if (waiting_.empty() && idle_ >= kept_) return false;
  ++idle_;
  news_.wait(lock, [&] { return stops_ || !waiting_.empty(); });
  --idle_;
  return !stops_;
}

void Workers::join_those_that_ended() {
  for (std::thread& thread : ended_) thread.join();
  ended_.clear();
}

}  // namespace ballast
