// Sends what waits, each channel beside the others, so that one that hangs delays nobody.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/host.h"
#include "host/mail.h"
#include "model/alert.h"
#include "model/paths.h"
#include "model/settings.h"
#include "notify/channel_delivery.h"

namespace ballast {

struct DeliveryRequest {
  Duration budget = std::chrono::seconds(60);  // for all of it
  bool at_once = false;  // what failed a moment ago too, for a person who waits for the answer
};

class Notifier {
 public:
  Notifier(Host& host, Paths paths);

  // Error(usage) when they are wrong.
  const Settings& settings();
  bool is_set_up() { return !settings().channels.empty(); }

  // Into the queue of each channel that takes its severity. Gives it an id, a time, a host and
  // the head of the audit chain where it has none.
  Message put(Message message);
  // Into the queues of these, whatever its severity.
  Message put_to(Message message, std::span<const std::string> channels);
  // Never throws for what is wrong with one channel: that is in its report.
  std::vector<ChannelReport> deliver(const DeliveryRequest& request, const RetryPlan& retry = {});
  // On the other channels, of one that keeps failing or refused something, and when that is over.
  // Whether there was anything to report. deliver() does it, too.
  bool report_failing(const RetryPlan& retry = {});
  bool has_waiting();
  std::vector<ChannelReport> look();  // at the queues, sending nothing

  // One message, now, past the queue: what the other side said to it.
  Answered try_once(const std::string& channel, Message message, Duration deadline);
  // What was refused for good waits again. How many.
  std::size_t revive(const std::string& channel);

 private:
  Message complete(Message message);
  bool report_failing(const std::string& channel, const RetryPlan& retry);
  Host& host_;
  Paths paths_;
  std::optional<Settings> settings_;
};

// What the other channels are told of this one; nullopt: nothing new. Sets `reported`. Pure.
std::optional<Message> report_on(const std::string& channel, ChannelState& state, Time now,
                                 const RetryPlan& retry);

}  // namespace ballast
