// Sends what waits for one channel, in order, until it fails or the time is up.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "host/host.h"
#include "host/mail.h"
#include "model/paths.h"
#include "model/settings.h"
#include "notify/channel.h"
#include "notify/queue.h"

namespace ballast {

// When a channel that failed is tried again.
struct RetryPlan {
  Duration first = std::chrono::seconds(5);  // doubled each time
  Duration longest = std::chrono::minutes(5);
  Duration longest_asked = std::chrono::hours(1);        // what Retry-After may ask for
  Duration until_reported = std::chrono::minutes(10);    // on the other channels
  Duration until_given_up = std::chrono::hours(7 * 24);  // a message
};

struct ChannelReport {
  std::string channel;
  std::size_t delivered = 0;
  std::size_t refused = 0;  // now
  std::size_t waiting = 0;  // still
  std::size_t dead = 0;     // altogether
  std::string trouble;      // the last one; empty: all went well
  std::optional<Time> next;
};

struct DeliveryTerms {
  Monotonic until;
  bool at_once = false;
  RetryPlan retry;
};

// When to try again after so many failures in a row. Pure.
Duration pause_after(int failures, const std::optional<Duration>& asked, const RetryPlan& retry);
// Whether a channel may be tried now: new messages do not wait for one that only failed. Pure.
bool is_due(const ChannelState& state, bool has_new, Time now, const RetryPlan& retry);
// Who has it may send, and may write down how the channel does. nullptr: somebody else has it.
std::unique_ptr<Lock> try_lock_channel(Host& host, const Paths& paths, const std::string& channel);

// Error when a file of them is absent, or open to others.
ChannelSecrets read_channel_secrets(Host& host, const Paths& paths,
                                    const ChannelSettings& settings);
// By the authorities that the settings name, if they do.
HttpResponse send_as(Host& host, const std::string& ca_file, const HttpRequest& request);

class ChannelDelivery {
 public:
  ChannelDelivery(Host& host, const Paths& paths, const ChannelSettings& settings,
                  DeliveryTerms terms);
  // Never throws for what is wrong with the channel.
  ChannelReport run();
  // Past the queue. Error when its secrets cannot be read.
  Answered try_once(const Message& message);

 private:
  std::unique_ptr<Lock> acquire();
  bool cannot_know_its_secrets();
  void send_what_waits();
  bool send_some();
  bool attempt(Waiting waiting);
  Answered send(const Message& message);
  Answered dispatch(const Outgoing& outgoing);
  void took(const Waiting& waiting);
  void refused(Waiting waiting, const std::string& trouble);
  void failed(const Answered& answered);
  Duration left();
  Host& host_;
  const Paths& paths_;
  ChannelSettings settings_;
  DeliveryTerms terms_;
  Queue queue_;
  ChannelState state_;
  ChannelReport report_;
  ChannelSecrets secrets_;
};

}  // namespace ballast
