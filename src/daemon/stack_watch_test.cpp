#include "daemon/stack_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "check/check_test_support.h"
#include "daemon/moments.h"
#include "host/posix_disk.h"
#include "host/posix_locks.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

class SetClock : public Clock {
 public:
  Time now() override { return Time{1'795'573'627s} + passed; }
  Monotonic monotonic() override { return Monotonic{100s} + passed; }
  void sleep(Duration) override {}
  Duration passed{};
};

// An engine with one container of the stack, and the site that it serves.
class FakeEngine : public Http {
 public:
  std::string state = "running";
  int site = 200;
  bool exists = true;
  bool answers = true;

  HttpResponse send(const HttpRequest& request) override {
    if (request.unix_socket.empty()) return test::page(site, R"({"status": "pass"})");
    if (!answers) return no_answer();
    if (has(request, "/containers/json"))
      return test::page(200, exists ? R"([{"Id": "c1"}])" : "[]");
    if (has(request, "/containers/c1/json")) return test::page(200, inspected());
    if (has(request, "/stats")) return test::page(200, R"({"memory_stats": {"usage": 1000000}})");
    if (has(request, "/info"))
      return test::page(200, R"({"DockerRootDir": "/", "SystemTime": "2026-11-25T02:27:07Z"})");
    return test::page(404, "{}");
  }

 private:
  static bool has(const HttpRequest& request, std::string_view part) {
    return request.url.find(part) != std::string::npos;
  }
  static HttpResponse no_answer() {
    HttpResponse none;
    none.failure = HttpFailure::refused;
    none.failure_text = "connection refused";
    return none;
  }
  std::string inspected() const {
    return fmt::format(
        R"({{"Id": "c1", "Name": "/shop_web_1", "State": {{"Status": "{}", "ExitCode": 137}},
            "Config": {{"Labels": {{"com.docker.compose.project": "shop",
                                    "com.docker.compose.service": "web"}}}},
            "HostConfig": {{"RestartPolicy": {{"Name": "always"}}}},
            "NetworkSettings": {{"Networks": {{"a": {{"IPAddress": "172.18.0.2"}}}}}}}})",
        state);
  }
};

class StackWatchTest : public ::testing::Test {
 protected:
  StackWatchTest() {
    const std::string folder = server_.paths.stack("shop");
    disk_.make_directories(folder);
    disk_.replace(folder + "/docker-compose.yml",
                  "services: {web: {image: 'a:${A_TAG}', ports: ['8069:8069']}}\n");
    disk_.replace(folder + "/.env", "A_TAG=v1\n", 0600);
    disk_.replace(folder + "/ballast.yaml",
                  "url: http://127.0.0.1:8069\n"
                  "alerts: {disk-full: {over: 100%}}\n");
    disk_.make_directories(server_.paths.run());
    // The first look is at a moment of all parts.
    const Monotonic began = clock_.monotonic();
    clock_.passed = std::chrono::duration_cast<Duration>(next_moment("shop", 1h, began) - began);
  }

  // All that is due, until nothing is.
  std::vector<Part> look() {
    std::vector<Part> looked;
    for (auto due = watch_.take_due(clock_.monotonic()); !due.empty();
         due = watch_.take_due(clock_.monotonic()))
      for (const Part part : due) {
        watch_.look(part);
        looked.push_back(part);
      }
    return looked;
  }
  std::vector<Part> look_after(Duration duration) {
    clock_.passed += duration;
    return look();
  }
  std::vector<std::string> not_good() {
    std::vector<std::string> texts;
    for (const AlertLine& line : watch_.lines())
      if (line.finding.verdict != Verdict::pass)
        texts.push_back(fmt::format("{} {} {}", line.kind->id, line.finding.subject,
                                    verdict_text(line.finding.verdict)));
    return texts;
  }

