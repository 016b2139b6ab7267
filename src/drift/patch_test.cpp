#include "drift/patch.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(TextPatch, ShowsTheLinesThatDifferWithoutSecrets) {
  Secrets secrets;
  secrets.add("geheim");
  EXPECT_EQ(text_patch("opt/a.py", "a\nTOKEN = 1\n", "geheim\nTOKEN = 2\n", secrets),
            "--- a/opt/a.py\n+++ b/opt/a.py\n@@ -1,2 +1,2 @@\n"
            "-a\n-TOKEN = ***\n+***\n+TOKEN = ***\n");
  EXPECT_EQ(text_patch("a", std::nullopt, "x\n", secrets),
            "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n");
}

TEST(TextPatch, NamesWhatHasNoLines) {
  const std::string binary("a\0b", 3);
  EXPECT_EQ(text_patch("a\n", "x", binary, {}), "a\\n differs, and is no text\n");
  EXPECT_EQ(text_patch("a", std::string(2 << 20, 'x'), "y", {}), "a differs, and is no text\n");
  EXPECT_EQ(text_patch("a", "x", "x", {}), "a differs, but in no line\n");
  EXPECT_EQ(text_patch("a", std::nullopt, "", {}), "a differs, but in no line\n");
}

}  // namespace
}  // namespace ballast
