// An incoming webhook: `text` for notifications, `blocks` for the eye.
#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "notify/channel.h"
#include "notify/words.h"

namespace ballast {

namespace {

// Slack's own limits, with room for what is put around a text.
constexpr std::size_t longest_header = 140;
constexpr std::size_t longest_section = 2900;
constexpr std::size_t most_alerts = 20;

// What Slack takes for its own.
std::string escaped(std::string_view text) {
  std::string result = replace_all(std::string(text), "&", "&amp;");
  return replace_all(replace_all(std::move(result), "<", "&lt;"), ">", "&gt;");
}

Json section(std::string_view text) {
  return {{"type", "section"},
          {"text", {{"type", "mrkdwn"}, {"text", shortened(text, longest_section)}}}};
}

std::string alert_text(const Alert& alert) {
  std::string text = fmt::format("*{}*", escaped(alert.name()));
  if (alert.news == News::resolved) text += " is over";
  if (alert.unknown && alert.news != News::resolved) text += " cannot be asked";
  if (!alert.text.empty()) text += "\n" + escaped(alert.text);
  text += fmt::format("\n_{}_", escaped(span_of(alert)));
  if (!alert.hint.empty() && alert.news != News::resolved)
    text += fmt::format("\nTo do: {}", escaped(alert.hint));
  return text;
}

std::string explained_text(const Message& message) {
  std::string text = "Also failing, explained by it:";
  for (const std::string& line : message.explained) text += "\n• " + escaped(line);
  return text;
}

Json blocks_of(const Message& message) {
  Json blocks = Json::array();
  blocks.push_back({{"type", "header"},
                    {"text",
                     {{"type", "plain_text"},
                      {"text", shortened(subject_of(message), longest_header)},
                      {"emoji", false}}}});
  for (std::size_t index = 0; index < std::min(message.alerts.size(), most_alerts); ++index)
    blocks.push_back(section(alert_text(message.alerts[index])));
  if (message.alerts.size() > most_alerts)
    blocks.push_back(section(fmt::format("and {} more", message.alerts.size() - most_alerts)));
  if (!message.explained.empty()) blocks.push_back(section(explained_text(message)));
  if (!message.change.empty()) blocks.push_back(section("Last change: " + escaped(message.change)));
  std::string from = fmt::format("{} · {} · {}", severity_text(message.severity()),
                                 escaped(message.host), escaped(message.id));
  if (!message.audit_head.empty()) from += " · audit " + escaped(message.audit_head);
  blocks.push_back(
      {{"type", "context"}, {"elements", Json::array({{{"type", "mrkdwn"}, {"text", from}}})}});
  return blocks;
}

}  // namespace

std::optional<Outgoing> channels::slack(const Envelope& envelope) {
  const Message& message = envelope.message;
  const std::string text =
      fmt::format("{} ({})", escaped(subject_of(message)), escaped(message.host));
  return HttpRequest{.method = "POST",
                     .url = envelope.secrets.url,
                     .headers = {{"Content-Type", "application/json"}},
                     .body = json_text({{"text", text}, {"blocks", blocks_of(message)}}),
                     .deadline = envelope.settings.deadline};
}

}  // namespace ballast
