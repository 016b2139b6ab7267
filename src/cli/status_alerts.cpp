#include "cli/status_alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "cli/silence_text.h"

namespace ballast {

namespace {

constexpr std::string_view how_to_watch = "nobody watches: systemctl start ballast";

std::optional<std::vector<AlertSilence>> known_silences(Invocation& invocation,
                                                        const WatchView& view) {
  if (view.daemon) return view.daemon->silences;
  try {
    return invocation.features().silences();
  } catch (const Error&) {
    return std::nullopt;  // they are root's alone
  }
}

std::string watch_text(const WatchView& view) {
  if (view.daemon) return "watched since " + iso_local(view.daemon->since);
  if (view.nobody_watches()) return std::string(how_to_watch);
  return "not known whether anybody watches: " + printable(view.trouble);
}

// Why the alerts of a stack are not known; empty: they are.
std::string why_unknown(const WatchView& view, const std::string& stack) {
  if (!view.daemon) return watch_text(view);
  const WatchedStack* watched = view.daemon->stack(stack);
  if (watched == nullptr) return "the daemon does not watch it";
  if (!watched->trouble.empty()) return printable(watched->trouble);
  return watched->was_looked_at ? "" : "it was not looked at yet";
}

std::vector<Alert> alerts_of(const WatchView& view, const std::string& stack) {
  std::vector<Alert> alerts;
  if (!view.daemon) return alerts;
  std::ranges::copy_if(view.daemon->alerts, std::back_inserter(alerts),
                       [&](const Alert& alert) { return alert.stack == stack; });
  return alerts;
}

std::vector<AlertSilence> silences_of(const WatchView& view, const std::string& stack) {
  std::vector<AlertSilence> silences;
  if (!view.silences) return silences;
  std::ranges::copy_if(
      *view.silences, std::back_inserter(silences),
      [&](const AlertSilence& silence) { return silence.stack.empty() || silence.stack == stack; });
  return silences;
}

Json list_json(const auto& values) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back(standing_json(value));
  return list;
}

std::string alert_text(const Alert& alert) {
  const std::string subject = alert.subject.empty() ? "" : " " + alert.subject;
  const std::string title = alert.title.empty() ? alert.rule : alert.title;
  return printable(fmt::format("{}{}, {} since {}: {}", title, subject,
                               alert.unknown ? "unknown" : "firing", iso_local(alert.since),
                               alert.text));
}

Colour colour_of(const Alert& alert) { return alert.unknown ? Colour::yellow : Colour::red; }

std::string silence_line(const AlertSilence& silence) {
  return printable(fmt::format("{} silenced until {} by {}: {} ({})", silenced_text(silence),
                               iso_local(silence.until), silence.operator_name, silence.reason,
                               silence.id));
}

}  // namespace

WatchView look_at_watch(Invocation& invocation) {
  WatchView view;
  try {
    view.daemon = invocation.features().daemon();
  } catch (const Error& error) {
    view.trouble = error.message();
  }
  view.silences = known_silences(invocation, view);
  return view;
}

void add_watch_json(Json& report, const WatchView& view) {
  const bool is_known = view.trouble.empty();
  report["watched"] = is_known ? Json(view.daemon.has_value()) : Json();
  report["watched_since"] = view.daemon ? Json(iso_local(view.daemon->since)) : Json();
  report["watched_trouble"] = text_or_null(view.trouble);
  report["alerts"] = view.daemon ? list_json(alerts_of(view, "")) : Json();
}

void add_watch_json(Json& stack_json, const WatchView& view, const std::string& stack) {
  const std::string unknown = why_unknown(view, stack);
  stack_json["alerts"] = unknown.empty() ? list_json(alerts_of(view, stack)) : Json();
  stack_json["alerts_unknown"] = text_or_null(unknown);
  stack_json["silences"] = view.silences ? list_json(silences_of(view, stack)) : Json();
}

std::string watch_lines(Output& output, const WatchView& view) {
  std::string text;
  if (view.daemon) {
    for (const Alert& alert : view.daemon->alerts)
      text += fmt::format("{}: {}\n",
                          output.paint(colour_of(alert),
                                       alert.stack.empty() ? "the server" : printable(alert.stack)),
                          alert_text(alert));
    for (const WatchedStack& stack : view.daemon->stacks)
      if (const std::string unknown = why_unknown(view, stack.name); !unknown.empty())
        text += fmt::format("{}: alerts unknown: {}\n", printable(stack.name), unknown);
  }
  if (view.silences)
    for (const AlertSilence& silence : *view.silences) text += silence_line(silence) + "\n";
  return text + watch_text(view) + "\n";
}

void show_alerts(Output& output, const WatchView& view, const std::string& stack) {
  const std::string unknown = why_unknown(view, stack);
  const auto alerts = alerts_of(view, stack);
  output.line("");
  if (!unknown.empty())
    output.line("  alerts: unknown: " + unknown);
  else
    output.line(fmt::format("  alerts: {}, {}",
                            alerts.empty() ? "none" : std::to_string(alerts.size()),
                            watch_text(view)));
  for (const Alert& alert : alerts) {
    output.line("    " + output.paint(colour_of(alert), alert_text(alert)));
    if (!alert.hint.empty()) output.line("      " + printable(alert.hint));
  }
  for (const AlertSilence& silence : silences_of(view, stack))
    output.line("    " + silence_line(silence));
}

}  // namespace ballast
