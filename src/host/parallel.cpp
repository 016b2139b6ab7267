#include "host/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace ballast {

namespace {

class Loop {
 public:
  Loop(std::size_t count, const std::function<void(std::size_t)>& work)
      : count_(count), work_(work) {}

  void run() noexcept {
    try {
      for (std::size_t index = next_++; index < count_; index = next_++) work_(index);
    } catch (...) {
      next_ = count_;
      const std::lock_guard guard(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  const std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::exception_ptr failure_;
};

}  // namespace

unsigned copy_threads() { return 2 * std::max(1U, std::thread::hardware_concurrency()); }

void parallel_for(std::size_t count, unsigned threads,
                  const std::function<void(std::size_t)>& work) {
  Loop loop(count, work);
  {
    std::vector<std::jthread> others;
    const std::size_t wanted = std::min<std::size_t>(threads, count);
    for (std::size_t started = 1; started < wanted; ++started)
      others.emplace_back([&loop] { loop.run(); });
    loop.run();
  }
  loop.rethrow();
}

}  // namespace ballast
