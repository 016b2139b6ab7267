#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/channel.h"
#include "notify/ping.h"
#include "notify/retry_after.h"
#include "notify/test_notify.h"

namespace ballast {
namespace {

using namespace ballast::testing;

std::string text_of(const Answered& answered) {
  const char* fate = answered.fate == Fate::delivered ? "delivered"
                     : answered.fate == Fate::later   ? "later"
                                                      : "never";
  std::string text = fate;
  if (!answered.trouble.empty()) text += ": " + answered.trouble;
  if (answered.retry_after) text += " (" + std::to_string(answered.retry_after->count()) + " ms)";
  return text;
}

std::string judged(int status, const std::string& body = "",
                   const std::map<std::string, std::string>& headers = {}) {
  HttpResponse response = ScriptedHttp::status(status, body);
  response.headers = headers;
  return text_of(judge(response, noon));
}

TEST(JudgeTest, WhatWasTakenWasTaken) {
  EXPECT_EQ(judged(200, "ok"), "delivered");
  EXPECT_EQ(judged(202), "delivered");
  EXPECT_EQ(judged(204), "delivered");
  HttpResponse cut = ScriptedHttp::status(200);
  cut.failure = HttpFailure::reset;
  EXPECT_EQ(text_of(judge(cut, noon)), "delivered");
}

TEST(JudgeTest, WhatMayPassIsTriedAgain) {
  EXPECT_EQ(judged(500), "later: 500");
  EXPECT_EQ(judged(503, "\n busy\nsecond line"), "later: 503: busy");
  EXPECT_EQ(judged(408), "later: 408");
  EXPECT_EQ(judged(429, "", {{"retry-after", "30"}}), "later: 429 (30000 ms)");
  EXPECT_EQ(judged(503, "", {{"retry-after", "Wed, 25 Nov 2026 02:28:07 GMT"}}),
            "later: 503 (60000 ms)");
  EXPECT_EQ(text_of(judge(ScriptedHttp::silence(), noon)), "later: no answer within 10 s");
}

TEST(JudgeTest, WhatIsRefusedForGoodIsNot) {
  EXPECT_EQ(judged(400, "invalid_payload"), "never: 400: invalid_payload");
  EXPECT_EQ(judged(403), "never: 403");
  EXPECT_EQ(judged(404, "no_service"), "never: 404: no_service");
  EXPECT_EQ(judged(410), "never: 410");
}

TEST(JudgeTest, ARedirectIsReportedWithoutItsSecret) {
  EXPECT_EQ(judged(302, "", {{"location", "https://login.example.com/x?token=geheim"}}),
            "later: 302: a redirect to https://login.example.com/…, which is not followed: correct "
            "the URL");
  EXPECT_EQ(judged(301),
            "later: 301: a redirect elsewhere, which is not followed: correct the URL");
}

TEST(JudgeTest, Mail) {
  EXPECT_EQ(text_of(judge(MailAnswer{.code = 250, .sent = true, .trouble = {}})), "delivered");
  EXPECT_EQ(text_of(judge(MailAnswer{.code = 550, .sent = false, .trouble = "550 no such user"})),
            "never: 550 no such user");
  EXPECT_EQ(text_of(judge(MailAnswer{.code = 451, .sent = false, .trouble = "451 later"})),
            "later: 451 later");
  EXPECT_EQ(text_of(judge(MailAnswer{.code = 0, .sent = false, .trouble = "connection refused"})),
            "later: connection refused");
}

TEST(JudgeTest, Commands) {
  Outcome outcome;
  outcome.status = 0;
  EXPECT_EQ(text_of(judge(outcome)), "delivered");
  outcome.status = 3;
  outcome.errors = "no route\nto pager\n";
  EXPECT_EQ(text_of(judge(outcome)), "later: exit status 3: no route");
  outcome.errors = "";
  outcome.status = 137;
  EXPECT_EQ(text_of(judge(outcome)), "later: did not end in time");
  outcome.status = -1;
  outcome.signal = 9;
  EXPECT_EQ(text_of(judge(outcome)), "later: did not end in time");
  outcome.signal = 0;
  outcome.status = 127;
  EXPECT_EQ(text_of(judge(outcome)), "later: no such program");
}

TEST(RetryAfterTest, SecondsOrADate) {
  EXPECT_EQ(parse_retry_after("0", noon), 0s);
  EXPECT_EQ(parse_retry_after(" 120 ", noon), 120s);
  EXPECT_EQ(parse_retry_after("Wed, 25 Nov 2026 02:27:37 GMT", noon), 30s);
  EXPECT_EQ(parse_retry_after("Wed, 25 Nov 2020 02:27:37 GMT", noon), 0s);
  for (const char* text :
       {"", "-5", "1.5", "soon", "99999999999", "Wed, 25 Nov 2026 02:27:37 CET",
        "Wed, 31 Feb 2026 02:27:37 GMT", "Wed, 25 Nov 2026 24:27:37 GMT", "25 Nov 2026 02:27:37"})
    EXPECT_EQ(parse_retry_after(text, noon), std::nullopt) << text;
}

TEST(PingTest, StartSuccessAndFailure) {
  const std::string base = "https://hc-ping.com/key/";
  EXPECT_EQ(ping_request(base, "shop backup daily", PingKind::start, "op").url,
            "https://hc-ping.com/key/shop-backup-daily/start?create=1&rid="
            "824f601c-2a81-5e6b-8b79-ccd4792304c7");
  EXPECT_EQ(ping_request(base, "ballast", PingKind::success, "").url,
            "https://hc-ping.com/key/ballast?create=1");
  const HttpRequest failed = ping_request(base, "x", PingKind::fail, "", "pg_dump: exit status 1");
  EXPECT_EQ(failed.url, "https://hc-ping.com/key/x/fail?create=1");
  EXPECT_EQ(failed.method, "POST");
  EXPECT_EQ(failed.body, "pg_dump: exit status 1");
  EXPECT_LE(ping_request(base, "x", PingKind::fail, "", std::string(200'000, 'x')).body.size(),
            10'010U);
}

TEST(PingTest, ARunIsTheSameFromItsStartToItsEnd) {
  const auto rid = [](PingKind kind) {
    const std::string url = ping_request("https://x", "j", kind, "20261125T022707Z-3f9a").url;
    return url.substr(url.find("rid="));
  };
  EXPECT_EQ(rid(PingKind::start), rid(PingKind::success));
  EXPECT_EQ(rid(PingKind::start).size(), 40U);
}

TEST(PingTest, NamesAreMadeToFit) {
  EXPECT_EQ(ping_slug("Shop / Backup: daily!"), "shop-backup-daily");
  EXPECT_EQ(ping_slug("a_b-c9"), "a_b-c9");
}

}  // namespace
}  // namespace ballast
