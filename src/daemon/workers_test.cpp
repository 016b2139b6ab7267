#include "daemon/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <vector>

namespace ballast {
namespace {

constexpr Monotonic start{std::chrono::hours(1)};

// Work that goes on until it is released.
class Hanging {
 public:
  explicit Hanging(std::size_t count) : began_(count), hang_(released_.get_future().share()) {}

  std::function<void()> work(std::size_t index) {
    return [this, index] {
      began_.at(index).set_value();
      hang_.wait();
      ++ended_;
    };
  }
  void wait_until_begun(std::size_t index) { began_.at(index).get_future().wait(); }
  void release() { released_.set_value(); }
  int ended() const { return ended_; }

 private:
  std::vector<std::promise<void>> began_;
  std::promise<void> released_;
  std::shared_future<void> hang_;
  std::atomic<int> ended_ = 0;
};

TEST(WorkersTest, WhatHangsDelaysNobody) {
  Hanging hanging(4);
  Workers workers(1, 8);
  for (std::size_t index = 0; index < 4; ++index) workers.run(hanging.work(index), start);
  Monotonic now = start;
  while (workers.count() < 4) workers.grow(now += std::chrono::seconds(1));
  for (std::size_t index = 0; index < 4; ++index) hanging.wait_until_begun(index);
  std::promise<void> done;
  workers.run([&] { done.set_value(); }, now);
  workers.grow(now += std::chrono::seconds(1));
  done.get_future().wait();
  hanging.release();
}

TEST(WorkersTest, MoreOnlyOnceItHasWaited) {
  using std::chrono::milliseconds;
  Hanging hanging(5);
  Workers workers(1, 8);
  EXPECT_EQ(workers.grows_at(), std::nullopt);
  workers.run(hanging.work(0), start);
  hanging.wait_until_begun(0);
  EXPECT_EQ(workers.grows_at(), std::nullopt);
  for (std::size_t index = 1; index < 5; ++index) workers.run(hanging.work(index), start);
  EXPECT_EQ(workers.grows_at(), start + milliseconds(25));
  workers.grow(start + milliseconds(24));
  EXPECT_EQ(workers.count(), 1U);
  workers.grow(start + milliseconds(25));
  EXPECT_EQ(workers.count(), 2U);
  hanging.wait_until_begun(1);
  EXPECT_EQ(workers.grows_at(), start + milliseconds(50));
  workers.grow(start + milliseconds(49));
  EXPECT_EQ(workers.count(), 2U);
  workers.grow(start + milliseconds(50));
  EXPECT_EQ(workers.count(), 4U);
  hanging.release();
}

TEST(WorkersTest, NoMoreThanTheLimit) {
  Hanging hanging(2);
  {
    Workers workers(1, 2);
    for (std::size_t index = 0; index < 2; ++index) workers.run(hanging.work(index), start);
    workers.grow(start + std::chrono::seconds(1));
    for (std::size_t index = 0; index < 2; ++index) hanging.wait_until_begun(index);
    std::promise<void> third;
    workers.run([&] { third.set_value(); }, start);
    workers.grow(start + std::chrono::seconds(2));
    EXPECT_EQ(workers.count(), 2U);
    EXPECT_EQ(workers.grows_at(), std::nullopt);
    hanging.release();
    third.get_future().wait();
  }
  EXPECT_EQ(hanging.ended(), 2);
}

TEST(WorkersTest, TheEndWaitsForWhatIsUnderWay) {
  Hanging hanging(1);
  auto workers = std::make_unique<Workers>(1, 1);
  workers->run(hanging.work(0), start);
  hanging.wait_until_begun(0);
  auto end = std::async(std::launch::async, [&] { workers.reset(); });
  hanging.release();
  end.wait();
  EXPECT_EQ(hanging.ended(), 1);
}

}  // namespace
}  // namespace ballast
