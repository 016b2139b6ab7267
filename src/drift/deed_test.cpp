#include "drift/deed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DeedReaderTest : public ::testing::Test {
 protected:
  docker::Event event(const std::string& action, const std::string& id = "one",
                      const std::string& service = "web") {
    const auto colon = action.find(": ");
    return {
        .action = action.substr(0, colon),
        .detail = colon == std::string::npos ? "" : action.substr(colon + 2),
        .id = id,
        .project = "shop",
        .attributes = {{"name", "shop-" + service + "-1"}, {"com.docker.compose.service", service}},
        .at = wall_};
  }
  void happens(const std::string& action, const std::string& id = "one") {
    reader_.take(event(action, id), now_);
  }
  void signal(const std::string& number) {
    docker::Event kill = event("kill");
    kill.attributes["signal"] = number;
    reader_.take(kill, now_);
  }
  void pass(Duration time) {
    now_ += time;
    wall_ += time;
  }
  // "restarted web", with what is known of it.
  std::vector<std::string> finished() {
    std::vector<std::string> texts;
    for (const Deed& deed : reader_.finished(now_))
      texts.push_back(std::string(deed_text(deed.kind)) + " " + deed.service +
                      (deed.detail.empty() ? "" : " " + deed.detail));
    return texts;
  }
  std::vector<std::string> finished_later() {
    pass(4s);
    return finished();
  }

  DeedReader reader_;
  Monotonic now_{1h};
  Time wall_ = *parse_time("2026-11-25T12:00:00Z");
};

TEST_F(DeedReaderTest, ACommandInAContainerIsToldAtOnce) {
  happens("exec_start: sh -c echo: a");
  EXPECT_EQ(reader_.wakes(), Monotonic{});
  EXPECT_THAT(finished(), ElementsAre("executed web sh -c echo: a"));
  EXPECT_THAT(finished(), IsEmpty());
  EXPECT_EQ(reader_.wakes(), std::nullopt);
}

TEST_F(DeedReaderTest, WhatIsADeedByItself) {
  for (const char* action : {"archive-path", "export", "extract-to-dir", "update"}) happens(action);
  EXPECT_THAT(finished(),
              ElementsAre("copied out web", "copied out web", "copied in web", "updated web"));
}

TEST_F(DeedReaderTest, ACommandWithoutArgumentsIsToldWithoutTheBlankBehindIt) {
  happens("exec_start: healthcheck ");
  EXPECT_THAT(finished(), ElementsAre("executed web healthcheck"));
}

TEST_F(DeedReaderTest, ThePauseThatTheEngineMakesForACommitIsPartOfIt) {
  for (const char* action : {"pause", "commit", "unpause"}) happens(action);
  EXPECT_THAT(finished_later(), ElementsAre("committed web"));
  happens("pause");
  EXPECT_THAT(finished_later(), ElementsAre("paused web"));
  happens("unpause");
  EXPECT_THAT(finished_later(), ElementsAre("unpaused web"));
}

TEST_F(DeedReaderTest, ARestartIsOneDeed) {
  signal("15");
  pass(8s);  // it takes its time to end
  EXPECT_THAT(finished(), IsEmpty());
  for (const char* action : {"die", "stop", "start", "restart"}) happens(action);
  EXPECT_THAT(finished(), IsEmpty());
  EXPECT_THAT(finished_later(), ElementsAre("restarted web"));
}

TEST_F(DeedReaderTest, ItIsKnownWithinFiveSecondsOfItsEnd) {
  happens("stop");
  ASSERT_TRUE(reader_.wakes());
  EXPECT_LT(*reader_.wakes() - now_, 5s);
}

TEST_F(DeedReaderTest, AStopAndAStartAfterIt) {
  signal("2");
  happens("die");
  happens("stop");
  EXPECT_THAT(finished_later(), ElementsAre("stopped web"));
  happens("start");
  EXPECT_THAT(finished_later(), ElementsAre("started web"));
}

