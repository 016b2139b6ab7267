#include "model/alerts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/alert_keys.h"
#include "model/model_test_support.h"
#include "model/policy.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

ComposeFile compose() {
  return parse_compose("c.yml", "services: {web: {image: 'a/b:${WEB_TAG}'}}\n");
}

Policy read(const std::string& text) { return read_policy(compose(), "b.yaml", text).policy; }

AlertSettings settings(const std::string& text, std::string_view id) {
  return settings_of(read(text).alerts, *find_alert(id));
}

std::string read_error(const std::string& text) {
  return error_text(Kind::usage, [&] { read(text); });
}

TEST(AlertsTest, TheTableIsSortedAndEachStandsOnce) {
  for (std::size_t index = 1; index < all_alerts().size(); ++index)
    EXPECT_LT(all_alerts()[index - 1].id, all_alerts()[index].id);
}

TEST(AlertsTest, EachCanBeNamedAndSaysWhatToDo) {
  for (const AlertKind& kind : all_alerts()) {
    SCOPED_TRACE(kind.id);
    EXPECT_EQ(find_alert(kind.id), &kind);
    EXPECT_NE(kind.title, "");
    EXPECT_NE(kind.hint, "");
    EXPECT_EQ(kind.key.empty(), kind.unit == ThresholdUnit::none);
  }
  EXPECT_EQ(find_alert("high-memor"), nullptr);
  EXPECT_EQ(find_alert("zzz"), nullptr);
}

TEST(AlertsTest, WithoutAWordOfThePolicyTheDefaultsHold) {
  const AlertSettings memory = settings("", "high-memory");
  EXPECT_TRUE(memory.enabled);
  EXPECT_EQ(memory.threshold, 3.5e9);
  EXPECT_EQ(memory.hold, 1min);
  EXPECT_EQ(settings("", "disk-full").threshold, 85);
  EXPECT_EQ(settings("", "health-check-fail").hold, 3min);
  EXPECT_EQ(settings("", "health-check-fail").severity, Severity::page);
  EXPECT_EQ(settings("", "certificate-expiring").as_time(), 14 * 24h);
}

TEST(AlertsTest, ThePolicySetsEachOfThem) {
  const std::string text = R"(alerts:
  high-memory: {over: 2.5 GB, for: 90 s, severity: page, hint: restart it, enabled: on}
  disk-full: {over: 1 %}
  clock-wrong: off
  backup-overdue: {after: 1d2h}
  health-check-fail: {for: 0}
  x-note: {anything: 1}
)";
  const AlertSettings memory = settings(text, "high-memory");
  EXPECT_EQ(memory, (AlertSettings{.enabled = true,
                                   .severity = Severity::page,
                                   .hold = 90s,
                                   .threshold = 2.5e9,
                                   .hint = "restart it"}));
  EXPECT_EQ(settings(text, "disk-full").threshold, 1);
  EXPECT_FALSE(settings(text, "clock-wrong").enabled);
  EXPECT_EQ(settings(text, "backup-overdue").as_time(), 26h);
  EXPECT_EQ(settings(text, "health-check-fail").hold, 0s);
  EXPECT_EQ(settings(text, "container-down"), default_settings(*find_alert("container-down")));
}

TEST(AlertsTest, WhatIsOnlyNamedHasItsDefaults) {
  EXPECT_EQ(settings("alerts:\n  disk-full:\n", "disk-full"),
            default_settings(*find_alert("disk-full")));
  EXPECT_TRUE(read("alerts:\n").alerts.empty());
}

TEST(AlertsTest, UnknownNames) {
  EXPECT_EQ(read_error("alerts:\n  high-memry: {over: 1GB}\n"),
            "b.yaml:2: `alerts` names no alert: `high-memry` | did you mean `high-memory`?");
  EXPECT_THAT(read_error("alerts: {cpu: on}\n"),
              HasSubstr("b.yaml:1: `alerts` names no alert: `cpu` | alerts: backup-failed, "));
  EXPECT_EQ(read_error("alerts:\n  high-memory:\n    ovr: 1GB\n"),
            "b.yaml:3: unknown key `alerts.high-memory.ovr` | did you mean `over`?");
  EXPECT_EQ(read_error("alerts:\n  container-down:\n    over: 1\n"),
            "b.yaml:3: unknown key `alerts.container-down.over` | known keys: enabled, for, hint, "
            "severity");
}

