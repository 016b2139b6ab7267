#include "base/difference.h"

#include <gtest/gtest.h>

#include <string>

namespace ballast {
namespace {

std::string difference(std::string_view before, std::string_view after) {
  return unified_difference(before, after, "a", "b");
}

TEST(Difference, OfWhatIsEqualIsEmpty) {
  EXPECT_EQ(difference("", ""), "");
  EXPECT_EQ(difference("x\ny\n", "x\ny\n"), "");
}

TEST(Difference, ShowsThreeLinesAroundAChange) {
  EXPECT_EQ(difference("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(Difference, OfAFileThatIsNewOrGone) {
  EXPECT_EQ(unified_difference("", "x\ny\n", "/dev/null", "/etc/x"),
            "--- /dev/null\n+++ /etc/x\n@@ -0,0 +1,2 @@\n+x\n+y\n");
  EXPECT_EQ(unified_difference("x\n", "", "/etc/x", "/dev/null"),
            "--- /etc/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n");
}

TEST(Difference, TellsOfAMissingLineBreakAtTheEnd) {
  EXPECT_EQ(difference("x\n", "x"),
            "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+x\n\\ No newline at end of file\n");
}

TEST(Difference, ChangesFarApartAreHunksOfTheirOwn) {
  const std::string middle = "m1\nm2\nm3\nm4\nm5\nm6\nm7\n";
  EXPECT_EQ(difference("x\n" + middle + "y\n", "X\n" + middle + "Y\n"),
            "--- a\n+++ b\n@@ -1,4 +1,4 @@\n-x\n+X\n m1\n m2\n m3\n"
            "@@ -6,4 +6,4 @@\n m5\n m6\n m7\n-y\n+Y\n");
  const std::string shorter = middle.substr(3);
  EXPECT_EQ(difference("x\n" + shorter + "y\n", "X\n" + shorter + "Y\n"),
            "--- a\n+++ b\n@@ -1,8 +1,8 @@\n-x\n+X\n m2\n m3\n m4\n m5\n m6\n m7\n-y\n+Y\n");
}

TEST(Difference, TextsTooLongToCompareAreOneChange) {
  std::string before;
  std::string after;
  for (int i = 0; i < 5000; ++i) {
    before += "b\n";
    after += "a\n";
  }
  EXPECT_TRUE(difference(before, after).starts_with("--- a\n+++ b\n@@ -1,5000 +1,5000 @@\n-b\n"));
}

TEST(Difference, OfALongTextOnlyWhatIsNotTheSameIsCompared) {
  std::string same;
  for (int i = 0; i < 5000; ++i) same += "a\n";
  EXPECT_EQ(difference(same + "x\n" + same, same + "y\nz\n" + same),
            "--- a\n+++ b\n@@ -4998,7 +4998,8 @@\n a\n a\n a\n-x\n+y\n+z\n a\n a\n a\n");
  EXPECT_EQ(difference(same, same + "a\n"),
            "--- a\n+++ b\n@@ -4998,3 +4998,4 @@\n a\n a\n a\n+a\n");
}

TEST(Difference, OfAFileIsForPatch) {
  EXPECT_EQ(file_difference("etc/x", "x\n", "y\n"),
            "--- a/etc/x\n+++ b/etc/x\n@@ -1 +1 @@\n-x\n+y\n");
  EXPECT_EQ(file_difference("x", std::nullopt, "y\n"),
            "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+y\n");
  EXPECT_EQ(file_difference("x", "y\n", std::nullopt),
            "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\n");
  EXPECT_EQ(file_difference("x", std::nullopt, ""), "");
}

TEST(MaskedDifference, HidesWhatANameOfASecretIsGiven) {
  const auto masked = [](const std::string& line) { return masked_difference(line, Secrets()); };
  EXPECT_EQ(masked("+API_TOKEN=abcd\n"), "+API_TOKEN=***\n");
  EXPECT_EQ(masked("-      API_TOKEN: abcd\n"), "-      API_TOKEN: ***\n");
  EXPECT_EQ(masked("+db_password = 'abcd'\n"), "+db_password = ***\n");
  EXPECT_EQ(masked(" PASSWORD="), " PASSWORD=***\n");
  EXPECT_EQ(masked("+  PASSWORD: ${PASSWORD:-abcd}\n"), "+  PASSWORD: ***\n");
  EXPECT_EQ(masked("+=\n"), "+=\n");
}

TEST(MaskedDifference, ShowsWhatIsNoValue) {
  for (const char* line : {"@@ -1 +1 @@\n", "+    secrets:\n", "+  PASSWORD: ${PASSWORD}\n",
                           "+  PASSWORD: ${PASSWORD:?is not set}\n", " TAG=1\n", "+\ta\n"})
    EXPECT_EQ(masked_difference(line, Secrets()), line);
}

TEST(MaskedDifference, HidesKnownValuesAndControlCharacters) {
  Secrets secrets;
  secrets.add("geheim");
  EXPECT_EQ(masked_difference("+say geheim\n-a\tb\x1b[2J\n", secrets), "+say ***\n-a\tb\\x1b[2J\n");
}

}  // namespace
}  // namespace ballast
