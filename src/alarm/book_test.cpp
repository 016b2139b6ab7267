#include "alarm/book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const AlarmRule at_once{
    .failing_for = 0s, .unknown_for = 5min, .remind_every = 0s, .flap_hold = 0s};

Watched watched(const std::string& rule, const std::string& subject, Verdict verdict,
                Severity severity = Severity::page) {
  Watched one{.alert = {}, .rule = at_once, .verdict = verdict};
  one.alert.rule = rule;
  one.alert.stack = "shop";
  one.alert.subject = subject;
  one.alert.severity = severity;
  return one;
}

class BookTest : public testing::Test {
 protected:
  // What is sent in this round: "shop/disk-full: firing /srv", "." behind it when it closes.
  std::vector<std::string> round(const std::vector<Watched>& all, Duration later = 30s) {
    clocks.wall += later;
    clocks.monotonic += later;
    book.add({.watched = all,
              .unseen = unseen,
              .silences = silences,
              .works = works,
              .clocks = clocks,
              .host = "web1",
              .changes = {{"shop", "sha-b by ken"}}});
    std::vector<std::string> texts;
    for (const Message& message : book.outbox()) {
      std::string text = message.lead().rule + ":";
      for (const Alert& alert : message.alerts)
        text += " " + std::string(news_text(alert.news)) + " " + alert.subject;
      for (const std::string& name : message.explained) text += " (" + name + ")";
      texts.push_back(text + (message.closes ? "." : ""));
    }
    book.taken();
    return texts;
  }
  void restart() { book = AlarmBook::parse(*parse_json(json_text(book.json()))); }

