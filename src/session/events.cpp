#include "session/events.h"

#include <fmt/format.h>

#include <optional>

#include "notify/announce.h"

namespace ballast {

namespace {

constexpr const char* rule = "break-glass";
constexpr const char* open_fact = "session-open";

Alert alert_about(const BreakGlass& session, News news) {
  return {.rule = rule,
          .stack = session.stack,
          .subject = session.id,
          .title = "Break-Glass Session",
          .news = news,
          .unknown = false,
          .severity = Severity::warn,
          .text = {},
          .hint = {},
          .since = session.opened,
          .until = session.closed};
}

std::string ticket_text(const BreakGlass& session) {
  return session.ticket.empty() ? "" : fmt::format(" ({})", session.ticket);
}

Message message_with(Alert alert) {
  Message message;
  message.alerts.push_back(std::move(alert));
  return message;
}

std::string left_text(const BreakGlass& session) {
  if (!session.changed) return "what it changed is not known";
  return *session.changed ? "it left something changed" : "it left nothing changed";
}

}  // namespace

void record_event(Server& server, Journal& journal, const BreakGlass& session,
                  const std::string& who, std::string_view event, const Json& details) {
  Json content = {{"session", session.id}, {"event", event}};
  if (details.is_object()) content.update(details);
  journal.append_audit({.kind = "session",
                        .stack = session.stack,
                        .who = who,
                        .content = content,
                        .at = server.host.clock.now()});
}

void note_what_is_open(Server& server, Journal& journal, SessionStore& store,
                       const std::string& stack) {
  const Time now = server.host.clock.now();
  std::optional<BreakGlass> last;
  for (BreakGlass& one : store.all())
    if (one.stack == stack && one.state(now) == "open" && (!last || last->until() < one.until()))
      last = std::move(one);
  const Json fact =
      last ? Json{{"id", last->id}, {"until", iso_utc(last->until())}} : Json(nullptr);
  journal.set_fact(stack, open_fact, fact, now);
}

std::vector<std::string> announce_opened(Server& server, const BreakGlass& session) {
  Alert alert = alert_about(session, News::firing);
  const bool waits = session.awaits_approval();
  alert.text = fmt::format("{} {} until {}: {}{}", session.opened_by.name,
                           waits ? "asks to work on it by hand" : "works on it by hand",
                           iso_local(session.until()), session.reason, ticket_text(session));
  alert.hint = fmt::format(fmt::runtime(waits ? "another person: ballast break-glass approve {}"
                                              : "see it: ballast break-glass show {}"),
                           session.id);
  Message message = message_with(std::move(alert));
  message.lasts = session.length;
  return announce(server.host, server.paths, std::move(message));
}

std::vector<std::string> announce_closed(Server& server, const BreakGlass& session) {
  Alert alert = alert_about(session, News::resolved);
  alert.text = fmt::format("closed by {}; {}", session.closed_by, left_text(session));
  alert.hint = fmt::format("what is to do: ballast break-glass show {}", session.id);
  Message message = message_with(std::move(alert));
  message.closes = true;
  return announce(server.host, server.paths, std::move(message));
}

}  // namespace ballast
