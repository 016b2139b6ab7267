#include "model/network.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

bool holds(std::string_view network, std::string_view address) {
  return parse_network(network).value().holds(parse_address(address).value());
}

TEST(NetworkTest, HoldsWhatHasItsPrefix) {
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(holds("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(holds("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(holds("192.0.2.7", "192.0.2.8"));
  EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
  EXPECT_TRUE(holds("2001:db8::/32", "2001:db8:ffff::1"));
  EXPECT_FALSE(holds("2001:db8::/32", "2001:db9::1"));
  EXPECT_TRUE(holds("::1", "0:0:0:0:0:0:0:1"));
  EXPECT_TRUE(holds("fe80::/10", "fe80::1%eth0"));
}

TEST(NetworkTest, OneFamilyIsNotTheOther) {
  EXPECT_FALSE(holds("::/0", "192.0.2.1"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(holds("192.0.2.0/24", "::ffff:192.0.2.1"));
  EXPECT_FALSE(holds("::/0", "::ffff:192.0.2.1"));
}

TEST(NetworkTest, WhatIsNoneIsNone) {
  for (const char* text :
       {"",          "1",        "1.2.3",   "1.2.3.4.5", "256.1.1.1",         "01.2.3.4",
        "1.2.3.-4",  "1.2.3.4 ", "a.b.c.d", ":",         "1:2:3:4:5:6:7",     "1:2:3:4:5:6:7:8:9",
        "::1::2",    ":::",      "12345::", "::g",       "1:2:3:4:5:6:7:8::", "::1.2.3",
        "1.2.3.4::", "localhost"})
    EXPECT_FALSE(parse_address(text)) << text;
  for (const char* text :
       {"192.0.2.7/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "::/129", "2001:db8::1/32",
        "192.0.2.0/24/8", "::ffff:192.0.2.0/120", "fe80::%eth0/64", "/8"})
    EXPECT_FALSE(parse_network(text)) << text;
}

}  // namespace
}  // namespace ballast
