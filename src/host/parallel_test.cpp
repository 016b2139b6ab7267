#include "host/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "host/test_error.h"

namespace ballast {
namespace {

TEST(ParallelFor, DoesEachOnce) {
  std::vector<std::atomic<int>> done(1000);
  parallel_for(done.size(), 4, [&](std::size_t index) { ++done[index]; });
  for (const auto& times : done) EXPECT_EQ(times, 1);
}

TEST(ParallelFor, NothingToDo) {
  parallel_for(0, 4, [](std::size_t) { FAIL(); });
}

TEST(ParallelFor, OneThreadIsTheCallers) {
  for (const unsigned threads : {0U, 1U})
    parallel_for(3, threads, [caller = std::this_thread::get_id()](std::size_t) {
      EXPECT_EQ(std::this_thread::get_id(), caller);
    });
}

TEST(ParallelFor, AsManyThreadsAsAskedFor) {
  std::mutex mutex;
  std::set<std::thread::id> seen;
  std::atomic<int> waiting = 0;
  parallel_for(3, 3, [&](std::size_t) {
    {
      const std::lock_guard guard(mutex);
      seen.insert(std::this_thread::get_id());
    }
    ++waiting;
    while (waiting < 3) std::this_thread::yield();
  });
  EXPECT_EQ(seen.size(), 3U);
}

TEST(ParallelFor, TheFirstErrorStopsItAndIsThrown) {
  std::atomic<std::size_t> done = 0;
  const Error error = error_of([&] {
    parallel_for(1'000'000, 4, [&](std::size_t index) {
      ++done;
      if (index == 10) throw Error(Kind::interrupted, "stopped by the operator");
    });
  });
  EXPECT_EQ(error.kind(), Kind::interrupted);
  EXPECT_EQ(error.message(), "stopped by the operator");
  EXPECT_LT(done, 1'000'000U);
}

TEST(ParallelFor, AnyExceptionIsThrown) {
  EXPECT_THROW(parallel_for(10, 4, [](std::size_t) { throw std::bad_alloc(); }), std::bad_alloc);
}

}  // namespace
}  // namespace ballast
