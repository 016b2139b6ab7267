#include "base/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace ballast {
namespace {

using Words = std::vector<std::string>;
using std::string_view_literals::operator""sv;

TEST(Text, Trim) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim(" \n "), "");
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (Words{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), Words{""});
  EXPECT_EQ(split("a", ','), Words{"a"});
}

TEST(Text, SplitLines) {
  EXPECT_EQ(split_lines(""), Words{});
  EXPECT_EQ(split_lines("\n"), Words{""});
  EXPECT_EQ(split_lines("a\nb"), (Words{"a", "b"}));
  EXPECT_EQ(split_lines("a\n\nb\n"), (Words{"a", "", "b"}));
}

TEST(Text, SplitWords) {
  EXPECT_EQ(split_words(" a \t b\nc "), (Words{"a", "b", "c"}));
  EXPECT_EQ(split_words("  "), Words{});
}

TEST(Text, Join) {
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join({}, ", "), "");
}

TEST(Text, ReplaceAll) {
  EXPECT_EQ(replace_all("aXbX", "X", "XX"), "aXXbXX");
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
  EXPECT_EQ(replace_all("", "a", "x"), "");
  EXPECT_EQ(replace_all(std::string(1'000'000, 'a'), "a", "").size(), 0U);
}

TEST(Text, Lower) { EXPECT_EQ(lower("AbZ-É1"), "abz-É1"); }

TEST(Text, IsHex) {
  EXPECT_TRUE(is_hex("0123456789abcdef"));
  EXPECT_FALSE(is_hex(""));
  EXPECT_FALSE(is_hex("ABC"));
  EXPECT_FALSE(is_hex("abg"));
}

TEST(ShellWords, SplitAsAShellDoes) {
  EXPECT_EQ(split_shell_words("a  'b c' \"d e\"f\\ g"), (Words{"a", "b c", "d ef g"}));
  EXPECT_EQ(split_shell_words("'' \"\" x''"), (Words{"", "", "x"}));
  EXPECT_EQ(split_shell_words(R"('a\b' "a\b" "a\"b" "\$x" a\'b)"),
            (Words{R"(a\b)", R"(a\b)", "a\"b", "$x", "a'b"}));
  EXPECT_EQ(split_shell_words("a\\\nb 'c\nd'"), (Words{"ab", "c\nd"}));
  EXPECT_EQ(split_shell_words("$HOME * ~ `x`"), (Words{"$HOME", "*", "~", "`x`"}));
  EXPECT_EQ(split_shell_words("  "), Words{});
}

TEST(ShellWords, WhatStaysOpenIsNothing) {
  for (const char* text : {"'a", "\"a", "a\\", "'a\"", "\"a\\\""})
    EXPECT_FALSE(split_shell_words(text)) << text;
}

TEST(ShellWords, QuotedOnesReadBack) {
  EXPECT_EQ(shell_quoted("plain-word_1./:=@%+,"), "plain-word_1./:=@%+,");
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  const Words argv{"sh", "-c", "echo \"$x\" 'y' \\", "", "é\n"};
  EXPECT_EQ(split_shell_words(shell_quoted(argv)), argv);
}

TEST(Printable, TextStaysText) {
  EXPECT_EQ(printable("é € 😀 plain"), "é € 😀 plain");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, ControlsAreSeen) {
  EXPECT_EQ(printable("a\nb\tc\x1b[31m\x7f\r"), "a\\nb\\x09c\\x1b[31m\\x7f\\x0d");
  EXPECT_EQ(printable("a\0b"sv), "a\\x00b");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // CSI as one character
}

TEST(Printable, BytesThatAreNotUtf8AreSeen) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("a\xc3"), "a\\xc3");
  EXPECT_EQ(printable("\xc3("), "\\xc3(");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(printable("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");           // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc…");
  EXPECT_EQ(shortened("aéb", 2), "a…");
  EXPECT_EQ(shortened("😀😀", 7), "😀…");
  EXPECT_EQ(shortened("abc", 0), "…");
  EXPECT_EQ(shortened("", 0), "");
}

TEST(Shortened, CutsAnywhereInWhatIsNotText) {
  EXPECT_EQ(shortened(std::string(100, '\x80'), 50), std::string(47, '\x80') + "…");
}

TEST(Text, LastLines) {
  EXPECT_EQ(last_lines("a\nb\nc\n", 2), "b\nc");
  EXPECT_EQ(last_lines("a", 2), "a");
  EXPECT_EQ(last_lines("a\nb", 0), "");
  EXPECT_EQ(last_lines("", 3), "");
}

TEST(Nearest, FindsATypingError) {
  const Words commands{"deploy", "rollback", "status", "stop"};
  EXPECT_EQ(nearest("deploi", commands), "deploy");
  EXPECT_EQ(nearest("depoly", commands), "deploy");
  EXPECT_EQ(nearest("rolback", commands), "rollback");
  EXPECT_EQ(nearest("shpo", {"shop", "store"}), "shop");
  EXPECT_EQ(nearest("status", commands), "status");
  EXPECT_EQ(nearest("stp", commands), "stop");
}

TEST(Nearest, DoesNotGuess) {
  const Words commands{"deploy", "rollback", "status"};
  EXPECT_EQ(nearest("destroy", commands), std::nullopt);
  EXPECT_EQ(nearest("", commands), std::nullopt);
  EXPECT_EQ(nearest("x", {}), std::nullopt);
}

TEST(Text, Counted) {
  EXPECT_EQ(counted(0, "second"), "0 seconds");
  EXPECT_EQ(counted(1, "second"), "1 second");
  EXPECT_EQ(counted(2, "second"), "2 seconds");
}

TEST(Text, HumanBytes) {
  EXPECT_EQ(human_bytes(0), "0 bytes");
  EXPECT_EQ(human_bytes(1), "1 byte");
  EXPECT_EQ(human_bytes(17), "17 bytes");
  EXPECT_EQ(human_bytes(999), "999 bytes");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(812'345), "812.3 kB");
  EXPECT_EQ(human_bytes(999'949), "999.9 kB");
  EXPECT_EQ(human_bytes(999'950), "1.0 MB");
  EXPECT_EQ(human_bytes(3'600'000'000), "3.6 GB");
  EXPECT_EQ(human_bytes(std::numeric_limits<unsigned long long>::max()), "18.4 EB");
}

}  // namespace
}  // namespace ballast
