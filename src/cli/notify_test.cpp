#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {
namespace {

using testing::Bench;
using testing::Ran;

TEST(NotifyCommand, WithoutSettingsThereIsNothingToShow) {
  Bench bench;
  const Ran shown = bench.run({"notify"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_EQ(shown.output, "no channel is set up: ballast help notify\n");
  EXPECT_EQ(bench.run({"notify", "--json"}).output,
            "{\"schema\":\"ballast.notify/1\",\"channels\":[],\"exit\":0}\n");
}

TEST(NotifyCommand, ATestOfNothingIsAnError) {
  Bench bench;
  for (const char* action : {"test", "send", "retry"}) {
    const Ran ran = bench.run({"notify", action});
    EXPECT_EQ(ran.status, 2) << action;
    EXPECT_EQ(
        ran.errors,
        "error: no channel is set up, so nobody is told anything\n"
        "hint: set one up in /etc/ballast/ballast.yaml under `notify:`: ballast help notify\n");
  }
}

TEST(NotifyCommand, AnActionThatThereIsNot) {
  Bench bench;
  EXPECT_EQ(bench.run({"notify", "tset"}).status, 2);
}

TEST(AfterACommand, ItsStatusAndWordsStayWithoutChannels) {
  Bench bench;
  bench.script.error = Error(Kind::rolled_back, "web-login is 500", "mend it");
  const Ran ran = bench.run({"deploy", "shop", "sha-a000001"});
  EXPECT_EQ(ran.status, 4);
  EXPECT_EQ(ran.errors, "error: web-login is 500\nhint: mend it\n");
}

}  // namespace
}  // namespace ballast
