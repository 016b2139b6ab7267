#include "watch/observe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/check_test_support.h"
#include "journal/test_journal.h"
#include "watch/impatient.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

docker::Container database() {
  docker::Container container;
  container.environment = {{"POSTGRES_USER", "odoo"}};
  container.addresses = {{"shop_default", "172.18.0.2"}};
  return container;
}

TEST(DatabaseParameters, AreThoseOfTheContainer) {
  EXPECT_THAT(*database_parameters(database(), "secret"),
              ElementsAre(Pair("host", "172.18.0.2"), Pair("password", "secret"),
                          Pair("port", "5432"), Pair("user", "odoo")));
  docker::Container other = database();
  other.environment = {{"PGPORT", "5433"}};
  other.addresses = {{"host", ""}};
  EXPECT_THAT(
      *database_parameters(other, ""),
      ElementsAre(Pair("host", "127.0.0.1"), Pair("port", "5433"), Pair("user", "postgres")));
}

TEST(DatabaseParameters, ThereAreNoneWithoutAnAddress) {
  docker::Container stopped = database();
  stopped.addresses = {{"shop_default", ""}};
  EXPECT_EQ(database_parameters(stopped, "secret"), std::nullopt);
}

TEST(DatabaseRow, IsReadAsItWasAskedFor) {
  DatabaseSeen seen;
  seen.refusal = PostgresRefusal::none;
  take_database_row(seen, {{"12", "100", "1795573627500", "shop\x1ften_a"}});
  EXPECT_TRUE(seen.answered());
  EXPECT_EQ(seen.connections, 12);
  EXPECT_EQ(seen.limit, 100);
  EXPECT_EQ(seen.clock, Time(1795573627500ms));
  EXPECT_THAT(seen.names, ElementsAre("shop", "ten_a"));
}

TEST(DatabaseRow, AnotherFormIsNoAnswer) {
  DatabaseSeen seen;
  seen.refusal = PostgresRefusal::none;
  take_database_row(seen, {{"12"}});
  EXPECT_EQ(seen.refusal, PostgresRefusal::failed_query);
  EXPECT_EQ(seen.words, "its answer is not the one that was asked for");
}

TEST(CertifiedUrls, EachOnce) {
  Policy policy;
  EXPECT_THAT(certified_urls(policy), IsEmpty());
  policy.traffic.url = "https://shop.example.com";
  policy.traffic.chat_url = "http://chat.example.com";
  policy.certificates = {"https://mail.example.com", "https://shop.example.com"};
  EXPECT_THAT(certified_urls(policy),
              ElementsAre("https://shop.example.com", "https://mail.example.com"));
  policy.traffic.url = "https://{database}.example.com";
  EXPECT_THAT(certified_urls(policy),
              ElementsAre("https://mail.example.com", "https://shop.example.com"));
}

docker::Container of_service(const std::string& service, const std::string& again) {
  docker::Container container;
  container.labels[std::string(docker::label_service)] = service;
  container.restart_policy = again;
  return container;
}

TEST(ServicesOf, OnlyWhatServesNobodyMayEnd) {
  ComposeFile compose;
  for (const char* name : {"web", "db", "worker", "migrate", "mail", "absent"})
    compose.services.push_back(ComposeService{.name = name});
  Policy policy;
  policy.service = "web";
  policy.database_service = "db";
  policy.companions = {"worker"};
  Running running;
  for (const char* name : {"web", "db", "worker", "migrate"})
    running.services.push_back(of_service(name, "no"));
  running.services.push_back(of_service("mail", "unless-stopped"));
  std::vector<std::string> lines;
  for (const ServiceSeen& service : services_of(compose, policy, running))
    lines.push_back(service.name + (service.container ? " is there" : " is not there") +
                    (service.must_run ? ", must run" : ""));
  EXPECT_THAT(lines, ElementsAre("web is there, must run", "db is there, must run",
                                 "worker is there, must run", "migrate is there",
                                 "mail is there, must run", "absent is not there, must run"));
}

class Records : public JournalTest {
 protected:
  void add(const std::string& id, const std::string& kind, long long started, int status,
           const Json& request = {}) {
    Journal journal(path());
    OperationRecord made = operation(id, "shop", started);
    made.kind = kind;
    made.request = request;
    journal.begin(made);
    const auto state = status == 0 ? OperationState::finished : OperationState::undone;
    journal.end(id, state, status, "words", at(started + 1));
  }
  RecordsSeen seen() { return records_of(Journal(path()), "shop"); }
};

TEST_F(Records, TheLastChangeIsNotWhatWasRefusedOrOnlyLooked) {
  add("1", "deploy", 1000, 4);
  add("2", "deploy", 2000, 3);
  add("3", "backup", 3000, 0, {{"kind", "manual"}});
  ASSERT_TRUE(seen().change);
  EXPECT_EQ(seen().change->id, "1");
  EXPECT_EQ(seen().newest, at(3000));
  add("4", "rollback", 4000, 0);
  EXPECT_EQ(seen().change->id, "4");
}

TEST_F(Records, OnlyScheduledBackupsCount) {
  add("1", "backup", 1000, 1, {{"kind", "daily"}});
  add("2", "backup", 2000, 0, {{"kind", "manual"}});
  ASSERT_TRUE(seen().backup);
  EXPECT_EQ(seen().backup->id, "1");
}

TEST_F(Records, WhatIsUnfinishedIsNoChangeYet) {
  Journal(path()).begin(operation("1"));
  EXPECT_FALSE(seen().change);
  EXPECT_EQ(seen().unfinished.size(), 1U);
}

class TickingClock : public test::FakeClock {
 public:
  Monotonic monotonic() override { return Monotonic(passed); }
  Duration passed{};
};

class NotingHttp : public Http {
 public:
  HttpResponse send(const HttpRequest& request) override {
    deadlines.push_back(request.deadline);
    return test::page(200);
  }
  std::vector<Duration> deadlines;
};

TEST(ImpatientHttp, AsksWithWhatIsLeftAndThenNoMore) {
  TickingClock clock;
  NotingHttp http;
  ImpatientHttp impatient(http, clock, 10s);
  HttpRequest request;
  request.deadline = 30s;
  impatient.send(request);
  clock.passed = 7500ms;
  impatient.send(request);
  request.deadline = 1s;
  impatient.send(request);
  clock.passed = 10s;
  const HttpResponse late = impatient.send(request);
  EXPECT_THAT(http.deadlines, ElementsAre(10s, 3s, 1s));
  EXPECT_EQ(late.failure, HttpFailure::timed_out);
  EXPECT_EQ(late.failure_text, "no answer within 10 s");
}

}  // namespace
}  // namespace ballast
