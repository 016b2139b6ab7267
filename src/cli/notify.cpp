#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/table.h"
#include "daemon/control_client.h"
#include "model/settings.h"
#include "notify/delivery.h"

namespace ballast {

namespace {

constexpr auto actions = std::to_array<std::string_view>({"retry", "send", "show", "test"});

constexpr auto positionals = std::to_array<Positional>({
    {.name = "action",
     .description = "show (default), test, send or retry",
     .required = false,
     .choices = actions},
    {.name = "channel",
     .description = "alertmanager, command, email, pagerduty, slack or webhook (default: all)",
     .required = false},
});
constexpr auto options = std::to_array<Option>({json_option});

constexpr Duration patience_of_a_person = std::chrono::seconds(30);
constexpr Duration length_of_a_test = std::chrono::minutes(1);

struct Tested {
  std::string channel;
  bool delivered = false;
  std::string trouble;
};

std::vector<std::string> wanted_channels(Invocation& invocation, Notifier& notifier) {
  std::vector<std::string> names;
  for (const ChannelSettings& channel : notifier.settings().channels) names.push_back(channel.name);
  const std::string wanted = invocation.arguments.text("channel");
  if (wanted.empty()) return names;
  if (std::ranges::find(names, wanted) != names.end()) return {wanted};
  const auto near = nearest(wanted, channel_names());
  throw Error(Kind::usage, fmt::format("the channel `{}` is not set up", printable(wanted)),
              near && *near != wanted
                  ? fmt::format("did you mean `{}`?", *near)
                  : std::string("set it up in /etc/ballast/ballast.yaml under `notify:`"));
}

void require_channels(Notifier& notifier) {
  if (notifier.is_set_up()) return;
  throw Error(Kind::usage, "no channel is set up, so nobody is told anything",
              "set one up in /etc/ballast/ballast.yaml under `notify:`: ballast help notify");
}

Json time_json(const std::optional<Time>& time) { return time ? Json(iso_local(*time)) : Json(); }

// --- show, send, retry ---

bool is_well(const ChannelReport& report) { return report.trouble.empty() && report.dead == 0; }

int status_of(const std::vector<ChannelReport>& reports) {
  return std::ranges::all_of(reports, is_well) ? 0 : exit_status(Kind::degraded);
}

Json report_json(const ChannelReport& report, const ChannelSettings& settings) {
  Json severities = Json::array();
  for (const Severity severity : settings.severities) severities.push_back(severity_text(severity));
  return {{"channel", report.channel},         {"severity", severities},
          {"waiting", report.waiting},         {"refused", report.dead},
          {"delivered_now", report.delivered}, {"trouble", text_or_null(report.trouble)},
          {"next", time_json(report.next)}};
}

std::string severities_text(const ChannelSettings& settings) {
  std::vector<std::string> words;
  for (const Severity severity : settings.severities) words.emplace_back(severity_text(severity));
  return join(words, ", ");
}

void show(Output& output, const std::vector<ChannelReport>& reports, const Settings& settings,
          Time now) {
  Table table({"channel", "takes", "waiting", "refused", "state"});
  for (const ChannelReport& report : reports) {
    std::string state = report.trouble.empty() ? "well" : report.trouble;
    if (report.next && *report.next > now)
      state += fmt::format("; again in {}", human_duration(Duration(*report.next - now)));
    table.row({report.channel, severities_text(*settings.channel(report.channel)),
               std::to_string(report.waiting), std::to_string(report.dead),
               Cell(state, is_well(report) ? Colour::green : Colour::red)});
  }
  table.print(output);
  for (const ChannelReport& report : reports)
    if (report.dead > 0)
      output.line(
          fmt::format("{} refused {}: mend it, then: ballast notify retry {}", report.channel,
                      counted(static_cast<long long>(report.dead), "message"), report.channel));
}

int print_reports(Invocation& invocation, Notifier& notifier,
                  const std::vector<ChannelReport>& reports) {
  const int status = status_of(reports);
  Output& output = invocation.output;
  if (!output.style().json) {
    show(output, reports, notifier.settings(), invocation.host.clock.now());
    return status;
  }
  Json list = Json::array();
  for (const ChannelReport& report : reports)
    list.push_back(report_json(report, *notifier.settings().channel(report.channel)));
  output.json({{"schema", "ballast.notify/1"}, {"channels", list}, {"exit", status}});
  return status;
}

int run_show(Invocation& invocation, Notifier& notifier) {
  if (!notifier.is_set_up() && !invocation.output.style().json) {
    invocation.output.remark("no channel is set up: ballast help notify");
    return 0;
  }
  return print_reports(invocation, notifier, notifier.look());
}

// What it waits with, because a channel failed, may go now. It does so by itself in any case.
void tell_daemon(Invocation& invocation) {
  try {
    poke_daemon(Paths{.root = invocation.root()});
  } catch (const Error& error) {
    invocation.output.note(printable(error.message()));
  }
}

int run_send(Invocation& invocation, Notifier& notifier) {
  require_channels(notifier);
  const auto reports = notifier.deliver({.budget = patience_of_a_person, .at_once = true});
  tell_daemon(invocation);
  return print_reports(invocation, notifier, reports);
}

int run_retry(Invocation& invocation, Notifier& notifier) {
  require_channels(notifier);
  for (const std::string& channel : wanted_channels(invocation, notifier)) notifier.revive(channel);
  return run_send(invocation, notifier);
}

// --- test ---

Message test_message(News news) {
  Alert alert{.rule = "test",
              .stack = {},
              .subject = {},
              .title = "Test",
              .news = news,
              .unknown = false,
              .severity = Severity::info,
              .text = "a test of this channel: nothing is wrong",
              .hint = {},
              .since = {},
              .until = {}};
  Message message;
  message.closes = news == News::resolved;
  message.lasts = length_of_a_test;
  message.alerts.push_back(std::move(alert));
  return message;
}

Tested test_channel(Notifier& notifier, Time now, const std::string& channel) {
  Message begins = test_message(News::firing);
  Message ends = test_message(News::resolved);
  for (Message* message : {&begins, &ends}) message->alerts.front().since = now;
  ends.alerts.front().until = now;
  try {
    Answered answered = notifier.try_once(channel, begins, patience_of_a_person);
    // An incident that nobody had is not left open.
    if (channel == "pagerduty" && answered.fate == Fate::delivered)
      answered = notifier.try_once(channel, ends, patience_of_a_person);
    return {channel, answered.fate == Fate::delivered, answered.trouble};
  } catch (const Error& error) {
    return {channel, false, error.message()};
  }
}

int run_test(Invocation& invocation, Notifier& notifier) {
  require_channels(notifier);
  std::vector<Tested> all;
  for (const std::string& channel : wanted_channels(invocation, notifier))
    all.push_back(test_channel(notifier, invocation.host.clock.now(), channel));
  const int status = std::ranges::all_of(all, &Tested::delivered) ? 0 : exit_status(Kind::failed);
  Output& output = invocation.output;
  if (output.style().json) {
    Json list = Json::array();
    for (const Tested& one : all)
      list.push_back({{"channel", one.channel},
                      {"delivered", one.delivered},
                      {"trouble", text_or_null(one.trouble)}});
    output.json({{"schema", "ballast.notify-test/1"}, {"channels", list}, {"exit", status}});
    return status;
  }
  for (const Tested& one : all)
    output.line(fmt::format("{}: {}", one.channel,
                            one.delivered ? output.paint(Colour::green, "delivered")
                                          : output.paint(Colour::red, printable(one.trouble))));
  return status;
}

}  // namespace

constinit const Signature notify_signature{"notify", positionals, options};

int run_notify(Invocation& invocation) {
  const std::string word = invocation.arguments.text("action");
  const std::string action = word.empty() ? "show" : require_choice(positionals.front(), word);
  Notifier notifier(invocation.host, Paths{invocation.root()});
  if (action == "test") return run_test(invocation, notifier);
  if (action == "send") return run_send(invocation, notifier);
  if (action == "retry") return run_retry(invocation, notifier);
  return run_show(invocation, notifier);
}

}  // namespace ballast