TEST_F(DeedReaderTest, WhatEndsByItselfAndIsStartedByTheEngineIsNoDeed) {
  happens("die");
  happens("start");
  EXPECT_THAT(finished_later(), IsEmpty());
  happens("die");
  EXPECT_THAT(finished_later(), IsEmpty());
  pass(60s);  // its longest pause
  happens("start");
  EXPECT_THAT(finished_later(), IsEmpty());
  pass(10min);
  EXPECT_THAT(finished(), IsEmpty());
  happens("start");
  EXPECT_THAT(finished_later(), ElementsAre("started web"));
}

TEST_F(DeedReaderTest, AKillAndASignal) {
  signal("9");
  happens("die");
  EXPECT_THAT(finished_later(), ElementsAre("killed web 9"));
  signal("1");
  EXPECT_THAT(finished_later(), ElementsAre("killed web 1"));
  signal("15");  // nothing came of it
  EXPECT_THAT(finished_later(), IsEmpty());
  pass(3min);
  EXPECT_THAT(finished(), IsEmpty());
  EXPECT_EQ(reader_.wakes(), std::nullopt);
}

TEST_F(DeedReaderTest, ARecreationByEitherGenerationOfComposeIsOneDeed) {
  happens("create", "two");
  signal("15");
  for (const char* action : {"die", "stop", "destroy"}) happens(action);
  happens("rename", "two");
  happens("start", "two");
  EXPECT_THAT(finished_later(), ElementsAre("recreated web"));
  signal("15");
  for (const char* action : {"die", "stop", "rename"}) happens(action, "two");
  happens("create", "three");
  happens("start", "three");
  happens("destroy", "two");
  EXPECT_THAT(finished_later(), ElementsAre("recreated web"));
}

TEST_F(DeedReaderTest, ARecreationWhoseStopTakesLongIsToldAsWhatIsKnown) {
  happens("create", "two");
  EXPECT_THAT(finished_later(), ElementsAre("created web"));
  for (const char* action : {"die", "destroy"}) happens(action);
  happens("rename", "two");
  happens("start", "two");
  EXPECT_THAT(finished_later(), ElementsAre("recreated web"));
}

TEST_F(DeedReaderTest, RemovedRenamedAndRunOnce) {
  happens("destroy");
  EXPECT_THAT(finished_later(), ElementsAre("removed web"));
  happens("rename");
  EXPECT_THAT(finished_later(), ElementsAre("renamed web"));
  for (const char* action : {"create", "start", "die", "destroy"}) {
    docker::Event once = event(action, "once");
    once.attributes["com.docker.compose.oneoff"] = "True";
    reader_.take(once, now_);
  }
  EXPECT_THAT(finished(), ElementsAre("ran once web"));
  EXPECT_THAT(finished_later(), IsEmpty());
}

TEST_F(DeedReaderTest, EachServiceForItself) {
  reader_.take(event("stop", "one", "web"), now_);
  reader_.take(event("restart", "two", "db"), now_);
  EXPECT_THAT(finished_later(), ElementsAre("restarted db", "stopped web"));
}

TEST_F(DeedReaderTest, BallastsOwnContainersAndThoseOfNoStackAreNobodysDeed) {
  docker::Event candidate = event("create", "candidate");
  candidate.attributes["tools.ballast.candidate"] = "20261125T022707Z-3f9a";
  reader_.take(candidate, now_);
  docker::Event bench = event("exec_start: pg_dump", "bench");
  bench.attributes["tools.ballast.operation"] = "20261125T022707Z-3f9a";
  reader_.take(bench, now_);
  docker::Event alone = event("exec_start: sh", "alone");
  alone.project.clear();
  reader_.take(alone, now_);
  EXPECT_THAT(finished_later(), IsEmpty());
}

TEST_F(DeedReaderTest, AnEngineThatEndsAndStartsAgainStopsAndStartsByItself) {
  signal("15");
  happens("die");
  happens("stop");
  reader_.line_began(now_);
  EXPECT_THAT(finished_later(), IsEmpty());
  happens("start");
  EXPECT_THAT(finished_later(), IsEmpty());
  pass(1min);
  happens("stop");
  EXPECT_THAT(finished_later(), ElementsAre("stopped web"));
}

}  // namespace
}  // namespace ballast
