#include "notify/channel_delivery.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/secrets.h"
#include "base/text.h"
#include "tools/secret_file.h"

namespace ballast {

namespace {

constexpr Duration too_little = std::chrono::milliseconds(100);
constexpr Duration between_looks = std::chrono::milliseconds(50);
constexpr std::size_t at_a_time = 100;
constexpr std::size_t longest_answer = 64 << 10;
constexpr std::size_t shortest_part = 6;

// What an error page repeats of its own address, too.
std::string masked(const ChannelSecrets& known, std::string text) {
  Secrets secrets;
  for (const std::string* secret : {&known.url, &known.key, &known.password}) secrets.add(*secret);
  const auto place = known.url.find("://");
  const auto path = place == std::string::npos ? place : known.url.find('/', place + 3);
  if (path != std::string::npos) {
    secrets.add(known.url.substr(path + 1));
    for (const std::string& part : split(known.url.substr(path), '/'))
      if (part.size() >= shortest_part) secrets.add(part);
  }
  return secrets.mask(std::move(text));
}

bool is_credential(const std::string& place) { return !place.empty() && !place.starts_with('/'); }

}  // namespace

Duration pause_after(int failures, const std::optional<Duration>& asked, const RetryPlan& retry) {
  Duration pause = retry.first;
  for (int failure = 1; failure < failures && pause < retry.longest; ++failure) pause *= 2;
  pause = std::min(pause, retry.longest);
  if (asked) pause = std::max(pause, std::min(*asked, retry.longest_asked));
  return pause;
}

bool is_due(const ChannelState& state, bool has_new, Time now, const RetryPlan& retry) {
  if (!state.next || *state.next <= now) return true;
  // The clock was set back: nobody is asked to wait that long.
  if (*state.next - now > std::max(retry.longest, retry.longest_asked)) return true;
  return has_new && !state.asked_to_wait;
}

std::unique_ptr<Lock> try_lock_channel(Host& host, const Paths& paths, const std::string& channel) {
  const Holder self{.operation = "notify",
                    .operator_name = host.machine.login_name(),
                    .pid = host.machine.process(),
                    .since = host.clock.now(),
                    .alive = true};
  auto got = host.locks.acquire(channel_lock(paths, channel), self);
  auto* lock = std::get_if<std::unique_ptr<Lock>>(&got);
  return lock != nullptr ? std::move(*lock) : nullptr;
}

ChannelSecrets read_channel_secrets(Host& host, const Paths& paths,
                                    const ChannelSettings& settings) {
  const auto read = [&](const std::string& place, std::string_view holds) {
    return place.empty() ? std::string()
                         : read_secret(host.disk, host.machine, paths.at(place), place, holds);
  };
  return {.url = read(settings.url_file, "a secret URL"),
          .key = read(settings.key_file, "a secret key"),
          .password = read(settings.password_file, "a password")};
}

HttpResponse send_as(Host& host, const std::string& ca_file, const HttpRequest& request) {
  return ca_file.empty() ? host.http.send(request) : http_trusting(ca_file)->send(request);
}

ChannelDelivery::ChannelDelivery(Host& host, const Paths& paths, const ChannelSettings& settings,
                                 DeliveryTerms terms)
    : host_(host),
      paths_(paths),
      settings_(settings),
      terms_(std::move(terms)),
      queue_(host.disk, paths, settings.name) {
  report_.channel = settings.name;
  if (!settings_.ca_file.empty()) settings_.ca_file = paths.at(settings_.ca_file);
}

ChannelReport ChannelDelivery::run() {
  try {
    if (queue_.count_waiting() > 0) send_what_waits();
    state_ = queue_.state();
    report_.waiting = queue_.count_waiting();
    report_.dead = queue_.count_dead();
    report_.next = state_.next;
    if (report_.trouble.empty()) report_.trouble = state_.trouble;
  } catch (const Error& error) {
    report_.trouble = error.message();
  }
  return report_;
}

Answered ChannelDelivery::try_once(const Message& message) {
  secrets_ = read_channel_secrets(host_, paths_, settings_);
  return send(message);
}

// Whoever holds it sends; a moment later there may be more to send than it has seen.
std::unique_ptr<Lock> ChannelDelivery::acquire() {
  while (true) {
    if (auto lock = try_lock_channel(host_, paths_, settings_.name)) return lock;
    if (left() <= too_little || host_.interrupts.cuts_short()) return nullptr;
    host_.clock.sleep(between_looks);
  }
}

// Only the service has them: who is typed by hand leaves it the work, and the channel unblamed.
bool ChannelDelivery::cannot_know_its_secrets() {
  const bool needs = is_credential(settings_.url_file) || is_credential(settings_.key_file) ||
                     is_credential(settings_.password_file);
  return needs && !host_.machine.variable("CREDENTIALS_DIRECTORY");
}

void ChannelDelivery::send_what_waits() {
  const auto lock = acquire();
  if (!lock) {
    report_.trouble = "another ballast is sending";
    return;
  }
  state_ = queue_.state();
  if (cannot_know_its_secrets()) {
    report_.trouble = "waits for the daemon, which has its credential";
    return;
  }
  try {
    secrets_ = read_channel_secrets(host_, paths_, settings_);
  } catch (const Error& error) {
    failed({Fate::later, error.message(), {}});
    return;
  }
  while (send_some()) {
  }
}

// False when there is no more to do now.
bool ChannelDelivery::send_some() {
  auto waiting = queue_.waiting();
  waiting.resize(std::min(waiting.size(), at_a_time));
  const auto free = sendable(waiting);
  if (free.empty()) return false;
  const bool has_new = free.front()->attempts == 0;
  if (!terms_.at_once && !is_due(state_, has_new, host_.clock.now(), terms_.retry)) return false;
  for (const Waiting* one : free) {
    if (left() <= too_little || host_.interrupts.cuts_short()) return false;
    if (!attempt(*one)) return false;
  }
  return true;
}

// False when the channel is not to be asked again now.
bool ChannelDelivery::attempt(Waiting waiting) {
  if (host_.clock.now() - waiting.message.at > terms_.retry.until_given_up) {
    refused(waiting, fmt::format("given up after {}: {}",
                                 human_duration(terms_.retry.until_given_up), waiting.trouble));
    return true;
  }
  const Answered answered = send(waiting.message);
  if (answered.fate == Fate::delivered) {
    took(waiting);
    return true;
  }
  if (answered.fate == Fate::never) {
    refused(waiting, answered.trouble);
    return true;
  }
  ++waiting.attempts;
  waiting.trouble = answered.trouble;
  queue_.note_attempt(waiting);
  failed(answered);
  return false;
}

Answered ChannelDelivery::send(const Message& message) {
  settings_.deadline = std::min(settings_.deadline, left());
  const auto outgoing =
      channel_named(settings_.name).outgoing({settings_, secrets_, message, host_.clock.now()});
  if (!outgoing) return {Fate::delivered, {}, {}};
  Answered answered = dispatch(*outgoing);
  answered.trouble = masked(secrets_, std::move(answered.trouble));
  return answered;
}

Answered ChannelDelivery::dispatch(const Outgoing& outgoing) {
  if (const auto* mail = std::get_if<Mail>(&outgoing)) return judge(smtp_mailer()->send(*mail));
  if (const auto* command = std::get_if<Command>(&outgoing))
    return judge(host_.processes.run(*command));
  HttpRequest request = std::get<HttpRequest>(outgoing);
  request.body_limit = longest_answer;
  const auto own = settings_.ca_file.empty() ? nullptr : http_trusting(settings_.ca_file);
  return judge(own ? own->send(request) : host_.http.send(request), host_.clock.now());
}

void ChannelDelivery::took(const Waiting& waiting) {
  queue_.sent(waiting);
  ++report_.delivered;
  if (state_.failures == 0 && state_.refused == 0 && state_.trouble.empty()) return;
  const auto reported = state_.reported;
  state_ = {};
  state_.reported = reported;
  queue_.keep(state_);
}

void ChannelDelivery::refused(Waiting waiting, const std::string& trouble) {
  ++waiting.attempts;
  waiting.trouble = trouble;
  queue_.give_up(waiting);
  ++report_.refused;
  ++state_.refused;
  state_.trouble = report_.trouble = trouble;
  queue_.keep(state_);
}

void ChannelDelivery::failed(const Answered& answered) {
  const Time now = host_.clock.now();
  if (state_.failures == 0) state_.failing_since = now;
  ++state_.failures;
  state_.asked_to_wait = answered.retry_after.has_value();
  state_.next = now + pause_after(state_.failures, answered.retry_after, terms_.retry);
  state_.trouble = report_.trouble = answered.trouble;
  queue_.keep(state_);
}

Duration ChannelDelivery::left() {
  return std::chrono::duration_cast<Duration>(terms_.until - host_.clock.monotonic());
}

}  // namespace ballast
