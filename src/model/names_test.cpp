#include "model/names.h"

#include <gtest/gtest.h>

#include "model/model_test_support.h"

namespace ballast {
namespace {

std::string tag_error(std::string_view tag) {
  return error_text(Kind::usage, [&] { require_tag(tag); });
}

std::string stack_error(std::string_view name) {
  return error_text(Kind::usage, [&] { require_stack_name(name); });
}

std::string field_error(std::string_view value, std::size_t limit = 128) {
  return error_text(Kind::usage, [&] { require_field("the operator", value, limit); });
}

const std::string tag_hint = " | a tag has letters, digits, `_`, `.` and `-`, at most 128";
const std::string stack_hint =
    " | a stack name has a-z, 0-9, `_` and `-`, begins with a letter or digit, at most 63";
const std::string field_hint =
    " | leave `|`, line breaks and control characters out: the history has one line a release";

TEST(NamesTest, GoodTags) {
  for (const char* tag : {"sha-abc1234", "18.0", "_x", "V1.0-rc.1", "latest", "0"})
    EXPECT_EQ(tag_error(tag), "no error") << tag;
  EXPECT_EQ(tag_error(std::string(128, 'a')), "no error");
}

TEST(NamesTest, BadTags) {
  EXPECT_EQ(tag_error(""), "the tag is empty" + tag_hint);
  EXPECT_EQ(tag_error("a b"), "`a b` is not a tag: blank at character 2" + tag_hint);
  EXPECT_EQ(tag_error("a\nb"), "`a\\nb` is not a tag: line break at character 2" + tag_hint);
  EXPECT_EQ(tag_error("a\x1b[2J"), "`a\\x1b[2J` is not a tag: `\\x1b` at character 2" + tag_hint);
  EXPECT_EQ(tag_error("a/b"), "`a/b` is not a tag: `/` at character 2" + tag_hint);
  EXPECT_EQ(tag_error("aéb:c"), "`aéb:c` is not a tag: `é` at character 2" + tag_hint);
  EXPECT_EQ(tag_error("ab\xff"), "`ab\\xff` is not a tag: `\\xff` at character 3" + tag_hint);
  EXPECT_EQ(tag_error(std::string_view("a\0b", 3)),
            "`a\\x00b` is not a tag: `\\x00` at character 2" + tag_hint);
}

TEST(NamesTest, ATagIsNeverAnOption) {
  EXPECT_EQ(tag_error("--to"),
            "`--to` is not a tag: `-` at character 1 | a tag begins with a letter, a digit or `_`");
  EXPECT_EQ(tag_error(".a"),
            "`.a` is not a tag: `.` at character 1 | a tag begins with a letter, a digit or `_`");
}

TEST(NamesTest, LongTagsAreShortened) {
  EXPECT_EQ(
      tag_error(std::string(5000, 'a')),
      "`" + std::string(60, 'a') + "…` is not a tag: 5000 characters, at most 128" + tag_hint);
}

TEST(NamesTest, StackNames) {
  for (const char* name : {"shop", "odoo18-prod", "0", "a_b"})
    EXPECT_EQ(stack_error(name), "no error") << name;
  EXPECT_EQ(stack_error(std::string(63, 'a')), "no error");
  EXPECT_EQ(stack_error(""), "the name of the stack is empty" + stack_hint);
  EXPECT_EQ(stack_error("Shop"), "`Shop` is not a stack name: `S` at character 1" + stack_hint);
  EXPECT_EQ(stack_error("-shop"), "`-shop` is not a stack name: `-` at character 1" + stack_hint);
  EXPECT_EQ(stack_error("../etc"), "`../etc` is not a stack name: `.` at character 1" + stack_hint);
  EXPECT_EQ(stack_error(std::string(64, 'a')),
            "`" + std::string(60, 'a') + "…` is not a stack name: 64 characters, at most 63" +
                stack_hint);
}

TEST(NamesTest, Operators) {
  const auto error = [](std::string_view name) {
    return error_text(Kind::usage, [&] { require_operator("the operator", name); });
  };
  const std::string hint =
      " | an operator has no blanks and no characters of the shell, like ken or ken@example.com";
  for (const char* name :
       {"ken", "ken@example.com", "github-actions[bot]", "健", "disaster-recovery"})
    EXPECT_EQ(error(name), "no error") << name;
  EXPECT_EQ(error("ken smith"), "the operator `ken smith` has a blank at character 4" + hint);
  EXPECT_EQ(error("$(reboot)"), "the operator `$(reboot)` has a `$` at character 1" + hint);
  for (const char letter : std::string(";&<>()$`\"'\\*?!#~{}|"))
    EXPECT_EQ(
        error(std::string("a") + letter),
        std::string("the operator `a") + letter + "` has a `" + letter + "` at character 2" + hint);
  EXPECT_EQ(error(""), "the operator is empty" + hint);
  EXPECT_EQ(error(std::string(129, 'a')),
            "the operator `" + std::string(60, 'a') +
                "…` is too long: 129 bytes, at most 128 | say it shorter");
}

TEST(NamesTest, Fields) {
  for (const char* value : {"ken", "Ken O'Hara <ken@example.com>", "健", "a b"})
    EXPECT_EQ(field_error(value), "no error") << value;
  EXPECT_EQ(field_error(""), "the operator is empty" + field_hint);
  EXPECT_EQ(field_error("  "), "the operator is empty" + field_hint);
  EXPECT_EQ(field_error("a|b"), "the operator `a|b` has a `|` at character 2" + field_hint);
  EXPECT_EQ(field_error("健\n"),
            "the operator `健\\n` has a line break at character 2" + field_hint);
  EXPECT_EQ(field_error("a\tb"),
            "the operator `a\\x09b` has a `\\x09` at character 2" + field_hint);
  EXPECT_EQ(field_error("a\xc3"),
            "the operator `a\\xc3` has a `\\xc3` at character 2 | write it in UTF-8");
  EXPECT_EQ(field_error("aaaa", 3),
            "the operator `aaaa` is too long: 4 bytes, at most 3 | say it shorter");
}

}  // namespace
}  // namespace ballast
