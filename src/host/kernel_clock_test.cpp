#include "host/kernel_clock.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

// What it says is the machine's own; that it may be asked by everyone is what is held to here.
TEST(KernelClock, Answers) { EXPECT_TRUE(is_kernel_clock_synchronised().has_value()); }

}  // namespace
}  // namespace ballast
