#include "notify/delivery.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "host/parallel.h"
#include "journal/published_head.h"
#include "notify/channel_delivery.h"

namespace ballast {

namespace {

constexpr std::size_t digits_of_id = 8;

bool takes(const ChannelSettings& channel, Severity severity) {
  return std::ranges::find(channel.severities, severity) != channel.severities.end();
}

std::vector<std::string> names_that_take(const Settings& settings, Severity severity,
                                         const std::string& but = {}) {
  std::vector<std::string> names;
  for (const ChannelSettings& channel : settings.channels)
    if (takes(channel, severity) && channel.name != but) names.push_back(channel.name);
  return names;
}

// Somebody must hear of it, even if it is who wants pages only.
std::vector<std::string> others(const Settings& settings, const std::string& channel) {
  auto names = names_that_take(settings, Severity::warn, channel);
  if (!names.empty()) return names;
  for (const ChannelSettings& one : settings.channels)
    if (one.name != channel) names.push_back(one.name);
  return names;
}

ChannelReport look_at(Queue& queue, const std::string& channel) {
  const ChannelState state = queue.state();
  return {.channel = channel,
          .delivered = 0,
          .refused = 0,
          .waiting = queue.count_waiting(),
          .dead = queue.count_dead(),
          .trouble = state.trouble,
          .next = state.next};
}

void add_up(std::vector<ChannelReport>& reports, const std::vector<ChannelReport>& later) {
  for (std::size_t index = 0; index < reports.size(); ++index) {
    const ChannelReport before = reports[index];
    reports[index] = later[index];
    reports[index].delivered += before.delivered;
    reports[index].refused += before.refused;
  }
}

}  // namespace

Notifier::Notifier(Host& host, Paths paths) : host_(host), paths_(std::move(paths)) {}

const Settings& Notifier::settings() {
  if (!settings_) settings_ = read_settings(paths_.settings(), host_.disk.read(paths_.settings()));
  return *settings_;
}

Message Notifier::complete(Message message) {
  if (message.at == Time{}) message.at = host_.clock.now();
  if (message.host.empty()) message.host = host_.machine.host_name();
  if (message.audit_head.empty()) message.audit_head = published_head(paths_.journal());
  if (message.group.empty()) message.group = message.lead().key();
  if (message.id.empty())
    message.id =
        fmt::format("{}-{}", compact_utc(message.at), host_.machine.random_hex(digits_of_id));
  return message;
}

Message Notifier::put(Message message) {
  const auto names = names_that_take(settings(), message.severity());
  return put_to(std::move(message), names);
}

Message Notifier::put_to(Message message, std::span<const std::string> channels) {
  message = complete(std::move(message));
  for (const std::string& channel : channels) Queue(host_.disk, paths_, channel).put(message);
  return message;
}

bool Notifier::has_waiting() {
  return std::ranges::any_of(settings().channels, [&](const ChannelSettings& channel) {
    return Queue(host_.disk, paths_, channel.name).count_waiting() > 0;
  });
}

std::vector<ChannelReport> Notifier::look() {
  std::vector<ChannelReport> reports;
  for (const ChannelSettings& channel : settings().channels) {
    Queue queue(host_.disk, paths_, channel.name);
    reports.push_back(look_at(queue, channel.name));
  }
  return reports;
}

std::vector<ChannelReport> Notifier::deliver(const DeliveryRequest& request,
                                             const RetryPlan& retry) {
  const Monotonic until = host_.clock.monotonic() + request.budget;
  const auto& channels = settings().channels;
  if (channels.empty()) return {};
  const auto round = [&] {
    std::vector<ChannelReport> reports(channels.size());
    parallel_for(channels.size(), static_cast<unsigned>(channels.size()), [&](std::size_t index) {
      ChannelDelivery work(host_, paths_, channels[index],
                           {.until = until, .at_once = request.at_once, .retry = retry});
      reports[index] = work.run();
    });
    return reports;
  };
  auto reports = round();
  if (report_failing(retry)) add_up(reports, round());
  return reports;
}

bool Notifier::report_failing(const RetryPlan& retry) {
  bool any = false;
  for (const ChannelSettings& channel : settings().channels)
    any = report_failing(channel.name, retry) || any;
  return any;
}

bool Notifier::report_failing(const std::string& channel, const RetryPlan& retry) {
  Queue queue(host_.disk, paths_, channel);
  const Time now = host_.clock.now();
  const auto names = others(settings(), channel);
  ChannelState seen = queue.state();
  if (names.empty() || !report_on(channel, seen, now, retry)) return false;
  // Who sends just now writes it down himself.
  const auto lock = try_lock_channel(host_, paths_, channel);
  if (!lock) return false;
  ChannelState state = queue.state();
  const auto message = report_on(channel, state, now, retry);
  if (!message) return false;
  put_to(*message, names);
  queue.keep(state);
  return true;
}

Answered Notifier::try_once(const std::string& channel, Message message, Duration deadline) {
  const ChannelSettings* found = settings().channel(channel);
  if (found == nullptr)
    throw Error(Kind::usage, fmt::format("the channel {} is not set up", printable(channel)),
                fmt::format("add it to {} under `notify:`", paths_.settings()));
  ChannelDelivery work(host_, paths_, *found,
                       {.until = host_.clock.monotonic() + deadline, .at_once = true, .retry = {}});
  return work.try_once(complete(std::move(message)));
}

std::size_t Notifier::revive(const std::string& channel) {
  Queue queue(host_.disk, paths_, channel);
  const auto dead = queue.dead();
  for (const Waiting& one : dead) queue.revive(one);
  return dead.size();
}

std::optional<Message> report_on(const std::string& channel, ChannelState& state, Time now,
                                 const RetryPlan& retry) {
  constexpr int failures_that_count = 3;
  const bool keeps_failing = state.failing_since && state.failures >= failures_that_count &&
                             now - *state.failing_since >= retry.until_reported;
  const bool is_bad = keeps_failing || state.refused > 0;
  const bool is_good = state.failures == 0 && state.refused == 0;
  if (state.reported ? !is_good : !is_bad) return std::nullopt;
  Alert alert{.rule = "notification-failing",
              .stack = {},
              .subject = channel,
              .title = "Notifications Failing",
              .news = state.reported ? News::resolved : News::firing,
              .unknown = false,
              .severity = Severity::warn,
              .text = state.trouble,
              .hint = fmt::format("ballast notify; ballast notify test {}", channel),
              .since = state.reported.value_or(state.failing_since.value_or(now)),
              .until = {}};
  if (state.reported) alert.until = now;
  state.reported = state.reported ? std::nullopt : std::optional(now);
  Message message;
  message.closes = alert.news == News::resolved;
  message.alerts.push_back(std::move(alert));
  return message;
}

}  // namespace ballast
