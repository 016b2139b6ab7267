#include "gate/gate_talk.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

using std::string_literals::operator""s;

TEST(GateTalkTest, EveryByteOfAQuestionArrives) {
  const GateQuestion question{.key = "ci", .command = "a\0\n\"\xff"s};
  const std::string text = question_text(question);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  const auto parsed = parse_question(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->key, question.key);
  EXPECT_EQ(parsed->command, question.command);
}

TEST(GateTalkTest, WhatIsNoQuestionIsNone) {
  for (const char* text :
       {"", "{}", "[]", "status", R"({"schema":"ballast.control/1","ask":"status"})",
        R"({"schema":"ballast.gate/1","key":"?","command":""})"})
    EXPECT_FALSE(parse_question(text)) << text;
}

TEST(GateTalkTest, SayingsGoOneToALine) {
  using Kind = GateSaying::Kind;
  EXPECT_EQ(saying_text({.kind = Kind::out, .line = "a\nb"}), "{\"out\":\"a\\nb\"}\n");
  EXPECT_EQ(saying_text({.kind = Kind::alive}), "{\"alive\":true}\n");
  for (const GateSaying& saying :
       {GateSaying{.kind = Kind::out, .line = "x"}, GateSaying{.kind = Kind::error, .line = "y"},
        GateSaying{}, GateSaying{.kind = Kind::exit, .line = {}, .status = 4}}) {
    const auto parsed = parse_saying(saying_text(saying));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->kind, saying.kind);
    EXPECT_EQ(parsed->line, saying.line);
    EXPECT_EQ(parsed->status, saying.status);
  }
  EXPECT_FALSE(parse_saying("{}"));
  EXPECT_FALSE(parse_saying("7"));
}

}  // namespace
}  // namespace ballast
