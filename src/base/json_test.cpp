#include "base/json.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(Json, KeepsTheOrderOfKeys) {
  const auto json = parse_json(R"({"z": 1, "a": [true, null, "x"]})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json_text(*json), R"({"z":1,"a":[true,null,"x"]})");
}

TEST(Json, WhatIsNotJsonIsNothing) {
  for (const char* text : {"", "{", "{} {}", "nul", "{'a': 1}", "[1,]", "\xff"})
    EXPECT_FALSE(parse_json(text)) << text;
}

TEST(Json, NestingIsLimited) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(256)));
  EXPECT_FALSE(parse_json(nested(258)));
  EXPECT_FALSE(parse_json(nested(200'000)));
  EXPECT_FALSE(parse_json(std::string(200'000, '[')));
}

TEST(Json, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(json_text(Json{{"a", "x\xffy"}}), "{\"a\":\"x\xef\xbf\xbdy\"}");
}

TEST(Json, PrintsOneLine) { EXPECT_EQ(json_text(Json("a\nb\x01é")), R"("a\nb\u0001é")"); }

TEST(Json, PrintsManyLines) {
  EXPECT_EQ(
      pretty_json(Json{{"z", 1}, {"a", Json::array({"é\xff", nullptr})}, {"b", Json::object()}}),
      "{\n  \"z\": 1,\n  \"a\": [\n    \"é\xef\xbf\xbd\",\n    null\n  ],\n  \"b\": {}\n}\n");
}

TEST(Json, ReadsWhatIsThere) {
  const auto json = parse_json(R"({"text": "x", "number": -3, "flag": true, "inner": {"a": 1}})");
  EXPECT_EQ(text_at(*json, "text"), "x");
  EXPECT_EQ(number_at(*json, "number"), -3);
  EXPECT_TRUE(flag_at(*json, "flag"));
  EXPECT_EQ(number_at(member(*json, "inner"), "a"), 1);
}

TEST(Json, FallsBackWhenAbsentNullOrOfAnotherType) {
  const auto json = parse_json(R"({"text": 1, "number": "1", "flag": 1, "none": null})");
  EXPECT_EQ(text_at(*json, "text", "d"), "d");
  EXPECT_EQ(text_at(*json, "none", "d"), "d");
  EXPECT_EQ(text_at(*json, "absent"), "");
  EXPECT_EQ(number_at(*json, "number", 7), 7);
  EXPECT_EQ(number_at(*json, "none"), 0);
  EXPECT_TRUE(flag_at(*json, "flag", true));
  EXPECT_TRUE(member(*json, "absent").is_null());
}

TEST(Json, AsksAnythingWithoutThrowing) {
  for (const char* text : {"[]", "1", "null", "\"a\""}) {
    const auto json = parse_json(text);
    EXPECT_EQ(text_at(*json, "a", "d"), "d");
    EXPECT_TRUE(member(*json, "a").is_null());
  }
}

TEST(Json, NumbersThatDoNotFitFallBack) {
  const auto json = parse_json(
      R"({"max": 9223372036854775807, "over": 9223372036854775808, "real": 1.5, "huge": 1e400})");
  EXPECT_FALSE(json);  // 1e400 is no number that JSON can hold here
  const auto fine =
      parse_json(R"({"max": 9223372036854775807, "over": 9223372036854775808, "real": 1.5})");
  EXPECT_EQ(number_at(*fine, "max"), 9223372036854775807LL);
  EXPECT_EQ(number_at(*fine, "over", 5), 5);
  EXPECT_EQ(number_at(*fine, "real", 5), 5);
}

}  // namespace
}  // namespace ballast
