#include "model/utf8.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(Utf8Test, LengthsOfGoodCharacters) {
  EXPECT_EQ(utf8_length("a"), 1U);
  EXPECT_EQ(utf8_length("é"), 2U);
  EXPECT_EQ(utf8_length("健x"), 3U);
  EXPECT_EQ(utf8_length("\xF0\x9F\x9A\xA2"), 4U);
  EXPECT_EQ(utf8_length(std::string_view("\0", 1)), 1U);
}

TEST(Utf8Test, WhatIsNotUtf8) {
  for (const char* text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"})
    EXPECT_EQ(utf8_length(text), 0U);
}

TEST(Utf8Test, FindsTheFirstBadByte) {
  EXPECT_EQ(first_not_utf8(""), std::nullopt);
  EXPECT_EQ(first_not_utf8("añ健"), std::nullopt);
  EXPECT_EQ(first_not_utf8("añ\xFFz"), 3U);
}

}  // namespace
}  // namespace ballast
