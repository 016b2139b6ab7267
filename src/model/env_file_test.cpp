#include "model/env_file.h"

#include <gtest/gtest.h>

#include "model/model_test_support.h"

namespace ballast {
namespace {

constexpr const char* path = "/srv/stacks/x/.env";

EnvFile env(std::string text) { return {path, std::move(text)}; }

std::string file_error(std::string text) {
  return error_text(Kind::refused, [&] { env(std::move(text)); });
}

std::string tag_error(const std::string& text) {
  return error_text(Kind::refused, [&] { env(text).tag("ODOO_TAG"); });
}

TEST(EnvFileTest, ReadsValuesAsComposeDoes) {
  const EnvFile file =
      env("# heading\n"
          "\n"
          "PLAIN=a b\n"
          "  INDENTED = c \n"
          "COMMENT=d # not this\n"
          "HASH=e#f\n"
          "FRONT=#g\n"
          "EMPTY=\n"
          "SINGLE='h $PLAIN \\n'\n"
          "DOUBLE=\"i\\tj\\\"k\" # comment\n"
          "export EXPORTED=l\n"
          "URL=https://a:b@c/?d=e\n"
          "YAML: m\n"
          "NO_SIGN\n"
          "bad name=n\n"
          "PLAIN=last wins");
  EXPECT_EQ(file.value("PLAIN"), "last wins");
  EXPECT_EQ(file.value("INDENTED"), "c");
  EXPECT_EQ(file.value("COMMENT"), "d");
  EXPECT_EQ(file.value("HASH"), "e#f");
  EXPECT_EQ(file.value("FRONT"), "#g");
  EXPECT_EQ(file.value("EMPTY"), "");
  EXPECT_EQ(file.value("SINGLE"), "h $PLAIN \\n");
  EXPECT_EQ(file.value("DOUBLE"), "i\tj\"k");
  EXPECT_EQ(file.value("EXPORTED"), "l");
  EXPECT_EQ(file.value("URL"), "https://a:b@c/?d=e");
  EXPECT_EQ(file.value("YAML"), "m");
  EXPECT_EQ(file.value("NO_SIGN"), std::nullopt);
  EXPECT_EQ(file.value("bad name"), std::nullopt);
  EXPECT_EQ(file.values().size(), 11U);
}

TEST(EnvFileTest, VariablesOfEarlierLinesArePutIn) {
  const EnvFile file = env("A=1\nB=x${A}y\nC=\"$A-${NONE:-z}\"\nD=pa$$word\nE=\"\\$A\"\nF=$5\n");
  EXPECT_EQ(file.value("B"), "x1y");
  EXPECT_EQ(file.value("C"), "1-z");
  EXPECT_EQ(file.value("D"), "pa$word");
  EXPECT_EQ(file.value("E"), "$A");
  EXPECT_EQ(file.value("F"), "$5");
}

TEST(EnvFileTest, AQuotedValueMaySpanLines) {
  const EnvFile file = env("KEY=\"a\nODOO_TAG=not this\n\"\nODOO_TAG=sha-1\n");
  EXPECT_EQ(file.value("KEY"), "a\nODOO_TAG=not this\n");
  EXPECT_EQ(file.tag("ODOO_TAG"), "sha-1");
}

TEST(EnvFileTest, AByteOrderMarkIsSkippedAndKept) {
  const EnvFile file = env("\xEF\xBB\xBFODOO_TAG=a\n");
  EXPECT_EQ(file.tag("ODOO_TAG"), "a");
  EXPECT_EQ(file.with_tag("ODOO_TAG", "b"), "\xEF\xBB\xBFODOO_TAG=b\n");
}

TEST(EnvFileTest, RefusesWhatIsNoText) {
  EXPECT_EQ(file_error("A=1\r\nB=2\r\n"),
            "/srv/stacks/x/.env has Windows line ends (CRLF), first in line 1 | "
            "convert it with: sed -i 's/\\r$//' /srv/stacks/x/.env");
  EXPECT_EQ(file_error("A=1\nB=2\rC=3\n"),
            "/srv/stacks/x/.env has a carriage return inside line 2 | "
            "take it out with: sed -i 's/\\r//g' /srv/stacks/x/.env");
  EXPECT_EQ(file_error(std::string("A=1\n\nB=\0\n", 9)),
            "/srv/stacks/x/.env has a zero byte in line 3 | "
            "it is no text file: put the right one in its place");
  EXPECT_EQ(file_error("A=1\nB=\xE9\n"),
            "/srv/stacks/x/.env is not UTF-8 in line 2 | save it as UTF-8 and try again");
  EXPECT_EQ(file_error("A=1\nB=\"x\nC=3\n"),
            "/srv/stacks/x/.env has a quote in line 2 that is never closed | "
            "close it, or take it off");
}

TEST(EnvFileTest, TheTagLineMustBeThere) {
  EXPECT_EQ(tag_error("A=1\n"),
            "/srv/stacks/x/.env has no line `ODOO_TAG=…` | "
            "add the line ODOO_TAG=<the tag that runs now> and try again");
  EXPECT_EQ(tag_error(""),
            "/srv/stacks/x/.env has no line `ODOO_TAG=…` | "
            "add the line ODOO_TAG=<the tag that runs now> and try again");
  EXPECT_EQ(tag_error("OLD_ODOO_TAG=a\nODOO_TAGS=b\n"), tag_error(""));
}

TEST(EnvFileTest, TheTagLineMustBeTheOnlyOne) {
  EXPECT_EQ(tag_error("\n\nODOO_TAG=a\n\n\n\n\n\nODOO_TAG=b\n"),
            "/srv/stacks/x/.env sets ODOO_TAG twice (lines 3 and 9) | "
            "remove one of them; nothing was changed");
  EXPECT_EQ(tag_error("ODOO_TAG=a\nexport ODOO_TAG=a\nODOO_TAG=a"),
            "/srv/stacks/x/.env sets ODOO_TAG 3 times (lines 1, 2 and 3) | "
            "remove all but one of them; nothing was changed");
}

TEST(EnvFileTest, TheTagLineMustBePlain) {
  EXPECT_EQ(tag_error("A=1\n # ODOO_TAG=a\n"),
            "/srv/stacks/x/.env has ODOO_TAG commented out in line 2 | "
            "take the `#` off line 2 and try again");
  EXPECT_EQ(tag_error("#export ODOO_TAG=a\n"),
            "/srv/stacks/x/.env has ODOO_TAG commented out in line 1 | "
            "take the `#` off line 1 and try again");
  EXPECT_EQ(tag_error("export ODOO_TAG=a\n"),
            "/srv/stacks/x/.env has `export` before ODOO_TAG in line 1 | "
            "take `export ` off line 1 and try again");
  EXPECT_EQ(tag_error("A=1\nODOO_TAG=\"a\nb\"\n"),
            "/srv/stacks/x/.env splits the value of ODOO_TAG over lines 2 to 3 | "
            "write it in one line: ODOO_TAG=<the tag that runs now>");
  EXPECT_EQ(tag_error("ODOO_TAG=\"a\"b\n"),
            "/srv/stacks/x/.env has text behind the quoted value of ODOO_TAG in line 1 | "
            "leave only the tag there; a comment begins with a blank and `#`");
  EXPECT_EQ(tag_error("ODOO_TAG=${OTHER}\n"),
            "/srv/stacks/x/.env has no plain tag for ODOO_TAG in line 1: `${OTHER}` | "
            "write the tag itself: ODOO_TAG=<the tag that runs now>");
  EXPECT_EQ(tag_error("ODOO_TAG= # fill in\n"),
            "/srv/stacks/x/.env has no plain tag for ODOO_TAG in line 1: `# fill in` | "
            "write the tag itself: ODOO_TAG=<the tag that runs now>");
}

TEST(EnvFileTest, OnlyTheValueChanges) {
  const auto changed = [](const std::string& text) {
    return env(text).with_tag("ODOO_TAG", "new");
  };
  EXPECT_EQ(changed("ODOO_TAG=old"), "ODOO_TAG=new");
  EXPECT_EQ(changed("ODOO_TAG=old\n"), "ODOO_TAG=new\n");
  EXPECT_EQ(changed("ODOO_TAG="), "ODOO_TAG=new");
  EXPECT_EQ(changed("A=1\n\tODOO_TAG = old  # why\nB=2"), "A=1\n\tODOO_TAG = new  # why\nB=2");
  EXPECT_EQ(changed("ODOO_TAG='old' # why\n"), "ODOO_TAG='new' # why\n");
  EXPECT_EQ(changed("ODOO_TAG=\"\"\n\n\n"), "ODOO_TAG=\"new\"\n\n\n");
  EXPECT_EQ(changed("#ODOO_TAG=x\nODOO_TAG=old\nOLD=old\n"),
            "#ODOO_TAG=x\nODOO_TAG=new\nOLD=old\n");
}

TEST(EnvFileTest, WhatIsSetIsRead) {
  for (const char* text : {"ODOO_TAG=", "ODOO_TAG=a # b\n", "X=1\nODOO_TAG: 'c'\n",
                           "ODOO_TAG   =   \"d\"   # e", "A=\"x\ny\"\nODOO_TAG=z\nB='\n'\n"})
    for (const char* tag : {"sha-abc1234", "18.0", "x", "a@sha256:b"}) {
      const std::string changed = env(text).with_tag("ODOO_TAG", tag);
      EXPECT_EQ(env(changed).tag("ODOO_TAG"), tag) << text;
      EXPECT_EQ(env(changed).with_tag("ODOO_TAG", env(text).tag("ODOO_TAG")), text);
    }
}

TEST(EnvFileTest, ATagThatIsNoneIsNotWritten) {
  for (const char* tag : {"a b", "a\nB=c", "a\"", "$X", "a#", "é"})
    EXPECT_EQ(error_text(Kind::usage, [&] { env("T=x").with_tag("T", tag); })
                  .ends_with("cannot be the value of T in /srv/stacks/x/.env"),
              true)
        << tag;
  EXPECT_EQ(env("T=x").with_tag("T", ""), "T=");
}

}  // namespace
}  // namespace ballast
