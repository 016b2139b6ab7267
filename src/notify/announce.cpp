#include "notify/announce.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace ballast {

namespace {

constexpr Duration patience_of_a_command = std::chrono::milliseconds(2500);

std::vector<std::string> put_and_send(Notifier& notifier, Message message) {
  const auto& channels = notifier.settings().channels;
  if (channels.empty()) return {"no channel is set up: nobody was told"};
  const bool is_taken = std::ranges::any_of(channels, [&](const ChannelSettings& channel) {
    return std::ranges::find(channel.severities, message.severity()) != channel.severities.end();
  });
  if (is_taken) {
    notifier.put(std::move(message));
  } else {
    std::vector<std::string> names;
    for (const ChannelSettings& channel : channels) names.push_back(channel.name);
    notifier.put_to(std::move(message), names);
  }
  return deliver_once(notifier);
}

}  // namespace

std::vector<std::string> deliver_once(Notifier& notifier) {
  std::vector<std::string> notes;
  if (!notifier.has_waiting()) return notes;
  for (const ChannelReport& report : notifier.deliver({.budget = patience_of_a_command}))
    if (report.refused > 0)
      notes.push_back(
          fmt::format("{} refused the notification: {}", report.channel, report.trouble));
    else if (report.waiting > 0)
      notes.push_back(fmt::format("the notification waits for {}{}", report.channel,
                                  report.trouble.empty() ? "" : ": " + report.trouble));
  return notes;
}

std::vector<std::string> announce(Host& host, const Paths& paths, Message message) {
  try {
    Notifier notifier(host, paths);
    return put_and_send(notifier, std::move(message));
  } catch (const Error& error) {
    return {"nobody was told: " + error.message()};
  } catch (const std::exception& exception) {
    return {fmt::format("nobody was told: {}", exception.what())};
  }
}

}  // namespace ballast
