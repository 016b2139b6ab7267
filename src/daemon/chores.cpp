#include "daemon/chores.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "notify/alertmanager.h"
#include "notify/channel_delivery.h"
#include "notify/delivery.h"
#include "notify/pinger.h"
#include "schedule/child.h"
#include "session/close.h"

namespace ballast {

namespace {

constexpr auto pace = std::chrono::minutes(1);
constexpr std::string_view own_job = "watch";

Message message_of(const Alert& alert, Time now, const std::string& host) {
  Message message;
  message.id = "again-" + alert.key();
  message.host = host;
  message.group = alert.key();
  message.at = now;
  message.alerts = {alert};
  return message;
}

}  // namespace

Chores::Chores(Server& server, const Settings& settings, ChoreTerms terms)
    : server_(server), settings_(settings), terms_(std::move(terms)) {
  // Backups take hours: nothing else waits for them.
  threads_.emplace_back([this] { each_minute([this] { run_schedule(); }); });
  threads_.emplace_back([this] {
    each_minute([this] {
      ping();
      say_again_what_fires();
      report_failing_channels();
      close_sessions();
    });
  });
}

Chores::~Chores() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  news_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Chores::each_minute(const std::function<void()>& chore) {
  std::unique_lock lock(mutex_);
  while (!stops_) {
    lock.unlock();
    try {
      chore();
    } catch (const std::exception& error) {
      terms_.say(error.what());
    }
    lock.lock();
    news_.wait_for(lock, pace, [&] { return stops_; });
  }
}

void Chores::run_schedule() {
  const Outcome outcome = server_.host.processes.run(
      schedule_command(terms_.program, server_.paths.root, server_.host.machine));
  for (const std::string& line : split_lines(outcome.output)) terms_.say(line);
  for (const std::string& line : split_lines(outcome.errors)) terms_.say(line);
}

void Chores::ping() {
  const std::string trouble =
      Pinger(server_.host, server_.paths, settings_.ping).ping(own_job, PingKind::success, {});
  if (!trouble.empty()) terms_.say("the ping was not taken: " + trouble);
}

void Chores::close_sessions() {
  for (const std::string& trouble : settle_sessions(server_)) terms_.say(trouble);
}

void Chores::report_failing_channels() {
  if (Notifier(server_.host, server_.paths).report_failing()) terms_.something_waits();
}

void Chores::say_again_what_fires() {
  const ChannelSettings* channel = settings_.channel("alertmanager");
  if (channel == nullptr) return;
  const Time now = server_.host.clock.now();
  const std::string host = server_.host.machine.host_name();
  std::vector<Message> messages;
  for (const Alert& alert : terms_.firing()) {
    const auto& taken = channel->severities;
    if (std::ranges::find(taken, alert.severity) != taken.end())
      messages.push_back(message_of(alert, now, host));
  }
  const auto secrets = read_channel_secrets(server_.host, server_.paths, *channel);
  const auto request = alertmanager_refreshing(*channel, secrets, messages, now);
  // One that fails is said again in a minute.
  if (request) send_as(server_.host, channel->ca_file, *request);
}

}  // namespace ballast
