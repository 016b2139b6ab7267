#include "backup/seen_names.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

AttachmentName name_of(const std::string& hex) {
  return parse_attachment_name(hex.substr(0, 2) + "/" + hex).value();
}

TEST(SeenNamesTest, HasWhatWasAddedInWhateverOrder) {
  const auto first = name_of("aa000000000000000100" + std::string(20, '0'));
  const auto second = name_of("aaff0000000000000000" + std::string(20, '0'));
  const auto other_folder = name_of("ab000000000000000100" + std::string(20, '0'));
  SeenNames seen;
  seen.reserve(0xaa, 2);
  seen.add(second);
  seen.add(first);
  seen.sort();
  EXPECT_TRUE(seen.has(first));
  EXPECT_TRUE(seen.has(second));
  EXPECT_FALSE(seen.has(other_folder));
  EXPECT_FALSE(seen.has(name_of("aa000000000000000000" + std::string(20, '0'))));
  EXPECT_EQ(seen.size(), 2U);
  seen.clear();
  EXPECT_FALSE(seen.has(first));
}

}  // namespace
}  // namespace ballast
