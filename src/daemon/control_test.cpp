#include "daemon/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/control_client.h"
#include "host/posix_machine.h"
#include "host/test_error.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const Time noon{1'795'573'627s};  // 2026-11-25T02:27:07Z
constexpr ControlOwner root{.user = 0, .pid = 4711};
constexpr ControlOwner ken{.user = 1000, .pid = 4711};

Alert high_memory() {
  Alert alert;
  alert.rule = "high-memory";
  alert.stack = "shop";
  alert.subject = "web";
  alert.title = "High Memory";
  alert.severity = Severity::warn;
  alert.text = "3.6 GB; the limit is 3.5 GB";
  alert.hint = "docker restart shop-web-1";
  alert.since = noon - 4min;
  return alert;
}

class FakeSource : public ControlSource {
 public:
  FakeSource() {
    StackSnapshot shop;
    shop.observed.stack = "shop";
    shop.was_looked_at = true;
    StackSnapshot blog;
    blog.observed.stack = "blog";
    blog.trouble = "docker-compose.yml is missing";
    seen.stacks = {blog, shop};
    seen.started = noon - 1h;
    seen.firing = {high_memory()};
    seen.silences = {{.stack = "shop",
                      .rule = "disk-full",
                      .from = noon,
                      .until = noon + 1h,
                      .reason = "the new disk comes today",
                      .operator_name = "ken",
                      .id = "3f9a0c1e"}};
    ChannelReport slack;
    slack.channel = "slack";
    slack.waiting = 2;
    slack.trouble = "no answer within 10 s";
    slack.next = noon + 5s;
    seen.channels = {slack};
  }
  Snapshot snapshot() override { return seen; }
  void poke() override { ++pokes; }
  void note(const std::string& line) override { notes.push_back(line); }

  Snapshot seen;
  int pokes = 0;
  std::vector<std::string> notes;
};

class ControlTest : public testing::Test {
 protected:
  std::string ask(const std::string& request, const Caller& caller = {.user = 0, .pid = 12}) {
    return answer_of(request, caller, ken, source_);
  }
  FakeSource source_;
};

TEST_F(ControlTest, TellsWhatItSees) {
  EXPECT_EQ(
      ask(R"({"ask":"status"})"),
      R"({"schema":"ballast.control/1","pid":4711,"since":"2026-11-25T01:27:07Z",)"
      R"("engine_trouble":null,)"
      R"("stacks":[{"name":"blog","looked_at":false,"trouble":"docker-compose.yml is missing"},)"
      R"({"name":"shop","looked_at":true,"trouble":null}],)"
      R"("alerts":[{"alert":"high-memory","title":"High Memory","stack":"shop","subject":"web",)"
      R"("state":"firing","severity":"warn","since":"2026-11-25T02:23:07Z",)"
      R"("text":"3.6 GB; the limit is 3.5 GB","hint":"docker restart shop-web-1"}],)"
      R"("silences":[{"id":"3f9a0c1e","stack":"shop","alert":"disk-full",)"
      R"("from":"2026-11-25T02:27:07Z","until":"2026-11-25T03:27:07Z",)"
      R"("reason":"the new disk comes today","operator":"ken"}],)"
      R"("channels":[{"channel":"slack","waiting":2,"refused":0,)"
      R"("trouble":"no answer within 10 s","next":"2026-11-25T02:27:12Z"}]})"
      "\n");
}

TEST_F(ControlTest, WhatItTellsIsReadBack) {
  const auto status = parse_daemon_status(*parse_json(ask(R"({"ask":"status"})")));
  ASSERT_TRUE(status);
  EXPECT_EQ(json_text(status_json(*status)) + "\n", ask(R"({"ask":"status"})"));
  EXPECT_EQ(status->stack("blog")->trouble, "docker-compose.yml is missing");
  EXPECT_EQ(status->stack("erp"), nullptr);
  EXPECT_FALSE(status->alerts.at(0).unknown);
}

TEST_F(ControlTest, WhatIsNotKnownIsNotTakenForFiring) {
  source_.seen.firing.front().unknown = true;
  const auto status = parse_daemon_status(*parse_json(ask(R"({"ask":"status"})")));
  EXPECT_TRUE(status->alerts.at(0).unknown);
}

TEST_F(ControlTest, APokeIsPassedOn) {
  EXPECT_EQ(ask(R"({"ask":"poke"})"), "{\"schema\":\"ballast.control/1\",\"poked\":true}\n");
  EXPECT_EQ(source_.pokes, 1);
}

