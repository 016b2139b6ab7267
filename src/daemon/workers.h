// Threads for work that waits for others. Few as long as all of it is done soon; more, up to a
// limit, once what waits has waited for a moment, so that nothing waits for what hangs. Those that
// find nothing to do leave.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "base/time.h"

namespace ballast {

class Workers {
 public:
  Workers(std::size_t kept, std::size_t most) : kept_(kept), most_(most) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers();  // what is under way ends, what waits is dropped

  void run(std::function<void()> work, Monotonic now);  // `work` does not throw
  // Whoever gives the work calls this again at `grows_at`; nullopt: it is of no use.
  void grow(Monotonic now);
  std::optional<Monotonic> grows_at() const;
  std::size_t count() const;  // of threads

 private:
  struct Waiting {
    std::function<void()> work;
    Monotonic since;
  };

  void start_one();
  void serve(std::list<std::thread>::iterator self);
  bool wait_for_work(std::unique_lock<std::mutex>& lock);
  void join_those_that_ended();
  Monotonic growth_is_due() const;

  std::size_t kept_;
  std::size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable news_;
  std::deque<Waiting> waiting_;
  std::list<std::thread> threads_;
  std::list<std::thread> ended_;
  std::size_t idle_ = 0;
  Monotonic grown_{};
  bool stops_ = false;
};

}  // namespace ballast
