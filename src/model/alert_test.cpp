#include "model/alert.h"

#include <gtest/gtest.h>

#include "model/model_test_support.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;

Message message() {
  Message made{.id = "20261125T022707Z-3f9a0001",
               .host = "web1",
               .group = "shop/disk-full//srv",
               .closes = true,
               .at_least = Severity::page,
               .at = Time(1'795'573'627s + 123ms),
               .alerts = {},
               .explained = {"Health Check Fail: shop ten_a"},
               .change = "sha-a000001 by ken",
               .lasts = 24h,
               .audit_head = "57:" + std::string(64, 'b')};
  made.alerts.push_back({.rule = "disk-full",
                         .stack = "shop",
                         .subject = "/srv",
                         .title = "Disk Full",
                         .news = News::resolved,
                         .unknown = true,
                         .severity = Severity::warn,
                         .text = "91 % used",
                         .hint = "ballast prune",
                         .since = Time(1'795'573'000s),
                         .until = Time(1'795'573'600s)});
  return made;
}

TEST(AlertTest, IsReadBackAsItWas) {
  const Message read = parse_message("m.json", *parse_json(json_text(message_json(message()))));
  EXPECT_EQ(json_text(message_json(read)), json_text(message_json(message())));
  EXPECT_EQ(read.lead().until, Time(1'795'573'600s));
  EXPECT_EQ(read.lasts, 24h);
  EXPECT_EQ(read.audit_head, message().audit_head);
  EXPECT_TRUE(read.lead().unknown);
}

TEST(AlertTest, WhatIsLeftOutIsNothing) {
  Message bare = message();
  bare.lasts.reset();
  bare.alerts[0].until.reset();
  const Message read = parse_message("m.json", *parse_json(json_text(message_json(bare))));
  EXPECT_EQ(read.lasts, std::nullopt);
  EXPECT_EQ(read.lead().until, std::nullopt);
}

TEST(AlertTest, DamageIsNamed) {
  const auto error = [](const std::string& text) {
    return error_text(Kind::failed,
                      [&] { parse_message("m.json", parse_json(text).value_or(Json())); });
  };
  const std::string hint = " | it was damaged: move it out of the way";
  for (const char* text : {"", "7", "{}", R"({"id": "x"})", R"({"id": "x", "alerts": []})"})
    EXPECT_EQ(error(text), "m.json is no message: it has no id, or no alert" + hint) << text;
  EXPECT_EQ(error(R"({"id": "x", "alerts": [{"rule": "y"}]})"),
            "m.json is no message: an alert is not whole" + hint);
}

TEST(AlertTest, Names) {
  Message two = message();
  EXPECT_EQ(two.lead().key(), "shop/disk-full//srv");
  EXPECT_EQ(two.title(), "Disk Full: shop /srv");
  two.alerts.push_back(two.lead());
  two.alerts[1].subject = "";
  EXPECT_EQ(two.title(), "Disk Full: shop /srv, and 1 more");
  EXPECT_EQ(two.alerts[1].key(), "shop/disk-full");
  two.alerts[1].stack = "";
  EXPECT_EQ(two.alerts[1].key(), "/disk-full");
  EXPECT_EQ(two.alerts[1].name(), "Disk Full");
}

TEST(AlertTest, TheHighestSeverityHolds) {
  Message one = message();
  EXPECT_EQ(one.severity(), Severity::page);
  one.at_least = Severity::info;
  EXPECT_EQ(one.severity(), Severity::warn);
  EXPECT_FALSE(one.firing());
  one.alerts[0].news = News::reminder;
  EXPECT_TRUE(one.firing());
}

TEST(AlertTest, Words) {
  for (const char* word : {"info", "warn", "page"})
    EXPECT_EQ(severity_text(*parse_severity(word)), word);
  EXPECT_EQ(parse_severity("urgent"), std::nullopt);
  EXPECT_EQ(news_text(News::reminder), "reminder");
}

}  // namespace
}  // namespace ballast