TEST_F(ControlTest, AnswersItsOwnUserToo) {
  ask(R"({"ask":"poke"})", {.user = 1000, .pid = 12});
  EXPECT_EQ(source_.pokes, 1);
  EXPECT_THAT(source_.notes, ElementsAre());
}

TEST_F(ControlTest, RefusesAllOthersAndNotesIt) {
  EXPECT_EQ(ask(R"({"ask":"poke"})", {.user = 1001, .pid = 12}),
            "{\"schema\":\"ballast.control/1\",\"error\":{\"message\":\"user 1001 may not ask the "
            "daemon\",\"hint\":\"run ballast as root (sudo)\"}}\n");
  EXPECT_EQ(source_.pokes, 0);
  EXPECT_THAT(source_.notes, ElementsAre("refused on the control socket: user 1001, process 12"));
}

TEST_F(ControlTest, WhoIsNotKnownIsRefused) {
  const std::string answer = ask(R"({"ask":"poke"})", Caller{});
  EXPECT_NE(answer.find("may not ask"), std::string::npos);
  EXPECT_EQ(source_.pokes, 0);
}

TEST_F(ControlTest, OtherWordsAreNoQuestion) {
  const std::string end =
      "` is no question\",\"hint\":\"ask {\\\"ask\\\":\\\"status\\\"} or "
      "{\\\"ask\\\":\\\"poke\\\"}\"}}\n";
  const std::string begin = "{\"schema\":\"ballast.control/1\",\"error\":{\"message\":\"`";
  EXPECT_EQ(ask(""), begin + end);
  EXPECT_EQ(ask("status"), begin + "status" + end);
  EXPECT_EQ(ask("[1]"), begin + "[1]" + end);
  EXPECT_EQ(ask("\x1b"), begin + "\\\\x1b" + end);
}

class ControlSocketTest : public testing::Test {
 protected:
  std::unique_ptr<LocalServer> serve(const ControlOwner& owner) {
    return serve_control(paths_, owner, source_);
  }
  const TestFolder folder_;
  const Paths paths_{.root = folder_.path()};
  FakeSource source_;
};

TEST_F(ControlSocketTest, WithoutADaemonNobodyWatches) {
  EXPECT_EQ(ask_daemon(paths_), std::nullopt);
  EXPECT_FALSE(poke_daemon(paths_));
}

TEST_F(ControlSocketTest, CommandsAskOverIt) {
  const auto server = serve({.user = PosixMachine().user(), .pid = 4711});
  const auto status = ask_daemon(paths_);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->pid, 4711);
  EXPECT_EQ(status->since, noon - 1h);
  EXPECT_EQ(status->channels.at(0).waiting, 2U);
  EXPECT_TRUE(poke_daemon(paths_));
  EXPECT_EQ(source_.pokes, 1);
}

TEST_F(ControlSocketTest, ASecondDaemonIsRefused) {
  const auto server = serve(root);
  const Error error = error_of([&] { serve(root); });
  EXPECT_EQ(error.message(),
            "cannot listen on " + paths_.control_socket() + ": somebody answers there");
}

TEST_F(ControlSocketTest, AnAnswerOfAnotherVersionIsAnError) {
  const LocalServer server({.unix_socket = paths_.control_socket()},
                           [](const std::string&, const Caller&) { return "{}\n"; });
  const Error error = error_of([&] { ask_daemon(paths_); });
  EXPECT_EQ(error.kind(), Kind::failed);
  EXPECT_EQ(error.message(), "what the daemon answers is not understood");
  EXPECT_EQ(error.hint(), "is it of another version? systemctl restart ballast");
}

TEST_F(ControlSocketTest, OneThatLeavesIsNotNobody) {
  const LocalServer server({.unix_socket = paths_.control_socket()},
                           [](const std::string&, const Caller&) { return ""; });
  const Error error = error_of([&] { ask_daemon(paths_); });
  EXPECT_EQ(error.message(), "the daemon left without an answer");
  EXPECT_EQ(error.hint(), "see whether it goes on: systemctl status ballast");
}

TEST_F(ControlSocketTest, ARefusalIsTold) {
  const LocalServer server(
      {.unix_socket = paths_.control_socket()}, [](const std::string&, const Caller&) {
        return R"({"schema":"ballast.control/1","error":{"message":"no","hint":"go"}})";
      });
  const Error error = error_of([&] { poke_daemon(paths_); });
  EXPECT_EQ(error.message(), "the daemon refuses: no");
  EXPECT_EQ(error.hint(), "go");
}

}  // namespace
}  // namespace ballast