  TestFolder folder_;
  SetClock clock_;
  PosixDisk posix_disk_;
  Disk& disk_ = posix_disk_;
  PosixLocks locks_;
  FakeEngine engine_;
  test::World world_;
  Host host_{disk_,        world_.processes,  clock_,         engine_,
             locks_,       world_.interrupts, world_.machine, world_.terminal,
             world_.trees, world_.archives,   world_.zips};
  Server server_{host_, folder_.path(), {}};
  StackWatch watch_{server_, "shop", 5s};
};

TEST(PaceTest, OfEachPart) {
  EXPECT_EQ(pace_of(Part::health, 5s), 5s);
  EXPECT_EQ(pace_of(Part::database, 5s), 2500ms);
  EXPECT_EQ(patience_with(Part::database, 5s), 2500ms);
  EXPECT_EQ(pace_of(Part::memory, 5s), 15s);
  EXPECT_EQ(pace_of(Part::memory, 1min), 1min);
  EXPECT_EQ(pace_of(Part::containers, 5s), 1min);
}

TEST_F(StackWatchTest, FirstItsFilesThenAllOfIt) {
  EXPECT_THAT(watch_.take_due(clock_.monotonic()), testing::ElementsAre(Part::files));
  EXPECT_FALSE(watch_.is_seen());
  watch_.look(Part::files);
  EXPECT_EQ(watch_.trouble(), "");
  EXPECT_EQ(watch_.project(), "shop");
  look();
  EXPECT_TRUE(watch_.is_seen());
  EXPECT_TRUE(watch_.has_news());
  EXPECT_FALSE(watch_.has_news());
}

TEST_F(StackWatchTest, EachPartAtItsPace) {
  look();
  EXPECT_THAT(look_after(1s), IsEmpty());
  EXPECT_THAT(look_after(4s),
              testing::UnorderedElementsAre(Part::files, Part::database, Part::health, Part::disks,
                                            Part::history));
  EXPECT_THAT(look_after(10s), Contains(Part::memory));
  EXPECT_THAT(look_after(5s), Not(Contains(Part::containers)));
  EXPECT_THAT(look_after(40s), Contains(Part::containers));
}

TEST_F(StackWatchTest, OneThatNobodyReleasedYetHasNothingToTellButItsDisk) {
  engine_.exists = false;
  look();
  EXPECT_TRUE(watch_.is_seen());
  EXPECT_THAT(not_good(), IsEmpty());
  EXPECT_THAT(watch_.lines(), testing::SizeIs(1));
  engine_.exists = true;
  engine_.state = "exited";
  look_after(1min);
  EXPECT_THAT(not_good(), Contains("container-down web fail"));
}

TEST_F(StackWatchTest, AContainerThatDiesIsNews) {
  look();
  watch_.has_news();
  engine_.state = "exited";
  watch_.want(Part::containers);
  EXPECT_THAT(look_after(10ms), Contains(Part::containers));
  EXPECT_TRUE(watch_.has_news());
  EXPECT_THAT(not_good(), Contains("container-down web fail"));
}

TEST_F(StackWatchTest, WhatRunsIsOtherSoItsSiteIsAskedAgain) {
  look();
  watch_.want(Part::containers);
  EXPECT_THAT(look_after(10ms), testing::ElementsAre(Part::containers));
  engine_.state = "paused";
  watch_.want(Part::containers);
  EXPECT_THAT(look_after(10ms),
              testing::UnorderedElementsAre(Part::containers, Part::database, Part::health));
}

TEST_F(StackWatchTest, AnEngineThatDoesNotAnswerIsNotKnownAndNothingIsOver) {
  look();
  engine_.state = "exited";
  look_after(1min);
  engine_.answers = false;
  look_after(1min);
  EXPECT_THAT(not_good(), Contains("container-down web unknown"));
  EXPECT_TRUE(watch_.is_seen());
}

TEST_F(StackWatchTest, WithAnEngineThatNeverAnsweredTheDisksCountAlone) {
  engine_.answers = false;
  look();
  EXPECT_FALSE(watch_.is_seen());
  EXPECT_THAT(watch_.lines(), Not(IsEmpty()));
  ASSERT_THAT(watch_.watched(), testing::SizeIs(1));
  EXPECT_EQ(watch_.watched()[0].alert.rule, "disk-full");
  EXPECT_EQ(watch_.watched()[0].seen, clock_.monotonic());
}