TEST(AlertsTest, AThresholdHasItsUnit) {
  EXPECT_EQ(read_error("alerts: {high-memory: {over: 3.5}}\n"),
            "b.yaml:1: `alerts.high-memory.over`: \"3.5\" has no unit | write it with one of B, "
            "kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 3.5GB");
  EXPECT_EQ(read_error("alerts: {disk-full: {over: 85}}\n"),
            "b.yaml:1: `alerts.disk-full.over`: \"85\" has no unit | write it with %, such as "
            "85%");
  EXPECT_EQ(read_error("alerts: {high-memory: {for: 60}}\n"),
            "b.yaml:1: `alerts.high-memory.for`: \"60\" has no unit | write it with one of s, m, "
            "h, d or w, such as 90s or 14d");
}

TEST(AlertsTest, WrongValues) {
  EXPECT_EQ(read_error("alerts: {disk-full: {over: 101%}}\n"),
            "b.yaml:1: `alerts.disk-full.over`: \"101%\" is not a percentage | write a number "
            "from 1% to 100%");
  EXPECT_EQ(read_error("alerts: {disk-full: {over: 3GB}}\n"),
            "b.yaml:1: `alerts.disk-full.over`: \"3GB\" is not a percentage | write a number from "
            "1% to 100%");
  EXPECT_EQ(read_error("alerts: {high-memory: {for: soon}}\n"),
            "b.yaml:1: `alerts.high-memory.for`: \"soon\" is not a duration | write a number with "
            "a unit, such as 120s or 2m");
  EXPECT_EQ(read_error("alerts: {disk-full: {severity: critical}}\n"),
            "b.yaml:1: `alerts.disk-full.severity`: \"critical\" is none of info, warn, page | "
            "write one of them");
  EXPECT_EQ(read_error("alerts: {disk-full: maybe}\n"),
            "b.yaml:1: `alerts.disk-full`: \"maybe\" is not a yes or no | write `on` or `off`");
  EXPECT_EQ(read_error("alerts: {disk-full: [85%]}\n"),
            "b.yaml:1: `alerts.disk-full`: keys belong under it | known keys: enabled, for, hint, "
            "severity, over");
  EXPECT_THAT(read_error("alerts: off\n"), HasSubstr("b.yaml:1: `alerts`: keys belong under it"));
}

TEST(AlertsTest, CertificatesAreAddressesWithOne) {
  EXPECT_EQ(read("certificates: [https://a.example, https://b.example:8443/]\n").certificates,
            (std::vector<std::string>{"https://a.example", "https://b.example:8443"}));
  EXPECT_EQ(read_error("certificates: [http://a.example]\n"),
            "b.yaml:1: `certificates`: \"http://a.example\" is not an address with a certificate "
            "| begin with https://, such as https://shop.example.com");
  EXPECT_EQ(read_error("certificates: https://a.example\n"),
            "b.yaml:1: `certificates`: one value stands where a list belongs | write "
            "`certificates: [https://a.example]`");
}

TEST(AlertsTest, ShownAsTheyHold) {
  const Json all = policy_json(read("alerts: {high-memory: {over: 4GB}}\n")).at("alerts");
  EXPECT_EQ(all.at("high-memory"),
            Json::parse(R"({"enabled":true,"severity":"warn","for":"1m","over":"4GB"})"));
  EXPECT_EQ(all.at("container-down"),
            Json::parse(R"({"enabled":true,"severity":"page","for":"0s"})"));
  EXPECT_EQ(all.at("certificate-expiring").at("within"), "14d");
  EXPECT_EQ(all.size(), all_alerts().size());
}

TEST(AlertsTest, WrittenOnlyWhereTheyDiffer) {
  EXPECT_THAT(print_policy(read("")), HasSubstr("# alerts: {high-memory: {over: 3.5GB, "));
  const Policy policy =
      read("alerts: {high-memory: {over: 4GB, hint: \"a: b\"}, clock-wrong: off}\n");
  const std::string text = print_policy(policy);
  EXPECT_THAT(text, HasSubstr("\nalerts:\n  clock-wrong: {enabled: off, "));
  EXPECT_THAT(text, HasSubstr("\n  high-memory: {enabled: on, severity: warn, for: 1m, over: 4GB, "
                              "hint: \"a: b\"}\n"));
  EXPECT_THAT(text, Not(HasSubstr("disk-full")));
  EXPECT_EQ(policy_json(read(text)), policy_json(policy));
}

}  // namespace
}  // namespace ballast
