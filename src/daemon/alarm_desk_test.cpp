#include "daemon/alarm_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/watched.h"
#include "notify/after_operation.h"
#include "notify/test_notify.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A change by hand is told past the book, and the daemon may be killed before that is written down.
class AlarmDeskTest : public ::testing::Test {
 protected:
  AlarmDeskTest() : host_(bench_.host()), server_(host_, bench_.folder.path(), {}) {
    bench_.settings("notify: {webhook: {url: http://hook}}\n");
    Alert alert = testing::disk_full();
    alert.rule = "modified-by-hand";
    alert.subject = "web";
    told_ = testing::message_of({alert});
  }

  std::vector<std::string> said_by_another_daemon(Verdict verdict) {
    Notifier notifier(host_, bench_.paths());
    std::vector<std::string> said;
    AlarmDesk desk(server_, notifier, [&](std::string_view line) { said.emplace_back(line); });
    Watched watched{.alert = told_.lead(), .rule = {}, .verdict = verdict};
    desk.take({.watched = {watched}, .unseen = {}, .works = {}, .changes = {}});
    return said;
  }

  testing::NotifyBench bench_;
  Host host_;
  Server server_;
  Message told_;
};

TEST_F(AlarmDeskTest, WhatIsKeptAsOpenIsOverWhenItIsOverAndNotToldTwice) {
  keep_open_alert(host_.disk, bench_.paths(), told_);
  EXPECT_THAT(bench_.files("open"), ElementsAre("shop.modified-by-hand.json"));
  EXPECT_THAT(said_by_another_daemon(Verdict::fail), IsEmpty());
  EXPECT_THAT(bench_.files("open"), IsEmpty());
  EXPECT_THAT(said_by_another_daemon(Verdict::pass), ElementsAre("resolved: Disk Full: shop web"));
}

TEST_F(AlarmDeskTest, WhatIsWrittenDownIsNotKeptAsOpenAnyMore) {
  Notifier notifier(host_, bench_.paths());
  AlarmDesk desk(server_, notifier, [](std::string_view) {});
  keep_open_alert(host_.disk, bench_.paths(), told_);
  desk.know(told_);
  EXPECT_THAT(bench_.files("open"), ElementsAre("shop.modified-by-hand.json"));
  Watched watched{.alert = told_.lead(), .rule = {}, .verdict = Verdict::fail};
  desk.take({.watched = {watched}, .unseen = {}, .works = {}, .changes = {}});
  EXPECT_THAT(bench_.files("open"), IsEmpty());
  EXPECT_THAT(said_by_another_daemon(Verdict::pass), ElementsAre("resolved: Disk Full: shop web"));
}

}  // namespace
}  // namespace ballast
