#include "alarm/silences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "check/check_test_support.h"
#include "host/posix_disk.h"
#include "host/posix_locks.h"
#include "host/test_error.h"
#include "host/test_folder.h"
#include "journal/journal.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const Time noon{1'795'573'627s};

class TestClock : public Clock {
 public:
  Time now() override { return time; }
  Monotonic monotonic() override { return std::chrono::steady_clock::now(); }
  void sleep(Duration duration) override { std::this_thread::sleep_for(duration); }

  Time time = noon;
};

class CountingMachine : public test::FakeMachine {
 public:
  std::string random_hex(std::size_t digits) override {
    const std::string number = std::to_string(++count_);
    return std::string(digits - number.size(), '0') + number;
  }

 private:
  std::atomic<int> count_ = 0;
};

class SilencesTest : public testing::Test {
 protected:
  AlertSilence silence(const std::string& stack, Duration length = 1h) const {
    return {.stack = stack,
            .rule = "disk-full",
            .from = clock_.time,
            .until = clock_.time + length,
            .reason = "the new disk comes today",
            .operator_name = "ken"};
  }
  AlertSilence add(const AlertSilence& silence) { return add_silence(host_, paths_, silence); }
  // "shop 00000001", of those that are in force.
  std::vector<std::string> in_force() {
    return names(silences_in_force(disk_, paths_, clock_.time));
  }
  std::vector<std::string> in_file() { return names(read_silences(disk_, paths_)); }
  static std::vector<std::string> names(const std::vector<AlertSilence>& silences) {
    std::vector<std::string> all;
    for (const AlertSilence& one : silences) all.push_back(one.stack + " " + one.id);
    return all;
  }
  void write(const std::string& text) {
    disk_.make_directories(paths_.state(), 0700);
    disk_.replace(paths_.silences(), text, 0644);
  }

  const TestFolder folder_;
  const Paths paths_{.root = folder_.path()};
  test::World world_;
  TestClock clock_;
  CountingMachine machine_;
  PosixDisk disk_;
  PosixLocks locks_;
  Host host_{disk_,        world_.processes,  clock_,     world_.http,
             locks_,       world_.interrupts, machine_,   world_.terminal,
             world_.trees, world_.archives,   world_.zips};
};

TEST_F(SilencesTest, NoFileIsNoSilence) { EXPECT_THAT(in_force(), ElementsAre()); }

TEST_F(SilencesTest, IsWrittenAsDocumented) {
  add(silence("shop"));
  EXPECT_EQ(folder_.read("var/lib/ballast/silences.json"),
            "{\n"
            "  \"schema\": \"ballast.silences/1\",\n"
            "  \"silences\": [\n"
            "    {\n"
            "      \"stack\": \"shop\",\n"
            "      \"rule\": \"disk-full\",\n"
            "      \"from\": 1795573627000,\n"
            "      \"until\": 1795577227000,\n"
            "      \"reason\": \"the new disk comes today\",\n"
            "      \"operator\": \"ken\",\n"
            "      \"id\": \"00000001\"\n"
            "    }\n"
            "  ]\n"
            "}\n");
}

TEST_F(SilencesTest, EachHasItsOwnIdAndIsReadBack) {
  EXPECT_EQ(add(silence("shop")).id, "00000001");
  EXPECT_EQ(add(silence("")).id, "00000002");
  EXPECT_THAT(in_force(), ElementsAre("shop 00000001", " 00000002"));
}

TEST_F(SilencesTest, ItIsInForceUntilItsEnd) {
  add(silence("shop", 1h));
  clock_.time = noon + 1h - 1ms;
  EXPECT_THAT(in_force(), ElementsAre("shop 00000001"));
  clock_.time = noon + 1h;
  EXPECT_THAT(in_force(), ElementsAre());
}

TEST_F(SilencesTest, AClockThatWasSetBackDoesNotStretchIt) {
  add(silence("shop", 1h));
  clock_.time = noon - 1s;
  EXPECT_THAT(in_force(), ElementsAre());
  add(silence("blog", 1h));
  EXPECT_THAT(in_file(), ElementsAre("shop 00000001", "blog 00000002"));
}

TEST_F(SilencesTest, WhatIsOverIsForgottenWithTheNextOne) {
  add(silence("shop", 1h));
  clock_.time = noon + 1h;
  add(silence("blog", 1h));
  EXPECT_THAT(in_file(), ElementsAre("blog 00000002"));
}

TEST_F(SilencesTest, OneIsEndedEarly) {
  add(silence("shop"));
  add(silence("blog"));
  EXPECT_EQ(end_silence(host_, paths_, "00000001", "ann")->stack, "shop");
  EXPECT_THAT(in_force(), ElementsAre("blog 00000002"));
  EXPECT_EQ(end_silence(host_, paths_, "00000001", "ann"), std::nullopt);
}

TEST_F(SilencesTest, EachEntersTheAuditChain) {
  add(silence("shop"));
  end_silence(host_, paths_, "00000001", "ann");
  const auto records = Journal(paths_.journal()).audit_records();
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[1].kind, "silence");
  EXPECT_EQ(records[1].stack, "shop");
  EXPECT_EQ(records[1].who, "ken");
  EXPECT_EQ(
      json_text(records[1].content),
      "{\"event\":\"silenced\",\"stack\":\"shop\",\"rule\":\"disk-full\",\"from\":1795573627000,"
      "\"until\":1795577227000,\"reason\":\"the new disk comes today\",\"operator\":\"ken\","
      "\"id\":\"00000001\"}");
  EXPECT_EQ(text_at(records[2].content, "event"), "ended");
  EXPECT_EQ(records[2].who, "ann");
}

TEST_F(SilencesTest, OneThatIsOverCannotBeEnded) {
  add(silence("shop", 1h));
  clock_.time = noon + 1h;
  EXPECT_EQ(end_silence(host_, paths_, "00000001", "ann"), std::nullopt);
}

TEST_F(SilencesTest, TwoAtOnceLoseNothing) {
  const auto add_some = [this] {
    for (int number = 0; number < 10; ++number) add(silence("shop"));
  };
  std::thread other(add_some);
  add_some();
  other.join();
  const auto all = in_force();
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 20U);
}

TEST_F(SilencesTest, WhatCannotBeReadSilencesNothingAndIsNotWrittenOver) {
  for (const std::string text :
       {"", "no json", R"({"schema":"ballast.silences/2","silences":[]})"}) {
    write(text);
    EXPECT_THAT(in_force(), ElementsAre());
    const Error error = error_of([&] { add(silence("shop")); });
    EXPECT_EQ(error.kind(), Kind::failed);
    EXPECT_EQ(error.message(), paths_.silences() + " is no list of silences");
    EXPECT_EQ(error.hint(), "it silences nothing: move it out of the way");
    EXPECT_EQ(folder_.read("var/lib/ballast/silences.json"), text);
  }
}

TEST_F(SilencesTest, OneThatIsNoneIsLeftOut) {
  write(R"({"schema":"ballast.silences/1","silences":[7,{"stack":"shop","id":"a","until":9e99},
           {"stack":"blog","id":"b","from":1795573627000,"until":1795573628000}]})");
  EXPECT_THAT(in_force(), ElementsAre("blog b"));
}

TEST_F(SilencesTest, AReaderIsNotHeldUpByWhoChangesThem) {
  add(silence("shop"));
  const auto lock = locks_.acquire(paths_.silences_lock(), {});
  EXPECT_THAT(in_force(), ElementsAre("shop 00000001"));
}

}  // namespace
}  // namespace ballast