TEST_F(StackWatchTest, WithAnEngineThatNeverAnsweredTheRecordsOfAReleasedStackCount) {
  disk_.make_directories(server_.paths.state());
  Journal journal(server_.paths.journal());
  journal.record({.id = "a",
                  .kind = "deploy",
                  .stack = "shop",
                  .state = OperationState::finished,
                  .started = clock_.now(),
                  .ended = clock_.now()},
                 ReleaseRecord{.id = "a", .stack = "shop", .tag = "v1", .outcome = "good"});
  engine_.answers = false;
  look();
  EXPECT_FALSE(watch_.is_seen());
  std::vector<std::string> rules;
  for (const Watched& one : watch_.watched()) rules.push_back(one.alert.rule);
  EXPECT_THAT(rules, testing::IsSupersetOf({"deploy-failed", "disk-full"}));
  EXPECT_THAT(rules, Not(Contains("container-down")));
}

TEST_F(StackWatchTest, WhatWantsToBeSeenWhileItIsLookedAtIsSeenOnceMore) {
  look();
  watch_.want(Part::containers);
  EXPECT_THAT(watch_.take_due(clock_.monotonic()), testing::ElementsAre(Part::containers));
  watch_.want(Part::containers);
  EXPECT_THAT(watch_.take_due(clock_.monotonic()), IsEmpty());
  EXPECT_TRUE(watch_.look(Part::containers));
  EXPECT_THAT(watch_.take_due(clock_.monotonic()), testing::ElementsAre(Part::containers));
  EXPECT_FALSE(watch_.look(Part::containers));
}

TEST_F(StackWatchTest, WhoIsAtWorkIsKnownWithEachLook) {
  look();
  EXPECT_EQ(watch_.work(clock_.now()), std::nullopt);
  auto got = locks_.acquire(server_.paths.stack_lock("shop"), {.operation = "deploy",
                                                               .operator_name = "ken",
                                                               .pid = 1,
                                                               .since = clock_.now(),
                                                               .alive = true});
  look_after(5s);
  ASSERT_TRUE(watch_.work(clock_.now()));
  EXPECT_EQ(watch_.work(clock_.now())->kind, "deploy");
  std::get<std::unique_ptr<Lock>>(got).reset();
  // What is over has changed what there is to see: all of it is looked at again.
  EXPECT_THAT(look_after(10s), Contains(Part::records));
  EXPECT_EQ(watch_.work(clock_.now()), std::nullopt);
}

TEST_F(StackWatchTest, FilesThatCannotBeReadAreToldAndTheOldOnesWatched) {
  look();
  disk_.replace(server_.paths.stack("shop") + "/ballast.yaml", "alerts: [\n");
  look_after(5s);
  EXPECT_THAT(watch_.trouble(), testing::HasSubstr("ballast.yaml"));
  EXPECT_TRUE(watch_.has_news());
  EXPECT_THAT(watch_.lines(), Not(IsEmpty()));
  disk_.replace(server_.paths.stack("shop") + "/ballast.yaml", "alerts: {}\n");
  look_after(5s);
  EXPECT_EQ(watch_.trouble(), "");
}

TEST_F(StackWatchTest, AStackWithoutFilesIsTroubleAndNotSeen) {
  StackWatch other(server_, "erp", 5s);
  disk_.make_directories(server_.paths.stack("erp"));
  for (const Part part : other.take_due(clock_.monotonic())) other.look(part);
  EXPECT_THAT(other.trouble(), testing::HasSubstr("erp"));
  EXPECT_FALSE(other.is_seen());
  EXPECT_FALSE(other.snapshot().was_looked_at);
}

TEST_F(StackWatchTest, ALookThatBeganTooLateIsCounted) {
  look();
  EXPECT_EQ(watch_.missed_looks(), 0U);
  look_after(11s);
  EXPECT_GT(watch_.missed_looks(), 0U);
}

}  // namespace
}  // namespace ballast
