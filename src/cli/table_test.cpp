#include "cli/table.h"

#include <gtest/gtest.h>

namespace ballast {

namespace {

Table names() {
  Table table({"NAME", "TAG"});
  table.row({"shop", "sha-a1"});
  table.row({"büro", {"sha-a000002", Colour::green}});
  return table;
}

TEST(Table, AlignsByCodePoints) {
  Table table({"NAME", "TAG"});
  table.row({"büro", "x"});
  table.row({"longer", "y"});
  EXPECT_EQ(table.text(0, false),
            "NAME    TAG\n"
            "büro    x\n"
            "longer  y\n");
}

TEST(Table, TheWidestColumnGivesWayFirst) {
  EXPECT_EQ(names().text(14, false),
            "NAME  TAG\n"
            "shop  sha-a1\n"
            "büro  sha-a00…\n");
}

TEST(Table, NeverBecomesUnreadablyNarrow) {
  EXPECT_EQ(names().text(3, false),
            "NAME  TAG\n"
            "shop  sha-a1\n"
            "büro  sha-a…\n");
}

TEST(Table, ColoursDoNotCount) {
  EXPECT_EQ(names().text(0, true),
            "\x1b[2mNAME\x1b[0m  \x1b[2mTAG\x1b[0m\n"
            "shop  sha-a1\n"
            "büro  \x1b[32msha-a000002\x1b[0m\n");
}

TEST(Table, NoLineEndsInBlanksAndNoTitlesMeansNoTitleLine) {
  Table table({"", "", ""}, 2);
  table.row({"a", "", "c"});
  table.row({"longer"});
  EXPECT_EQ(table.text(0, false),
            "  a       c\n"
            "  longer\n");
}

TEST(Table, MakesControlCharactersVisible) {
  Table table({""});
  table.row({"a\x1b[31mb"});
  EXPECT_EQ(table.text(0, false).find('\x1b'), std::string::npos);
}

TEST(CutToWidth, KeepsCodePointsWhole) {
  EXPECT_EQ(cut_to_width("äöü", 3), "äöü");
  EXPECT_EQ(cut_to_width("äöü", 2), "ä…");
  EXPECT_EQ(cut_to_width("äöü", 1), "…");
  EXPECT_EQ(cut_to_width("äöü", 0), "");
}

}  // namespace

}  // namespace ballast