  AlarmBook book;
  std::vector<OwnWork> works;
  std::vector<std::string> unseen;
  std::vector<AlertSilence> silences;
  Clocks clocks{.wall = Time(1'795'573'627s), .monotonic = Monotonic(5s), .boot = "one"};
};

TEST_F(BookTest, AStoppedDatabaseExplainsTheFailingHealthChecks) {
  const auto database = [](Verdict verdict) { return watched("db-connection", "", verdict); };
  const auto health = [](Verdict verdict) { return watched("health-check-fail", "a", verdict); };
  EXPECT_THAT(round({health(Verdict::fail), database(Verdict::fail)}),
              ElementsAre("db-connection: firing  (health-check-fail: shop a)"));
  EXPECT_THAT(round({health(Verdict::fail), database(Verdict::fail)}), IsEmpty());
  EXPECT_THAT(round({health(Verdict::fail), database(Verdict::pass)}),
              ElementsAre("db-connection: resolved .", "health-check-fail: firing a"));
  EXPECT_THAT(round({health(Verdict::pass), database(Verdict::pass)}),
              ElementsAre("health-check-fail: resolved a."));
}

TEST_F(BookTest, TheCausesMessageNamesWhatItExplains) {
  Watched health = watched("health-check-fail", "a", Verdict::fail);
  health.rule.failing_for = 3min;
  health.alert.title = "Health Check Fail";
  EXPECT_THAT(round({health}), IsEmpty());
  EXPECT_THAT(round({health, watched("db-connection", "", Verdict::fail)}),
              ElementsAre("db-connection: firing  (Health Check Fail: shop a)"));
}

TEST_F(BookTest, WhatIsGoneIsOver) {
  EXPECT_THAT(round({watched("container-down", "web", Verdict::fail)}),
              ElementsAre("container-down: firing web"));
  EXPECT_THAT(round({}), ElementsAre("container-down: resolved web."));
  EXPECT_THAT(round({}), IsEmpty());
}

TEST_F(BookTest, WhatWasNotLookedAtIsNotOver) {
  round({watched("container-down", "web", Verdict::fail)});
  unseen = {"shop"};
  EXPECT_THAT(round({}), IsEmpty());
  unseen = {"erp"};
  EXPECT_THAT(round({}), ElementsAre("container-down: resolved web."));
}

TEST_F(BookTest, WhatACommandToldIsNotToldAgainAndItsEndIsTold) {
  Message message;
  message.group = "incident-of-the-command";
  message.alerts.push_back(watched("deploy-failed", "", Verdict::fail).alert);
  book.know(message);
  const auto failed = watched("deploy-failed", "", Verdict::fail);
  EXPECT_THAT(round({failed}), IsEmpty());
  restart();
  book.know(message);
  EXPECT_THAT(round({failed}), IsEmpty());
  const std::vector over{watched("deploy-failed", "", Verdict::pass)};
  book.add({.watched = over, .silences = {}, .works = {}, .clocks = clocks, .host = "web1"});
  ASSERT_EQ(book.outbox().size(), 1U);
  EXPECT_EQ(book.outbox()[0].lead().news, News::resolved);
  EXPECT_EQ(book.outbox()[0].group, "incident-of-the-command");
  EXPECT_TRUE(book.outbox()[0].closes);
}

TEST_F(BookTest, WhatWasSeenBeforeItsCauseWasOverIsNotHeldAgainstIt) {
  Watched database = watched("db-connection", "", Verdict::fail);
  Watched health = watched("health-check-fail", "a", Verdict::fail);
  round({database, health});
  database.verdict = Verdict::pass;
  health.seen = clocks.monotonic;
  EXPECT_THAT(round({database, health}), ElementsAre("db-connection: resolved ."));
  EXPECT_THAT(round({database, health}), IsEmpty());
  health.seen = clocks.monotonic;
  EXPECT_THAT(round({database, health}), ElementsAre("health-check-fail: firing a"));
}

TEST_F(BookTest, ACauseThatIsSilencedExplainsAllTheSame) {
  silences = {{.stack = "shop", .rule = "db-connection", .from = Time{}, .until = Time::max()}};
  const std::vector both{watched("db-connection", "", Verdict::fail),
                         watched("health-check-fail", "a", Verdict::fail)};
  EXPECT_THAT(round(both), IsEmpty());
  EXPECT_THAT(round(both), IsEmpty());
  silences.clear();
  EXPECT_THAT(round(both), ElementsAre("db-connection: firing  (health-check-fail: shop a)"));
}

TEST_F(BookTest, AnOperationUnderWayHidesWhatItCauses) {
  works = {{.kind = "deploy", .stack = "shop", .running = 1s, .may_last = 10min}};
  EXPECT_THAT(round({watched("container-down", "web", Verdict::fail)}), IsEmpty());
  works.clear();
  EXPECT_THAT(round({watched("container-down", "web", Verdict::pass)}), IsEmpty());
}

TEST_F(BookTest, WhatWasSavedIsNotTwoMessages) {
  round({watched("disk-full", "/srv", Verdict::fail)});
  restart();
  EXPECT_THAT(round({watched("disk-full", "/srv", Verdict::fail)}), IsEmpty());
  ASSERT_EQ(book.firing().size(), 1U);
  EXPECT_EQ(book.firing()[0].since, Time(1'795'573'657s));
  restart();
  EXPECT_THAT(round({watched("disk-full", "/srv", Verdict::pass)}),
              ElementsAre("disk-full: resolved /srv."));
  EXPECT_THAT(book.firing(), IsEmpty());
}

TEST_F(BookTest, TheOutboxIsSavedWithItsIds) {
  const auto one = watched("disk-full", "/srv", Verdict::fail);
  book.add({.watched = {&one, 1},
            .silences = {},
            .works = {},
            .clocks = clocks,
            .host = "web1",
            .changes = {}});
  const std::string id = book.outbox().at(0).id;
  EXPECT_EQ(id, "20261125T022707Z-00000001");
  restart();
  EXPECT_EQ(book.outbox().at(0).id, id);
  book.taken();
  restart();
  EXPECT_THAT(book.outbox(), IsEmpty());
}

TEST_F(BookTest, WakesForWhatIsToComeWithoutBeingSeen) {
  Watched slow = watched("disk-full", "/srv", Verdict::fail);
  slow.rule.failing_for = 90s;
  round({slow});
  EXPECT_EQ(book.wakes(std::vector{slow}), 90s);
  round({slow}, 60s);
  EXPECT_EQ(book.wakes(std::vector{slow}), 30s);
  round({watched("disk-full", "/srv", Verdict::pass)});
  EXPECT_EQ(book.wakes(std::vector{slow}), std::nullopt);
}

TEST_F(BookTest, WhatIsDamagedBeginsAnew) {
  for (const char* text : {"{}", "[]", "7", R"({"alarms": [7, {"alert": {}}], "outbox": [{}]})"})
    EXPECT_THAT(AlarmBook::parse(*parse_json(text)).outbox(), IsEmpty()) << text;
}

// --- whatever happens: each alert is told once, its end once, each incident is closed ---

// Those who read the messages, and the queue before them that knows ids.
struct Readers {
  std::set<std::string> ids;
  std::set<std::string> told;       // alerts that fire as far as people know
  std::set<std::string> incidents;  // as far as who keeps incidents knows

  void take(const Message& message) {
    if (!ids.insert(message.id).second) return;
    for (const Alert& alert : message.alerts) take(alert);
    if (message.firing()) incidents.insert(message.group);
    if (!message.firing() && message.closes) incidents.erase(message.group);
  }
  void take(const Alert& alert) {
    // A failure that was over before it could be sent is told by its end alone.
    if (alert.news == News::resolved)
      told.erase(alert.key());
    else
      EXPECT_TRUE(told.insert(alert.key()).second) << "told twice: " << alert.key();
  }
};

void live(unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&](int from, int to) {
    return std::uniform_int_distribution(from, to)(random);
  };
  std::vector<std::string> names{"a", "b", "c", "d"};
  Readers readers;
  AlarmBook book;
  std::string saved = json_text(book.json());
  Clocks clocks{.wall = Time(1'795'573'627s), .monotonic = Monotonic(5s), .boot = "one"};
  for (int step = 0; step < 120; ++step) {
    const Duration later = Duration(1s) * pick(1, 20);
    clocks.wall += later + Duration(1h) * (pick(1, 30) == 1 ? pick(-9, 9) : 0);
    clocks.monotonic += later;
    std::vector<Watched> all;
    const bool calm = step >= 110;  // at the end all is well
    for (const std::string& name : names)
      for (const char* rule : {"container-down", "db-connection", "health-check-fail"})
        all.push_back(
            watched(rule, name, !calm && pick(1, 4) == 1 ? Verdict::fail : Verdict::pass));
    book.add({.watched = all,
              .silences = {},
              .works = {},
              .clocks = clocks,
              .host = "web1",
              .changes = {}});
    if (pick(1, 12) == 1) {  // killed before it could save: nothing of this round was
      book = AlarmBook::parse(*parse_json(saved));
      continue;
    }
    saved = json_text(book.json());
    const bool killed = pick(1, 12) == 1;
    for (const Message& message : book.outbox()) {
      if (killed && pick(1, 2) == 1) break;
      readers.take(message);
    }
    if (killed) {
      book = AlarmBook::parse(*parse_json(saved));
      for (const Message& message : book.outbox()) readers.take(message);
    }
    book.taken();
  }
  EXPECT_THAT(book.firing(), IsEmpty());
  EXPECT_THAT(readers.told, IsEmpty()) << "nobody was told that it is over";
  EXPECT_THAT(readers.incidents, IsEmpty()) << "an incident stays open for ever";
}

TEST(BookSequences, EachIsToldOnceAndItsEndToo) {
  const char* is_long = std::getenv("BALLAST_LONG");
  const unsigned count = is_long != nullptr && std::string(is_long) == "1" ? 10'000 : 50;
  for (unsigned seed = 1; seed <= count && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    live(seed);
  }
}

}  // namespace
}  // namespace ballast
