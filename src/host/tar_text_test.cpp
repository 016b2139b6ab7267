#include "host/tar_text.h"

#include <gtest/gtest.h>

#include "host/test_error.h"
#include "host/test_tar.h"

namespace ballast {
namespace {

TEST(TarTextTest, ReadsFilesAndTellsWhatIsNone) {
  const std::string large(70'000, 'x');
  const auto members = tar_members(TestTar()
                                       .add("stack/", '5')
                                       .add("stack/a", '0', "hello")
                                       .add("stack/empty", '0')
                                       .add("stack/large", '0', large)
                                       .add("stack/link", '2', {}, "/etc/passwd")
                                       .add("stack/hard", '1', {}, "stack/a")
                                       .add("stack/null", '3')
                                       .text());
  ASSERT_EQ(members.size(), 7u);
  EXPECT_EQ(members[0].type, FileType::directory);
  EXPECT_EQ(members[1].name, "stack/a");
  EXPECT_EQ(members[1].content, "hello");
  EXPECT_EQ(members[2].content, "");
  EXPECT_EQ(members[3].content, large);
  EXPECT_EQ(members[4].type, FileType::symlink);
  EXPECT_EQ(members[5].type, FileType::other);
  EXPECT_EQ(members[6].type, FileType::other);
}

TEST(TarTextTest, WhatIsCutOffIsAnError) {
  const std::string whole = TestTar().add("a", '0', std::string(5000, 'x')).text();
  for (const std::size_t length : {100u, 512u, 513u, 4000u}) {
    const Error error = error_of([&] { tar_members(std::string_view(whole).substr(0, length)); });
    EXPECT_TRUE(error.message().starts_with("it is no sound tar archive: ")) << length;
  }
  EXPECT_EQ(error_of([] { tar_members("nonsense"); }).kind(), Kind::failed);
}

}  // namespace
}  // namespace ballast
