#include "model/yaml.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/model_test_support.h"

namespace ballast {
namespace {

Yaml yaml(std::string_view text) { return parse_yaml("a.yaml", text); }

std::string yaml_error(std::string_view text) {
  return error_text(Kind::usage, [&] { yaml(text); });
}

// Everything but the lines.
std::string shape(const Yaml& node) {
  std::string text;
  switch (node.type) {
    case Yaml::Type::null: return "~";
    case Yaml::Type::scalar: return node.quoted ? "'" + node.scalar + "'" : node.scalar;
    case Yaml::Type::list:
      for (const Yaml& item : node.items) text += (text.empty() ? "" : ",") + shape(item);
      return "[" + text + "]";
    case Yaml::Type::map:
      for (const auto& [key, value] : node.entries)
        text += (text.empty() ? "" : ",") + shape(key) + ":" + shape(value);
      return "{" + text + "}";
  }
  return "";
}

TEST(YamlTest, ReadsTheTree) {
  EXPECT_EQ(shape(yaml("")), "~");
  EXPECT_EQ(shape(yaml("# only this\n")), "~");
  EXPECT_EQ(shape(yaml("a: 1\nb: ['2', ~, \"\"]\nc:\n  - d: e\nf:\n")),
            "{a:1,b:['2',~,''],c:[{d:e}],f:~}");
  EXPECT_EQ(shape(yaml("a: |\n  b\n  c\n")), "{a:'b\nc\n'}");
}

TEST(YamlTest, KnowsTheLines) {
  const Yaml root = yaml("a: 1\n\nb:\n  - c\n  - d:\n    e: f\ng:\nh: x\n");
  EXPECT_EQ(root.find("a")->line, 1);
  EXPECT_EQ(root.find("b")->items.at(0).line, 4);
  EXPECT_EQ(root.find("b")->items.at(1).find("e")->line, 6);
  EXPECT_EQ(root.find("g")->line, 7);
  EXPECT_EQ(root.find("h")->line, 8);
  EXPECT_EQ(root.find("i"), nullptr);
}

TEST(YamlTest, ResolvesAliasesAndMerges) {
  EXPECT_EQ(shape(yaml("a: &x {b: 1, c: 2}\nd: *x\n")), "{a:{b:1,c:2},d:{b:1,c:2}}");
  EXPECT_EQ(shape(yaml("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  b: 3\n")), "{a:{b:1,c:2},d:{b:3,c:2}}");
  EXPECT_EQ(shape(yaml("a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne:\n  <<: [*x, *y]\n  f: 4\n")),
            "{a:{b:1},c:{b:2,d:3},e:{f:4,b:1,d:3}}");
  EXPECT_EQ(shape(yaml("a: &x {b: &z 1}\nc: &y {<<: *x}\nd: {<<: *y}\ne: *z")),
            "{a:{b:1},c:{b:1},d:{b:1},e:1}");
  EXPECT_EQ(shape(yaml("'<<': 1")), "{'<<':1}");
}

TEST(YamlTest, RefusesWhatIsBroken) {
  EXPECT_EQ(yaml_error("a: 1\nb: c: d\n"),
            "a.yaml:2: not YAML: illegal map value | "
            "look at the blanks and quotes of that line and the one above");
  EXPECT_EQ(yaml_error("a: [1, 2\n"),
            "a.yaml:2: not YAML: end of sequence flow not found | "
            "look at the blanks and quotes of that line and the one above");
  EXPECT_EQ(yaml_error("a: 1\n\nb: 2\na: 3\n"),
            "a.yaml:4: the key `a` stands here twice | keep one of the two");
  EXPECT_EQ(yaml_error("a: 1\n---\nb: 2\n"),
            "a.yaml:2: a second YAML document begins here | keep one document in the file");
  EXPECT_EQ(yaml_error("? [a]\n: b\n"), "a.yaml:1: a key must be a word | write `key: value`");
  EXPECT_EQ(yaml_error("a: 1\nb: {<<: [1]}\n"),
            "a.yaml:2: `<<` merges maps only | write `<<: *name` of a map");
  EXPECT_EQ(yaml_error("a: &x [*x]\n"), "a.yaml:1: an alias stands inside what it names");
  EXPECT_EQ(yaml_error("a: 1\nb: \xFF\n"), "a.yaml:2: not UTF-8");
  EXPECT_EQ(yaml_error(std::string_view("a: \0", 4)),
            "a.yaml:1: a zero byte: this is no text file");
}

TEST(YamlTest, RefusesWhatIsTooDeepOrTooLarge) {
  EXPECT_EQ(yaml_error(std::string(64, '[') + std::string(64, ']')), "no error");
  EXPECT_EQ(yaml_error(std::string(65, '[') + std::string(65, ']')),
            "a.yaml:1: nested deeper than 64");
  EXPECT_EQ(yaml_error(std::string(100'000, '[')), "a.yaml:1: nested deeper than 64");
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int level = 1; level < 10; ++level) {
    bomb += fmt::format("a{0}: &a{0} [", level);
    for (int item = 0; item < 10; ++item) bomb += fmt::format("*a{},", level - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(yaml_error(bomb), "a.yaml:6: expands to more than 1000000 values");
}

TEST(YamlTest, DepthCountsWhatAliasesBring) {
  std::string text = "a: &a " + std::string(40, '[') + std::string(40, ']') + "\n";
  text += "b: " + std::string(40, '[') + "*a" + std::string(40, ']') + "\n";
  EXPECT_EQ(yaml_error(text), "a.yaml:1: nested deeper than 64");
}

TEST(YamlTest, PrintsScalars) {
  for (const char* plain : {"web", "/var/lib/odoo", "https://shop.example.com", "sha-abc", "120s",
                            "85%", "--max-cron-threads=0", "a.b_c"})
    EXPECT_EQ(yaml_scalar(plain), plain);
  EXPECT_EQ(yaml_scalar(""), "\"\"");
  EXPECT_EQ(yaml_scalar("18.0"), "\"18.0\"");
  EXPECT_EQ(yaml_scalar("Off"), "\"Off\"");
  EXPECT_EQ(yaml_scalar("null"), "\"null\"");
  EXPECT_EQ(yaml_scalar("a b: \"c\"\n\\"), "\"a b: \\\"c\\\"\\n\\\\\"");
  EXPECT_EQ(yaml_scalar("sha-[0-9a-f]{7,40}"), "\"sha-[0-9a-f]{7,40}\"");
}

TEST(YamlTest, WhatIsPrintedReadsBack) {
  for (const char* text : {"",    "~",   "yes", "0x1f", "a: b", "#x",     "- a", "-",  "--",
                           "---", "é健", "'",   "\"",   "\\n",  "a\nb\t", "&a",  "*a", "!a",
                           "%a",  "@a",  "{a}", " a ",  "a:",   "1e5",    "=",   "<<"}) {
    EXPECT_EQ(yaml("k: " + yaml_scalar(text)).find("k")->scalar, text);
    EXPECT_EQ(yaml("[" + yaml_scalar(text) + "]").items.at(0).scalar, text);
  }
}

}  // namespace
}  // namespace ballast
