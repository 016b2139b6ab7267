#include "daemon/alarm_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "alarm/silences.h"
#include "base/text.h"
#include "notify/after_operation.h"

namespace ballast {

namespace {

constexpr unsigned private_file = 0600;
constexpr unsigned private_folder = 0700;
// While anything is wrong: an operation that hid it may be over, a silence may have run out.
constexpr Duration pace_of_trouble = std::chrono::seconds(5);
constexpr Duration one_try = std::chrono::seconds(10);

AlarmBook read_book(Disk& disk, const std::string& path) {
  const auto text = disk.read(path);
  return AlarmBook::parse(text ? parse_json(*text).value_or(Json()) : Json());
}

// Without the clock's own progress, which is no news.
std::string text_of(const AlarmBook& book) {
  Json json = book.json();
  json.erase("timeline");
  return json_text(json);
}

}  // namespace

AlarmDesk::AlarmDesk(Server& server, Notifier& notifier, std::function<void(std::string_view)> say)
    : server_(server),
      notifier_(notifier),
      say_(std::move(say)),
      book_(read_book(server.host.disk, server.paths.alarms())) {
  take_over_from_commands();
  put_all();
}

void AlarmDesk::take_over_from_commands() {
  Disk& disk = server_.host.disk;
  const auto open = open_alerts(disk, server_.paths);
  if (open.empty()) return;
  for (const Message& message : open) book_.know(message);
  keep();
  if (trouble_.empty()) forget_open_alerts(disk, server_.paths);
}

void AlarmDesk::know(const Message& message) {
  book_.know(message);
  known_.push_back(message);
}

bool AlarmDesk::is_due() const { return wakes_ && server_.host.clock.monotonic() >= *wakes_; }

std::optional<Monotonic> AlarmDesk::wakes() const { return wakes_; }

bool AlarmDesk::take(const Sighting& sighting) {
  const auto silences = read_silences(server_.host.disk, server_.paths);
  book_.add({.watched = sighting.watched,
             .unseen = sighting.unseen,
             .silences = silences,
             .works = sighting.works,
             .clocks = clocks(),
             .host = server_.host.machine.host_name(),
             .changes = sighting.changes});
  std::optional<Duration> rest = book_.wakes(sighting.watched);
  const auto is_bad = [](const Watched& one) {
    return one.verdict && *one.verdict != Verdict::pass;
  };
  if (std::ranges::any_of(sighting.watched, is_bad))
    rest = std::min(rest.value_or(pace_of_trouble), pace_of_trouble);
  wakes_ = rest ? std::optional(server_.host.clock.monotonic() + *rest) : std::nullopt;
  keep();
  return put_all();
}

// Before its messages are in the queues: a kill in between makes them be put there once more, where
// they are known.
void AlarmDesk::keep() {
  std::string text = text_of(book_);
  if (text != kept_) write_down(std::move(text));
  if (trouble_.empty()) forget_what_is_written_down();
}

void AlarmDesk::write_down(std::string text) {
  try {
    server_.host.disk.make_directories(server_.paths.state(), private_folder);
    server_.host.disk.replace(server_.paths.alarms(), pretty_json(book_.json()), private_file);
    kept_ = std::move(text);
    trouble_.clear();
  } catch (const Error& error) {
    if (trouble_ != error.message()) say_("what was told is not written down: " + error.message());
    trouble_ = error.message();
  }
}

// One that stays is taken over once more by the next daemon, which then knows it.
void AlarmDesk::forget_what_is_written_down() {
  for (const Message& message : known_) try {
      forget_open_alert(server_.host.disk, server_.paths, message);
    } catch (const Error& error) {
      say_("an alert that is known stays open: " + error.message());
    }
  known_.clear();
}

bool AlarmDesk::put_all() {
  const auto messages = book_.outbox();
  for (const Message& message : messages) {
    say_(fmt::format("{}: {}", news_text(message.lead().news), message.title()));
    if (!put(message)) send_past_the_queue(message);
  }
  book_.taken();
  return !messages.empty();
}

bool AlarmDesk::put(const Message& message) {
  try {
    notifier_.put(message);
    return true;
  } catch (const Error& error) {
    say_("a notification cannot be queued: " + error.message());
    return false;
  }
}

// A disk that is full is what is to be told.
void AlarmDesk::send_past_the_queue(const Message& message) {
  for (const ChannelSettings& channel : notifier_.settings().channels) {
    const auto& taken = channel.severities;
    if (std::ranges::find(taken, message.severity()) == taken.end()) continue;
    try {
      notifier_.try_once(channel.name, message, one_try);
    } catch (const Error& error) {
      say_(fmt::format("{} cannot be told: {}", channel.name, error.message()));
    }
  }
}

Clocks AlarmDesk::clocks() {
  return {.wall = server_.host.clock.now(),
          .monotonic = server_.host.clock.monotonic(),
          .boot = server_.host.machine.boot()};
}

}  // namespace ballast
