#include "model/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model_test_support.h"
#include "model/settings_keys.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Settings read(const std::string& text) { return read_settings("b.yaml", text); }

std::string read_error(const std::string& text) {
  return error_text(Kind::usage, [&] { read(text); });
}

TEST(SettingsTest, AbsentAndEmptyAreTheSame) {
  for (const auto& text : {std::optional<std::string>(), std::optional<std::string>(""),
                           std::optional<std::string>("notify:\nx-note: 7\n")}) {
    EXPECT_THAT(read_settings("b.yaml", text).channels, IsEmpty());
    EXPECT_EQ(read_settings("b.yaml", text).ping.url_file, "");
  }
}

TEST(SettingsTest, EveryKeyIsRead) {
  const Settings settings = read(R"(notify:
  slack: {url-file: /etc/ballast/slack-url, severity: [page, warn], deadline: 5s, ca-file: /etc/ca.pem}
  pagerduty: {key-file: pagerduty-key, url: https://events.eu.pagerduty.com/v2/enqueue}
  email:
    server: smtp://mail.example.com:587
    from: ballast@example.com
    to: [ops@example.com, ken@example.com]
    user: ballast
    password-file: /etc/ballast/mail-password
  webhook: {url: https://hooks.example.com/ballast, user: b, password-file: /etc/ballast/w}
  alertmanager: {url: http://127.0.0.1:9093/}
  command: {argv: [/usr/local/bin/tell, --urgent], severity: page}
  ping: {url-file: /etc/ballast/ping-url}
)");
  std::vector<std::string> names;
  for (const ChannelSettings& channel : settings.channels) names.push_back(channel.name);
  EXPECT_THAT(names,
              ElementsAre("alertmanager", "command", "email", "pagerduty", "slack", "webhook"));
  const ChannelSettings& slack = *settings.channel("slack");
  EXPECT_EQ(slack.url_file, "/etc/ballast/slack-url");
  EXPECT_THAT(slack.severities, ElementsAre(Severity::page, Severity::warn));
  EXPECT_EQ(slack.deadline, 5s);
  EXPECT_EQ(slack.ca_file, "/etc/ca.pem");
  EXPECT_EQ(settings.channel("pagerduty")->key_file, "pagerduty-key");
  const ChannelSettings& email = *settings.channel("email");
  EXPECT_EQ(email.url, "smtp://mail.example.com:587");
  EXPECT_THAT(email.to, ElementsAre("ops@example.com", "ken@example.com"));
  EXPECT_TRUE(email.tls);
  EXPECT_EQ(settings.channel("webhook")->user, "b");
  EXPECT_EQ(settings.channel("alertmanager")->url, "http://127.0.0.1:9093");
  EXPECT_THAT(settings.channel("command")->argv, ElementsAre("/usr/local/bin/tell", "--urgent"));
  EXPECT_THAT(settings.channel("command")->severities, ElementsAre(Severity::page));
  EXPECT_EQ(settings.ping.url_file, "/etc/ballast/ping-url");
}

TEST(SettingsTest, WhatAChannelTakesUnlessItIsSaid) {
  const Settings settings = read(
      "notify: {slack: {url-file: /s}, pagerduty: {key-file: /k}, alertmanager: {url: http://a}}");
  EXPECT_THAT(settings.channel("slack")->severities, ElementsAre(Severity::page, Severity::warn));
  EXPECT_THAT(settings.channel("pagerduty")->severities, ElementsAre(Severity::page));
  EXPECT_THAT(settings.channel("alertmanager")->severities,
              ElementsAre(Severity::page, Severity::warn, Severity::info));
  EXPECT_EQ(settings.channel("slack")->deadline, 10s);
  EXPECT_EQ(settings.channel("email"), nullptr);
}

TEST(SettingsTest, UnknownKeysAreErrorsWithTheNearestKnownOne) {
  EXPECT_EQ(read_error("notfy: {}\n"), "b.yaml:1: unknown key `notfy` | did you mean `notify`?");
  EXPECT_EQ(read_error("notify:\n  slak: {}\n"),
            "b.yaml:2: unknown key `notify.slak` | did you mean `notify.slack`?");
  EXPECT_EQ(read_error("notify:\n  slack:\n    url_file: /s\n"),
            "b.yaml:3: unknown key `notify.slack.url_file` | did you mean "
            "`notify.slack.url-file`?");
  EXPECT_EQ(read_error("notify: {slack: {to: x}}\n"),
            "b.yaml:1: unknown key `notify.slack.to` | known keys: ca-file, deadline, severity, "
            "url-file");
}

TEST(SettingsTest, WhatAChannelLacksIsNamed) {
  const std::string hint = " | the manual says what each channel takes: ballast help notify";
  EXPECT_EQ(read_error("notify:\n  slack:\n"), "b.yaml:2: `notify.slack` lacks `url-file`" + hint);
  EXPECT_EQ(read_error("notify: {webhook: {severity: page}}"),
            "b.yaml:1: `notify.webhook` lacks `url` or `url-file`" + hint);
  EXPECT_EQ(read_error("notify: {webhook: {url: http://a, url-file: /b}}"),
            "b.yaml:1: `notify.webhook` has more than one of `url` or `url-file`" + hint);
  EXPECT_EQ(read_error("notify: {email: {server: 'smtp://m', to: a@b}}"),
            "b.yaml:1: `notify.email` lacks `from`" + hint);
}

TEST(SettingsTest, WrongValuesNameTheirLineAndKey) {
  EXPECT_EQ(read_error("notify:\n  slack: {url-file: slack/url}\n"),
            "b.yaml:2: `notify.slack.url-file`: \"slack/url\" is no place of a secret | write the "
            "absolute path of a file of root's alone (0600), or the name of a systemd credential");
  EXPECT_EQ(read_error("notify: {slack: {url-file: /s, severity: [pager]}}"),
            "b.yaml:1: `notify.slack.severity`: \"pager\" is none of info, warn, page | did you "
            "mean `page`?");
  EXPECT_EQ(read_error("notify: {slack: {url-file: /s, severity: []}}"),
            "b.yaml:1: `notify.slack.severity`: no severity is left, so nothing would be sent | "
            "write `severity: [page, warn]`, or remove the channel");
  EXPECT_EQ(read_error("notify: {slack: {url-file: /s, deadline: 1h}}"),
            "b.yaml:1: `notify.slack.deadline`: must be from 1s to 2m | write `deadline: 10s`");
  EXPECT_EQ(read_error("notify: {command: {argv: [tell]}}"),
            "b.yaml:1: `notify.command.argv`: the command must begin with its whole path | write "
            "`argv: [/usr/local/bin/tell, --urgent]`");
  EXPECT_EQ(read_error("notify: {webhook: {url: 'https://u:geheim@host/'}}"),
            "b.yaml:1: `notify.webhook.url`: a URL with a password in it does not belong here | "
            "put it into a file of root's alone (0600): `url-file: /etc/ballast/…`");
  EXPECT_EQ(read_error("notify: {email: {server: mail.example.com, from: a@b, to: a@b}}"),
            "b.yaml:1: `notify.email.server`: \"mail.example.com\" is not a mail server | write "
            "smtp://mail.example.com:587 (STARTTLS) or smtps://mail.example.com:465");
  EXPECT_EQ(read_error("notify: {email: {server: 'smtp://m', from: 'a@b>', to: a@b}}"),
            "b.yaml:1: `notify.email.from`: \"a@b>\" is not an address of mail | write it alone, "
            "such as ops@example.com");
  EXPECT_EQ(read_error("notify: [slack]"),
            "b.yaml:1: `notify`: keys belong under it | known keys: alertmanager, command, email, "
            "pagerduty, slack, webhook, ping");
  EXPECT_EQ(read_error("- notify"),
            "b.yaml:1: settings are a map of keys | write `key: value` lines");
}

TEST(SettingsTest, WhatWouldTellAPasswordToEverybodyIsRefused) {
  const std::string mail =
      "notify: {email: {from: a@b, to: a@b, user: u, password-file: /p, server: ";
  EXPECT_EQ(read_error(mail + "'smtp://m', tls: off}}"),
            "b.yaml:1: `notify.email` would send a password that everyone on the way can read | "
            "remove `tls: off`");
  EXPECT_EQ(read_error("notify: {email: {from: a@b, to: a@b, server: 'smtps://m', tls: off}}"),
            "b.yaml:1: `notify.email` has `tls: off` with a server of smtps | remove `tls: off`, "
            "or write smtp://…");
  EXPECT_EQ(read_error("notify: {webhook: {url: http://a, user: u}}"),
            "b.yaml:1: `notify.webhook` needs both `user` and `password-file`, or neither | add "
            "the other one");
}

TEST(SettingsTest, OfTheDaemon) {
  const WatchSettings silent = read("watch:\nmetrics:\n").watch;
  EXPECT_EQ(silent.interval, 5s);
  EXPECT_EQ(silent.metrics_listen, "127.0.0.1:9478");
  EXPECT_EQ(silent.metrics_file, "");
  const WatchSettings watch =
      read(R"(watch: {interval: 1m, remind: 0s, flap-hold: 1h, x-why: slow disks}
metrics: {listen: "[::1]:9500", text-file: /var/lib/prometheus/node-exporter/ballast.prom}
)")
          .watch;
  EXPECT_EQ(watch.interval, 1min);
  EXPECT_EQ(watch.remind, 0s);
  EXPECT_EQ(watch.flap_hold, 1h);
  EXPECT_EQ(watch.metrics_listen, "[::1]:9500");
  EXPECT_EQ(watch.metrics_file, "/var/lib/prometheus/node-exporter/ballast.prom");
  EXPECT_EQ(read("metrics: {listen: off}").watch.metrics_listen, "");
  EXPECT_EQ(read("metrics: {listen: '127.1.2.3:1'}").watch.metrics_listen, "127.1.2.3:1");
}

TEST(SettingsTest, MetricsForOtherMachinesMustBeMeant) {
  for (const std::string listen :
       {"0.0.0.0:9478", "10.0.0.5:9478", "[::]:9478", "[fe80::1]:65535"}) {
    EXPECT_EQ(
        read_error("metrics:\n  listen: '" + listen + "'\n"),
        "b.yaml:2: `metrics.listen`: on \"" + listen +
            "\" everyone who reaches it may read the metrics | write 127.0.0.1:9478; or, when "
            "that is meant, `beyond-this-machine: on` beside it");
    EXPECT_EQ(
        read("metrics: {listen: '" + listen + "', beyond-this-machine: on}").watch.metrics_listen,
        listen);
  }
}

TEST(SettingsTest, WrongValuesOfTheDaemonNameTheirLineAndKey) {
  EXPECT_EQ(read_error("watch: {intervall: 5s}"),
            "b.yaml:1: unknown key `watch.intervall` | did you mean `watch.interval`?");
  EXPECT_EQ(read_error("metrics:\n  port: 9478\n"),
            "b.yaml:2: unknown key `metrics.port` | known keys: beyond-this-machine, listen, "
            "text-file");
  EXPECT_EQ(read_error("metric: {}"), "b.yaml:1: unknown key `metric` | did you mean `metrics`?");
  EXPECT_EQ(read_error("prometheus: {}"),
            "b.yaml:1: unknown key `prometheus` | known keys: doctor, metrics, notify, watch");
  EXPECT_EQ(read_error("metrics: 127.0.0.1:9478"),
            "b.yaml:1: `metrics`: keys belong under it | known keys: beyond-this-machine, listen, "
            "text-file");
  EXPECT_EQ(read_error("watch: {remind: 8d}"),
            "b.yaml:1: `watch.remind`: must be at most 7d | write `remind: 4h`, or 0s for never");
  for (const std::string interval : {"0s", "61s", "2m"})
    EXPECT_EQ(read_error("watch: {interval: " + interval + "}"),
              "b.yaml:1: `watch.interval`: must be from 1s to 1m | write `interval: 5s`");
  for (const std::string listen : {"9478", ":9478", "localhost:9478", "127.0.0.1", "127.0.0.1:0",
                                   "127.0.0.1:65536", "127.0.0:9478", "127.0.0.256:9478",
                                   "::1:9478", "[::1]", "[::g]:9478", "127.0.0.1:9478x", ""})
    EXPECT_EQ(read_error("metrics: {listen: '" + listen + "'}"),
              "b.yaml:1: `metrics.listen`: \"" + listen +
                  "\" is not an address with a port | write it in figures, such as 127.0.0.1:9478 "
                  "or [::1]:9478, or `listen: off`");
  EXPECT_EQ(read_error("metrics: {text-file: /var/lib/ballast.txt}"),
            "b.yaml:1: `metrics.text-file`: node-exporter reads only files whose names end in "
            ".prom | write `text-file: /var/lib/prometheus/node-exporter/ballast.prom`");
  EXPECT_EQ(read_error("metrics: {text-file: ballast.prom}"),
            "b.yaml:1: `metrics.text-file`: \"ballast.prom\" is not an absolute path | write it "
            "from `/` on");
}

TEST(SettingsTest, EveryKeyOfEveryChannelIsInTheTable) {
  for (const ChannelForm& form : channel_forms())
    for (const std::string& name : keys_of(form))
      EXPECT_NE(std::ranges::find(channel_keys(), name, &ChannelKey::name), channel_keys().end())
          << form.name << "." << name;
}

}  // namespace
}  // namespace ballast
