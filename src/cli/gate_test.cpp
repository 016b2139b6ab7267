#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {

namespace {

using testing::Bench;
using testing::Ran;

class GateCommand : public ::testing::Test {
 protected:
  Bench bench_;
};

TEST_F(GateCommand, HandsOnTheBytesAndPrintsWhatItHears) {
  bench_.machine.variables["SSH_ORIGINAL_COMMAND"] = "status; id";
  bench_.script.said = {{.kind = GateSaying::Kind::out, .line = "shop runs"},
                        {.kind = GateSaying::Kind::error, .line = "pulling"},
                        {.kind = GateSaying::Kind::alive},
                        {.kind = GateSaying::Kind::exit, .line = {}, .status = 4}};
  const Ran ran = bench_.run({"gate", "--key", "github-ci"});
  EXPECT_EQ(ran.status, 4);
  EXPECT_EQ(ran.output, "shop runs\n");
  EXPECT_EQ(ran.errors, "pulling\n");
  EXPECT_EQ(bench_.script.gate.key, "github-ci");
  EXPECT_EQ(bench_.script.gate.command, "status; id");
}

TEST_F(GateCommand, IgnoresWhatTheEnvironmentAndTheWordsSayOfTheRoot) {
  bench_.machine.variables["BALLAST_ROOT"] = "/nonexistent";
  bench_.script.said = {{.kind = GateSaying::Kind::exit, .line = {}, .status = 0}};
  EXPECT_EQ(bench_.run({"gate", "--root", "/elsewhere"}).status, 0);
  EXPECT_EQ(bench_.script.root, "/");
}

TEST_F(GateCommand, WithoutAnEndItFailed) { EXPECT_EQ(bench_.run({"gate"}).status, 1); }

}  // namespace

}  // namespace ballast
