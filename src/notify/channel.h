// One way out: what a message looks like there, and what its answers mean. Pure; the table of all
// of them is in table.cpp.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host/http.h"
#include "host/mail.h"
#include "host/processes.h"
#include "model/alert.h"
#include "model/settings.h"

namespace ballast {

// What was read from the files that the settings name.
struct ChannelSecrets {
  std::string url;
  std::string key;
  std::string password;
};

struct Envelope {
  const ChannelSettings& settings;
  const ChannelSecrets& secrets;
  const Message& message;
  Time now;  // when it is sent, which may be long after it was made
};

using Outgoing = std::variant<HttpRequest, Mail, Command>;

// Of a message: `later` keeps it waiting, `never` is a refusal for good.
enum class Fate { delivered, later, never };

struct Answered {
  Fate fate = Fate::later;
  std::string trouble;                  // in words, no secret in it; empty when delivered
  std::optional<Duration> retry_after;  // what the other side asks for
};

struct Channel {
  std::string_view name;
  // nullopt: the message is no news there.
  std::optional<Outgoing> (*outgoing)(const Envelope& envelope);
};

std::span<const Channel> all_channels();  // sorted by name
const Channel& channel_named(std::string_view name);

// What an answer means. `now` is for a date in Retry-After.
Answered judge(const HttpResponse& response, Time now);
Answered judge(const MailAnswer& answer);
Answered judge(const Outcome& outcome);

// "https://hooks.slack.com/…": a URL that is a secret, for people.
std::string masked_url(std::string_view url);

namespace channels {

std::optional<Outgoing> alertmanager(const Envelope& envelope);
std::optional<Outgoing> command(const Envelope& envelope);
std::optional<Outgoing> email(const Envelope& envelope);
std::optional<Outgoing> pagerduty(const Envelope& envelope);
std::optional<Outgoing> slack(const Envelope& envelope);
std::optional<Outgoing> webhook(const Envelope& envelope);

}  // namespace channels

}  // namespace ballast
