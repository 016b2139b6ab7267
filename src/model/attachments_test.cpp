#include "model/attachments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "model/model_test_support.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string first = "00/00e4d8bd1ff7df4e65b3a5d66a5be1a8a1f1e6d2";
const std::string second = "a9/a94a8fe5ccb19ba61c4c0873d391e987982fbbd3";
const std::string third = "ff/ff4a8fe5ccb19ba61c4c0873d391e987982fbbd3";
const std::string hint = " | the set is damaged: `ballast backup verify` says what else is";

std::vector<AttachmentName> parse_attachments(std::string_view text) {
  std::vector<AttachmentName> names;
  AttachmentReader reader("x.attachments");
  reader.add(text, names);
  reader.end();
  return names;
}

std::string list_error(std::string_view text) {
  return error_text(Kind::failed, [&] { parse_attachments(text); });
}

TEST(AttachmentsTest, ANameIsItsContentsHash) {
  const std::string hash = sha1_hex("test");
  const auto name = parse_attachment_name(hash.substr(0, 2) + "/" + hash);
  ASSERT_TRUE(name);
  EXPECT_EQ(name->text(), second);
  EXPECT_EQ(name->hex(), hash);
}

TEST(AttachmentsTest, WhatIsNoName) {
  for (const std::string& text :
       {std::string(), second.substr(3), "a8" + second.substr(2), second + "0",
        second.substr(0, 42), "A9/A94A8FE5CCB19BA61C4C0873D391E987982FBBD3" + std::string(),
        "../" + second.substr(3), "checklist/" + second, std::string(43, '/'),
        "a9/a94a8fe5ccb19ba61c4c0873d391e987982fbbdg" + std::string()})
    EXPECT_FALSE(parse_attachment_name(text)) << text;
}

TEST(AttachmentsTest, ItsFolderIsItsFirstByte) {
  EXPECT_EQ(attachment_folder(0), "00");
  EXPECT_EQ(attachment_folder(parse_attachment_name(second)->sha1[0]), "a9");
  EXPECT_EQ(attachment_folder(attachment_folders - 1), "ff");
}

TEST(AttachmentsTest, SortAsTheirTexts) {
  EXPECT_LT(*parse_attachment_name(first), *parse_attachment_name(second));
  EXPECT_LT(*parse_attachment_name(second), *parse_attachment_name(third));
}

TEST(AttachmentsTest, ListsReadBack) {
  const std::string text = first + "\n" + second + "\n" + third + "\n";
  const auto names = parse_attachments(text);
  EXPECT_THAT(names, ElementsAre(parse_attachment_name(first), parse_attachment_name(second),
                                 parse_attachment_name(third)));
  EXPECT_EQ(print_attachments(names), text);
  EXPECT_THAT(parse_attachments(""), IsEmpty());
  EXPECT_EQ(print_attachments({}), "");
}

TEST(AttachmentsTest, ListsAreReadInPieces) {
  const std::string text = first + "\n" + second + "\n" + third + "\n";
  for (std::size_t length = 1; length <= text.size(); ++length) {
    std::vector<AttachmentName> names;
    AttachmentReader reader("x.attachments");
    for (std::size_t begin = 0; begin < text.size(); begin += length)
      reader.add(std::string_view(text).substr(begin, length), names);
    reader.end();
    EXPECT_EQ(print_attachments(names), text);
  }
}

TEST(AttachmentsTest, DamagedLists) {
  EXPECT_EQ(
      list_error(first + "\n" + second + "\n" + second + "\n"),
      "x.attachments:3: " + second + " comes after " + second + ": the list is not sorted" + hint);
  EXPECT_EQ(
      list_error(third + "\n" + second + "\n"),
      "x.attachments:2: " + second + " comes after " + third + ": the list is not sorted" + hint);
  EXPECT_EQ(list_error(first + "\n" + second), "x.attachments:2: the line is cut off" + hint);
  EXPECT_EQ(list_error(first + "\n" + second.substr(0, 9) + "\n"),
            "x.attachments:2: `a9/a94a8f` is not the name of an attachment" + hint);
  EXPECT_EQ(list_error("\n"), "x.attachments:1: `` is not the name of an attachment" + hint);
  EXPECT_EQ(
      list_error(std::string(1000, '\0')), "x.attachments:1: `" +
                                               [] {
                                                 std::string zeros;
                                                 for (int left = 60; left > 0; --left)
                                                   zeros += "\\x00";
                                                 return zeros;
                                               }() +
                                               "…` is not the name of an attachment" + hint);
}

TEST(AttachmentsTest, EveryCutIsSeenUnlessItIsBetweenLines) {
  const std::string text = first + "\n" + second + "\n";
  for (std::size_t length = 0; length < text.size(); ++length) {
    const bool between = length == 0 || text[length - 1] == '\n';
    EXPECT_EQ(list_error(text.substr(0, length)) == "no error", between) << length;
  }
}

}  // namespace
}  // namespace ballast
