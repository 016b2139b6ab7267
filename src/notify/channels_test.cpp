#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"
#include "notify/alertmanager.h"
#include "notify/channel.h"
#include "notify/test_notify.h"

namespace ballast {
namespace {

using namespace ballast::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class ChannelsTest : public ::testing::Test {
 protected:
  ChannelsTest() {
    setenv("TZ", "Asia/Tokyo", 1);
    tzset();
  }

  std::optional<Outgoing> outgoing(const std::string& channel, const Message& message) {
    settings.name = channel;
    return channel_named(channel).outgoing({settings, secrets, message, noon});
  }
  HttpRequest request(const std::string& channel, const Message& message) {
    return std::get<HttpRequest>(outgoing(channel, message).value());
  }
  Json body(const std::string& channel, const Message& message) {
    return parse_json(request(channel, message).body).value();
  }
  static Json json(const char* text) { return parse_json(text).value(); }

  ChannelSettings settings{.name = {}, .severities = {}};
  ChannelSecrets secrets{.url = "https://hooks.slack.com/services/T0/B0/geheim",
                         .key = "routing-key-geheim",
                         .password = "geheim"};
};

TEST_F(ChannelsTest, SlackHasTextAndBlocks) {
  Message message = message_of({disk_full()});
  message.explained = {"Health Check Fail: shop ten_a"};
  message.change = "sha-a000001 by ken 4 min ago; back: ballast rollback shop";
  const HttpRequest sent = request("slack", message);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://hooks.slack.com/services/T0/B0/geheim");
  EXPECT_THAT(sent.headers, ElementsAre(Pair("Content-Type", "application/json")));
  EXPECT_EQ(sent.follow_redirects, 0);
  EXPECT_EQ(sent.body, json_text(json(R"json({
    "text": "FIRING Disk Full: shop /srv (web1)",
    "blocks": [
      {"type": "header", "text": {"type": "plain_text", "text": "FIRING Disk Full: shop /srv", "emoji": false}},
      {"type": "section", "text": {"type": "mrkdwn", "text":
        "*Disk Full: shop /srv*\n91 % used &amp; &lt;growing&gt;\n_since 2026-11-25T11:23:07+09:00_\nTo do: ballast prune shop --dry-run"}},
      {"type": "section", "text": {"type": "mrkdwn", "text":
        "Also failing, explained by it:\n• Health Check Fail: shop ten_a"}},
      {"type": "section", "text": {"type": "mrkdwn", "text":
        "Last change: sha-a000001 by ken 4 min ago; back: ballast rollback shop"}},
      {"type": "context", "elements": [{"type": "mrkdwn", "text": "page · web1 · 20261125T022707Z-3f9a0001"}]}
    ]
})json")));
}

TEST_F(ChannelsTest, SlackTellsTheEnd) {
  const Json sent = body("slack", message_of({disk_full(News::resolved)}, true));
  EXPECT_EQ(text_at(sent, "text"), "RESOLVED Disk Full: shop /srv (web1)");
  EXPECT_EQ(text_at(member(sent.at("blocks").at(1), "text"), "text"),
            "*Disk Full: shop /srv* is over\n91 % used &amp; &lt;growing&gt;\n_from "
            "2026-11-25T11:23:07+09:00 to 2026-11-25T11:26:07+09:00, for 3 min_");
}

TEST_F(ChannelsTest, SlackTakesNoMoreThanItsLimits) {
  Alert alert = disk_full();
  alert.text = std::string(10'000, 'x');
  const Json sent = body("slack", message_of(std::vector<Alert>(60, alert)));
  EXPECT_EQ(sent.at("blocks").size(), 23U);
  EXPECT_EQ(text_at(member(sent.at("blocks").at(21), "text"), "text"), "and 40 more");
  EXPECT_LE(text_at(member(sent.at("blocks").at(1), "text"), "text").size(), 3000U);
}

TEST_F(ChannelsTest, WebhookIsAlertmanagersVersionFour) {
  settings.url = "https://hooks.example.com/ballast";
  Alert second = disk_full(News::resolved);
  second.subject = "/var";
  EXPECT_EQ(body("webhook", message_of({disk_full(), second})), json(R"({
    "version": "4",
    "groupKey": "web1/shop/disk-full//srv",
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "ballast",
    "groupLabels": {"alertname": "disk-full", "stack": "shop"},
    "commonLabels": {"alertname": "disk-full", "host": "web1", "stack": "shop", "severity": "page"},
    "commonAnnotations": {"description": "91 % used & <growing>", "hint": "ballast prune shop --dry-run"},
    "externalURL": "",
    "alerts": [
      {"status": "firing",
       "labels": {"alertname": "disk-full", "host": "web1", "stack": "shop", "subject": "/srv", "severity": "page"},
       "annotations": {"summary": "Disk Full: shop /srv", "description": "91 % used & <growing>", "hint": "ballast prune shop --dry-run"},
       "startsAt": "2026-11-25T02:23:07.000Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "",
       "fingerprint": "e8b2acc0c120890f"},
      {"status": "resolved",
       "labels": {"alertname": "disk-full", "host": "web1", "stack": "shop", "subject": "/var", "severity": "page"},
       "annotations": {"summary": "Disk Full: shop /var", "description": "91 % used & <growing>", "hint": "ballast prune shop --dry-run"},
       "startsAt": "2026-11-25T02:23:07.000Z", "endsAt": "2026-11-25T02:26:07.000Z", "generatorURL": "",
       "fingerprint": "86de3ffd3a3cb654"}
    ]})"));
}

TEST_F(ChannelsTest, WebhookTakesTheSecretUrlAndALogin) {
  settings.user = "ballast";
  const HttpRequest sent = request("webhook", message_of({disk_full()}));
  EXPECT_EQ(sent.url, secrets.url);
  EXPECT_THAT(sent.headers, ElementsAre(Pair("Content-Type", "application/json"),
                                        Pair("Authorization", "Basic YmFsbGFzdDpnZWhlaW0=")));
}

TEST_F(ChannelsTest, AlertmanagerIsToldHowLongItCounts) {
  settings.url = "http://127.0.0.1:9093";
  const HttpRequest sent = request("alertmanager", message_of({disk_full()}));
  EXPECT_EQ(sent.url, "http://127.0.0.1:9093/api/v2/alerts");
  EXPECT_EQ(parse_json(sent.body), json(R"([
    {"labels": {"alertname": "disk-full", "host": "web1", "stack": "shop", "subject": "/srv", "severity": "page"},
     "annotations": {"summary": "Disk Full: shop /srv", "description": "91 % used & <growing>", "hint": "ballast prune shop --dry-run"},
     "startsAt": "2026-11-25T02:23:07.000Z", "endsAt": "2026-11-25T02:32:07.000Z", "generatorURL": ""}])"));
}

TEST_F(ChannelsTest, AlertmanagerIsToldTheEndAndWhatEndsByItself) {
  settings.url = "http://a";
  const Json over = body("alertmanager", message_of({disk_full(News::resolved)}, true));
  EXPECT_EQ(text_at(over.at(0), "endsAt"), "2026-11-25T02:26:07.000Z");
  Message event = message_of({disk_full()});
  event.lasts = 24h;
  EXPECT_EQ(text_at(body("alertmanager", event).at(0), "endsAt"), "2026-11-26T02:27:07.000Z");
}

TEST_F(ChannelsTest, AlertmanagerIsRefreshedBeforeItForgets) {
  EXPECT_LT(2 * alertmanager_refresh, alertmanager_lasting);
  settings.url = "http://a";
  const std::vector<Message> firing{message_of({disk_full()}), message_of({disk_full()})};
  const auto sent = alertmanager_refreshing(settings, secrets, firing, noon + 1h);
  ASSERT_TRUE(sent);
  const Json list = parse_json(sent->body).value();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(text_at(list.at(1), "endsAt"), "2026-11-25T03:32:07.000Z");
  EXPECT_FALSE(alertmanager_refreshing(settings, secrets, {}, noon));
}

TEST_F(ChannelsTest, PagerDutyOpensAnIncident) {
  Message message = message_of({disk_full()});
  const HttpRequest sent = request("pagerduty", message);
  EXPECT_EQ(sent.url, "https://events.pagerduty.com/v2/enqueue");
  EXPECT_EQ(parse_json(sent.body), json(R"({
    "routing_key": "routing-key-geheim",
    "event_action": "trigger",
    "dedup_key": "web1/shop/disk-full//srv",
    "client": "ballast",
    "payload": {
      "summary": "FIRING Disk Full: shop /srv",
      "source": "web1",
      "severity": "critical",
      "timestamp": "2026-11-25T02:27:07.000Z",
      "component": "shop",
      "class": "disk-full",
      "custom_details": {
        "text": "FIRING Disk Full: shop /srv\n  91 % used & <growing>\n  since 2026-11-25T11:23:07+09:00\n  to do: ballast prune shop --dry-run\nfrom web1, message 20261125T022707Z-3f9a0001\n",
        "hint": "ballast prune shop --dry-run"}}})"));
}

TEST_F(ChannelsTest, PagerDutyClosesItWhenAllOfItIsOver) {
  EXPECT_EQ(body("pagerduty", message_of({disk_full(News::resolved)}, true)), json(R"({
    "routing_key": "routing-key-geheim",
    "event_action": "resolve",
    "dedup_key": "web1/shop/disk-full//srv"})"));
  EXPECT_FALSE(outgoing("pagerduty", message_of({disk_full(News::resolved)}, false)));
}

TEST_F(ChannelsTest, PagerDutyTakesNoLongerKey) {
  Message message = message_of({disk_full()});
  message.group = std::string(251, 'x');
  EXPECT_EQ(text_at(body("pagerduty", message), "dedup_key").size(), 72U);
  message.group = std::string(250, 'x');
  EXPECT_EQ(text_at(body("pagerduty", message), "dedup_key"), "web1/" + message.group);
}

TEST_F(ChannelsTest, ACommandGetsAllOfItOnItsInput) {
  settings.argv = {"/usr/local/bin/tell", "--urgent"};
  const Command command = std::get<Command>(outgoing("command", message_of({disk_full()})).value());
  EXPECT_THAT(command.argv,
              ElementsAre("timeout", "--signal=KILL", "10", "/usr/local/bin/tell", "--urgent"));
  EXPECT_TRUE(command.environment.empty());
  EXPECT_EQ(command.deadline, 11s);
  const Json input = parse_json(command.input).value();
  EXPECT_EQ(text_at(input, "schema"), "ballast.notification/1");
  EXPECT_EQ(text_at(input, "status"), "firing");
  EXPECT_EQ(text_at(input, "severity"), "page");
  EXPECT_EQ(text_at(input, "title"), "FIRING Disk Full: shop /srv");
  EXPECT_EQ(text_at(input.at("alerts").at(0), "hint"), "ballast prune shop --dry-run");
  EXPECT_THAT(command.input, Not(HasSubstr("geheim")));
}

class EmailTest : public ChannelsTest {
 protected:
  EmailTest() {
    settings.url = "smtp://mail.example.com:587";
    settings.from = "ballast@example.com";
    settings.to = {"ops@example.com", "ken@example.com"};
  }
  Mail mail(const Message& message) { return std::get<Mail>(outgoing("email", message).value()); }
};

TEST_F(EmailTest, IsWhatMailersRead) {
  const Mail sent = mail(message_of({disk_full()}));
  EXPECT_EQ(sent.server, "smtp://mail.example.com:587");
  EXPECT_TRUE(sent.tls);
  EXPECT_EQ(sent.from, "ballast@example.com");
  EXPECT_THAT(sent.to, ElementsAre("ops@example.com", "ken@example.com"));
  const auto blank = sent.text.find("\r\n\r\n");
  EXPECT_EQ(sent.text.substr(0, blank),
            "From: <ballast@example.com>\r\n"
            "To: <ops@example.com>,\r\n <ken@example.com>\r\n"
            "Subject: [web1] FIRING Disk Full: shop /srv\r\n"
            "Date: Wed, 25 Nov 2026 02:27:07 +0000\r\n"
            "Message-ID: <a86cc6ec7c6251c427136e402ab66c68@ballast>\r\n"
            "References: <e8b2acc0c120890fbfdd1e9f4833c68f@ballast>\r\n"
            "In-Reply-To: <e8b2acc0c120890fbfdd1e9f4833c68f@ballast>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "Importance: high\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64");
  const std::string encoded = replace_all(sent.text.substr(blank + 4), "\r\n", "");
  EXPECT_EQ(base64_decoded(encoded),
            "FIRING Disk Full: shop /srv\n  91 % used & <growing>\n  since "
            "2026-11-25T11:23:07+09:00\n  to do: ballast prune shop --dry-run\nfrom web1, message "
            "20261125T022707Z-3f9a0001\n");
}

TEST_F(EmailTest, NoLineIsTooLongAndNoLetterIsCut) {
  Alert alert = disk_full();
  alert.title = "Plattenplatz für Käufer geht zu Ende, größtenteils wegen Übergröße";
  const std::string text = mail(message_of({alert})).text;
  std::string subject;
  for (const std::string& line : split_lines(text)) {
    EXPECT_LE(line.size(), 79U) << line;
    const auto begin = line.find("=?UTF-8?B?");
    if (begin == std::string::npos) continue;
    const auto end = line.find("?=", begin);
    const auto word = base64_decoded(line.substr(begin + 10, end - begin - 10));
    ASSERT_TRUE(word);
    EXPECT_EQ(printable(*word), *word) << "a letter is cut";
    subject += *word;
  }
  EXPECT_EQ(subject, "[web1] FIRING " + alert.name());
}

TEST_F(EmailTest, NothingThatWasSeenBecomesAHeader) {
  Alert alert = disk_full();
  alert.subject = "x\r\nBcc: everybody@example.com";
  EXPECT_THAT(mail(message_of({alert})).text, Not(HasSubstr("\r\nBcc:")));
}

TEST_F(EmailTest, AResolveIsNotUrgentAndOfTheSameThread) {
  const std::string begin = mail(message_of({disk_full()})).text;
  Message over = message_of({disk_full(News::resolved)}, true);
  over.id = "another";
  const std::string end = mail(over).text;
  EXPECT_THAT(end, Not(HasSubstr("Importance")));
  const auto line_of = [](const std::string& text, const std::string& name) {
    const auto at = text.find("\r\n" + name);
    return text.substr(at, text.find("\r\n", at + 2) - at);
  };
  EXPECT_EQ(line_of(begin, "References"), line_of(end, "References"));
  EXPECT_NE(line_of(begin, "Message-ID"), line_of(end, "Message-ID"));
}

// Each shows it where it disturbs nobody.
TEST_F(ChannelsTest, EveryChannelTellsTheHeadOfTheAuditChain) {
  Message message = message_of({disk_full()});
  message.audit_head = "57:" + std::string(64, 'b');
  settings.url = "https://example.com";
  const Json blocks = body("slack", message).at("blocks");
  EXPECT_EQ(text_at(blocks.back().at("elements").at(0), "text"),
            "page · web1 · 20261125T022707Z-3f9a0001 · audit " + message.audit_head);
  for (const Json& annotations : {body("webhook", message).at("alerts").at(0).at("annotations"),
                                  body("alertmanager", message).at(0).at("annotations")})
    EXPECT_EQ(text_at(annotations, "audit_head"), message.audit_head);
  const Json details = body("pagerduty", message).at("payload").at("custom_details");
  EXPECT_EQ(text_at(details, "audit_head"), message.audit_head);
  const std::string last = "\naudit chain: " + message.audit_head + "\n";
  EXPECT_TRUE(text_at(details, "text").ends_with(last));
  settings.argv = {"/usr/local/bin/tell"};
  const Json input =
      parse_json(std::get<Command>(outgoing("command", message).value()).input).value();
  EXPECT_EQ(text_at(input, "audit_head"), message.audit_head);
  EXPECT_TRUE(text_at(input, "text").ends_with(last));
  settings.from = "ballast@example.com";
  settings.to = {"ops@example.com"};
  const std::string mail = std::get<Mail>(outgoing("email", message).value()).text;
  const std::string encoded = mail.substr(mail.find("\r\n\r\n") + 4);
  EXPECT_TRUE(base64_decoded(replace_all(encoded, "\r\n", ""))->ends_with(last));
}

TEST_F(ChannelsTest, EveryChannelOfTheSettingsIsInTheTable) {
  std::vector<std::string> names;
  for (const Channel& channel : all_channels()) names.emplace_back(channel.name);
  EXPECT_EQ(names, channel_names());
}

TEST_F(ChannelsTest, SecretsAreInNothingThatIsShown) {
  EXPECT_EQ(masked_url(secrets.url), "https://hooks.slack.com/…");
  EXPECT_EQ(masked_url("https://u:p@host:8443/x?y"), "https://host:8443/…");
  EXPECT_EQ(masked_url("nonsense"), "…");
}

}  // namespace
}  // namespace ballast
