#include "host/await.h"

#include <gtest/gtest.h>

#include "host/descriptor.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;

Monotonic in(Duration duration) { return std::chrono::steady_clock::now() + duration; }

TEST(AwaitDescriptor, ComesBackAsSoonAsThereIsSomething) {
  const Pipe pipe = make_pipe();
  EXPECT_TRUE(await_descriptor(pipe.writer.get(), Awaited::writable, in(1h)));
  ASSERT_TRUE(write_all(pipe.writer.get(), "x"));
  EXPECT_TRUE(await_descriptor(pipe.reader.get(), Awaited::readable, in(1h)));
}

TEST(AwaitDescriptor, NotLongerThanItMay) {
  const Pipe pipe = make_pipe();
  EXPECT_FALSE(await_descriptor(pipe.reader.get(), Awaited::readable, in(20ms)));
  EXPECT_FALSE(await_descriptor(pipe.reader.get(), Awaited::readable, in(-1s)));
}

TEST(IsAddress, WhatIsWrittenInDigits) {
  EXPECT_TRUE(is_address("172.18.0.2"));
  EXPECT_TRUE(is_address("fd00::2"));
  EXPECT_FALSE(is_address("db.example.com"));
  EXPECT_FALSE(is_address("/run/postgresql"));
  EXPECT_FALSE(is_address(""));
}

}  // namespace
}  // namespace ballast
