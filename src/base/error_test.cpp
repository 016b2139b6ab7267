#include "base/error.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(Error, PrintsMessageContextAndHint) {
  Error error(Kind::failed, "no space left", "free some");
  error.add_context("while writing .env").add_context("while deploying shop");
  EXPECT_EQ(
      error.text(),
      "error: no space left\n  while writing .env\n  while deploying shop\nhint: free some\n");
}

TEST(Error, LeavesOutWhatIsNotThere) {
  EXPECT_EQ(Error(Kind::failed, "broken").text(), "error: broken\n");
}

TEST(Error, IsAnExceptionThatSaysItsMessage) {
  const Error error(Kind::usage, "unknown key");
  EXPECT_STREQ(static_cast<const std::exception&>(error).what(), "unknown key");
}

TEST(Error, KeepsEverythingButTheKind) {
  Error error(Kind::failed, "broken", "mend it");
  error.add_context("while trying");
  const Error refused = error.with_kind(Kind::refused);
  EXPECT_EQ(refused.kind(), Kind::refused);
  EXPECT_EQ(refused.text(), error.text());
  EXPECT_EQ(error.kind(), Kind::failed);
}

TEST(Error, ExitStatusesAreTheDocumentedOnes) {
  EXPECT_EQ(exit_status(Kind::failed), 1);
  EXPECT_EQ(exit_status(Kind::usage), 2);
  EXPECT_EQ(exit_status(Kind::refused), 3);
  EXPECT_EQ(exit_status(Kind::rolled_back), 4);
  EXPECT_EQ(exit_status(Kind::rollback_failed), 5);
  EXPECT_EQ(exit_status(Kind::locked), 6);
  EXPECT_EQ(exit_status(Kind::incomplete), 7);
  EXPECT_EQ(exit_status(Kind::verification), 8);
  EXPECT_EQ(exit_status(Kind::degraded), 9);
  EXPECT_EQ(exit_status(Kind::interrupted), 130);
}

}  // namespace
}  // namespace ballast
