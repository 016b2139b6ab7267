#include "model/variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/compose_file.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> variables(std::string_view scalar) {
  std::vector<std::string> texts;
  for (const ComposeVariable& variable : variables_of(scalar))
    texts.push_back(variable.name + (variable.required ? " required" : "") +
                    (variable.has_default ? " default" : "") +
                    (variable.empty_is_unset ? " colon" : "") + (variable.nested ? " nested" : ""));
  return texts;
}

TEST(VariablesTest, VariablesOfAScalar) {
  EXPECT_THAT(variables("a ${A} $B $$C ${D:-d}${E-e} ${F:?f} ${G?} ${H:+h}${I+i}"),
              ElementsAre("A", "B", "D default colon", "E default", "F required colon",
                          "G required", "H default colon", "I default"));
  EXPECT_THAT(variables("${IMAGE:-acme/odoo:${ODOO_TAG}}"),
              ElementsAre("IMAGE default colon", "ODOO_TAG nested"));
  EXPECT_THAT(variables("$ 5$ ${} ${1} ${A ${B"), IsEmpty());
  EXPECT_THAT(variables("$$$A ${A}B"), ElementsAre("A", "A"));
}

TEST(VariablesTest, ExpandsVariables) {
  const std::map<std::string, std::string> values{{"A", "1"}, {"E", ""}};
  const auto expand = [&](std::string_view text) { return expand_variables(text, values); };
  EXPECT_EQ(expand("x${A}y$A $B."), "x1y1 .");
  EXPECT_EQ(expand("$$A $${A} $$$A"), "$A ${A} $1");
  EXPECT_EQ(expand("${B:-d} ${B-d} ${A:-d} ${E:-d} ${E-d}."), "d d 1 d .");
  EXPECT_EQ(expand("${A:+s} ${B:+s} ${E:+s} ${E+s}."), "s   s.");
  EXPECT_EQ(expand("${A:?m} ${B:?m}."), "1 .");
  EXPECT_EQ(expand("${B:-${C:-${A}}}"), "1");
  EXPECT_EQ(expand("${B:-x:${A}}:y"), "x:1:y");
  EXPECT_EQ(expand("100% $ ${ ${1} $1 }"), "100% $ ${ ${1} $1 }");
}

TEST(VariablesTest, NestingWithoutEndEnds) {
  std::string text;
  for (int depth = 0; depth < 50'000; ++depth) text += "${A:-";
  EXPECT_EQ(expand_variables(text, {}), text);
  text += std::string(50'000, '}');
  EXPECT_LE(variables_of(text).size(), 100U);
  EXPECT_FALSE(expand_variables(text, {}).empty());
}

TEST(VariablesTest, Names) {
  for (const char* name : {"A", "_", "ODOO_TAG", "a1"}) EXPECT_TRUE(is_variable_name(name)) << name;
  for (const char* name : {"", "1A", "A-B", "$A", "A ", "é"})
    EXPECT_FALSE(is_variable_name(name)) << name;
}

}  // namespace
}  // namespace ballast
