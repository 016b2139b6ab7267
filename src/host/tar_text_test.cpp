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

TEST(TarTextTest, TheFirstMemberIsFoundBehindHeadersThatSpeakOfIt) {
  const std::string text(700, 'a');
  const auto file = first_tar_member(TestTar()
                                         .add("x", 'x', "30 mtime=1350244992.023960108\n")
                                         .add("././@LongLink", 'L', std::string("name\0", 5))
                                         .add("a", '0', text)
                                         .add("b", '0', "b")
                                         .text(),
                                     700);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "name");
  EXPECT_EQ(file->type, FileType::regular);
  EXPECT_EQ(file->content, text);
  EXPECT_EQ(file->size, 700U);
  EXPECT_EQ(first_tar_member(TestTar().add("a", '5').text(), 9)->type, FileType::directory);
  EXPECT_EQ(first_tar_member(TestTar().add("a", '2', {}, "b").text(), 9)->type, FileType::symlink);
  EXPECT_EQ(first_tar_member(TestTar().add("a", '3').text(), 9)->type, FileType::other);
  EXPECT_EQ(first_tar_member(TestTar().add("a", '0').text(), 9)->content, "");
}

TEST(TarTextTest, TheFirstMemberOfAnArchiveThatIsCutAtEveryLength) {
  const std::string whole = TestTar()
                                .add("x", 'x', "30 mtime=1350244992.023960108\n")
                                .add("a", '0', std::string(600, 'a'))
                                .text();
  constexpr std::size_t headers = 3 * 512;
  for (std::size_t length = 0; length < headers + 700; ++length) {
    const std::string_view cut = std::string_view(whole).substr(0, length);
    const auto large = first_tar_member(cut, 599);
    ASSERT_EQ(large.has_value(), length >= headers) << length;
    if (large) EXPECT_EQ(std::pair(large->size, large->content), std::pair(600UL, std::string()));
    const auto small = first_tar_member(cut, 600);
    ASSERT_EQ(small.has_value(), length >= headers + 600) << length;
  }
  EXPECT_FALSE(first_tar_member(std::string(1024, '\xff'), 9));
  EXPECT_FALSE(first_tar_member(std::string(1024, '\0'), 9));
}

}  // namespace
}  // namespace ballast
