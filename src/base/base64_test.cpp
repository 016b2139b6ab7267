#include "base/base64.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(Base64Test, TheExamplesOfTheRfc) {
  const std::string plain = "foobar";
  const char* const encoded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
  for (std::size_t length = 0; length <= plain.size(); ++length) {
    EXPECT_EQ(base64(plain.substr(0, length)), encoded[length]);
    EXPECT_EQ(base64_decoded(encoded[length]), plain.substr(0, length));
  }
}

TEST(Base64Test, ForUrlsItHasOtherLetters) {
  EXPECT_EQ(base64("\xff\xef"), "/+8=");
  EXPECT_EQ(base64_url("\xff\xef"), "_-8=");
}

TEST(Base64Test, WhatIsNone) {
  for (const char* text : {"Zg", "Zg=", "Z", "Zm9?"}) EXPECT_EQ(base64_decoded(text), std::nullopt);
}

}  // namespace
}  // namespace ballast
