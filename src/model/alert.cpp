#include "model/alert.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr auto all_news = std::to_array<std::string_view>({"firing", "reminder", "resolved"});

long long milliseconds(Time time) { return time.time_since_epoch().count(); }

Time time_at(const Json& json, std::string_view key) {
  return Time(Duration(number_at(json, key)));
}

std::optional<News> parse_news(std::string_view text) {
  const auto found = std::ranges::find(all_news, text);
  if (found == all_news.end()) return std::nullopt;
  return static_cast<News>(found - all_news.begin());
}

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
  throw Error(Kind::failed, fmt::format("{} is no message: {}", path, why),
              "it was damaged: move it out of the way");
}

Alert parse_alert(const std::string& path, const Json& json) {
  const auto news = parse_news(text_at(json, "news"));
  const auto severity = parse_severity(text_at(json, "severity"));
  if (!news || !severity || text_at(json, "rule").empty()) refuse(path, "an alert is not whole");
  Alert alert{.rule = text_at(json, "rule"),
              .stack = text_at(json, "stack"),
              .subject = text_at(json, "subject"),
              .title = text_at(json, "title"),
              .news = *news,
              .unknown = flag_at(json, "unknown"),
              .severity = *severity,
              .text = text_at(json, "text"),
              .hint = text_at(json, "hint"),
              .since = time_at(json, "since"),
              .until = {}};
  if (member(json, "until").is_number()) alert.until = time_at(json, "until");
  return alert;
}

}  // namespace

std::string Alert::key() const {
  return subject.empty() ? fmt::format("{}/{}", stack, rule)
                         : fmt::format("{}/{}/{}", stack, rule, subject);
}

std::string Alert::name() const {
  std::string name = title.empty() ? rule : title;
  if (!stack.empty() || !subject.empty()) name += ":";
  if (!stack.empty()) name += " " + stack;
  if (!subject.empty()) name += " " + subject;
  return name;
}

Severity Message::severity() const {
  return std::max(at_least, std::ranges::max_element(alerts, {}, &Alert::severity)->severity);
}

bool Message::firing() const {
  return std::ranges::any_of(alerts,
                             [](const Alert& alert) { return alert.news != News::resolved; });
}

std::string Message::title() const {
  const std::size_t others = alerts.size() - 1;
  return others == 0 ? lead().name() : fmt::format("{}, and {} more", lead().name(), others);
}

std::string_view news_text(News news) { return all_news.at(static_cast<std::size_t>(news)); }

Json alert_json(const Alert& alert) {
  return {{"rule", alert.rule},
          {"stack", alert.stack},
          {"subject", alert.subject},
          {"title", alert.title},
          {"news", news_text(alert.news)},
          {"unknown", alert.unknown},
          {"severity", severity_text(alert.severity)},
          {"text", alert.text},
          {"hint", alert.hint},
          {"since", milliseconds(alert.since)},
          {"until", alert.until ? Json(milliseconds(*alert.until)) : Json()}};
}

Json message_json(const Message& message) {
  Json alerts = Json::array();
  for (const Alert& alert : message.alerts) alerts.push_back(alert_json(alert));
  return {{"id", message.id},
          {"host", message.host},
          {"group", message.group},
          {"closes", message.closes},
          {"at_least", severity_text(message.at_least)},
          {"at", milliseconds(message.at)},
          {"alerts", alerts},
          {"explained", message.explained},
          {"change", message.change},
          {"lasts", message.lasts ? Json(message.lasts->count()) : Json()},
          {"audit_head", message.audit_head}};
}

Message parse_message(const std::string& path, const Json& json) {
  Message message{.id = text_at(json, "id"),
                  .host = text_at(json, "host"),
                  .group = text_at(json, "group"),
                  .closes = flag_at(json, "closes"),
                  .at_least = parse_severity(text_at(json, "at_least")).value_or(Severity::info),
                  .at = time_at(json, "at"),
                  .alerts = {},
                  .explained = texts_in(member(json, "explained")),
                  .change = text_at(json, "change"),
                  .lasts = {},
                  .audit_head = text_at(json, "audit_head")};
  for (const Json& alert : member(json, "alerts"))
    message.alerts.push_back(parse_alert(path, alert));
  if (message.id.empty() || message.alerts.empty()) refuse(path, "it has no id, or no alert");
  if (member(json, "lasts").is_number()) message.lasts = Duration(number_at(json, "lasts"));
  return message;
}

}  // namespace ballast
