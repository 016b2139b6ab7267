#include "notify/queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view schema = "ballast.notification-queue/1";
constexpr unsigned private_file = 0600;
constexpr unsigned private_folder = 0700;
constexpr std::size_t sent_that_stay = 200;
constexpr std::size_t digits = 10;

// 0000000042-20261125T022707Z-3f9a.json
std::string id_of(const std::string& file) {
  constexpr std::string_view ending = ".json";
  if (file.size() <= digits + 1 + ending.size() || !file.ends_with(ending)) return {};
  return file.substr(digits + 1, file.size() - digits - 1 - ending.size());
}

unsigned long long number_of(const std::string& file) {
  unsigned long long number = 0;
  std::from_chars(file.data(), file.data() + std::min(digits, file.size()), number);
  return number;
}

Json waiting_json(const Waiting& waiting, const std::string& channel) {
  return {{"schema", schema},
          {"channel", channel},
          {"attempts", waiting.attempts},
          {"trouble", waiting.trouble},
          {"message", message_json(waiting.message)}};
}

Json time_json(const std::optional<Time>& time) {
  return time ? Json(time->time_since_epoch().count()) : Json();
}

std::optional<Time> time_at(const Json& json, std::string_view key) {
  if (!member(json, key).is_number_integer()) return std::nullopt;
  return Time(Duration(number_at(json, key)));
}

bool shares_an_alert(const Message& one, const Message& other) {
  return std::ranges::any_of(one.alerts, [&](const Alert& alert) {
    return std::ranges::find(other.alerts, alert.key(), &Alert::key) != other.alerts.end();
  });
}

}  // namespace

std::string notify_folder(const Paths& paths) { return paths.state() + "/notify"; }

std::string channel_lock(const Paths& paths, const std::string& channel) {
  return paths.run() + "/.notify-" + channel + ".lock";
}

std::string watch_lock(const Paths& paths) { return paths.run() + "/.watch.lock"; }

Queue::Queue(Disk& disk, const Paths& paths, std::string channel)
    : disk_(disk), folder_(notify_folder(paths) + "/" + channel), channel_(std::move(channel)) {}

std::string Queue::folder(std::string_view which) const {
  return folder_ + "/" + std::string(which);
}

void Queue::put(const Message& message) {
  if (has(message)) return;
  for (const char* which : {"waiting", "sent", "dead"})
    disk_.make_directories(folder(which), private_folder);
  const Waiting waiting{
      .file = next_name(message), .message = message, .attempts = 0, .trouble = {}};
  disk_.replace(folder("waiting") + "/" + waiting.file,
                json_text(waiting_json(waiting, channel_)) + "\n", private_file);
}

bool Queue::has(const Message& message) {
  for (const char* which : {"waiting", "sent", "dead"})
    for (const std::string& file : disk_.list(folder(which)))
      if (id_of(file) == message.id) return true;
  return false;
}

// Numbered, since a clock that is set back must not turn their order round.
std::string Queue::next_name(const Message& message) {
  unsigned long long last = 0;
  for (const char* which : {"waiting", "sent", "dead"})
    for (const std::string& file : disk_.list(folder(which)))
      last = std::max(last, number_of(file));
  return fmt::format("{:0{}}-{}.json", last + 1, digits, message.id);
}

std::optional<Waiting> Queue::read(const std::string& path, const std::string& file) {
  const auto text = disk_.read(path);
  if (!text) return std::nullopt;
  const Json json = parse_json(*text).value_or(Json());
  return Waiting{.file = file,
                 .message = parse_message(path, member(json, "message")),
                 .attempts = static_cast<int>(number_at(json, "attempts")),
                 .trouble = text_at(json, "trouble")};
}

std::vector<Waiting> Queue::read_all(std::string_view which) {
  std::vector<Waiting> all;
  for (const std::string& file : disk_.list(folder(which))) {
    if (id_of(file).empty()) continue;
    try {
      if (auto one = read(folder(which) + "/" + file, file)) all.push_back(std::move(*one));
    } catch (const Error&) {
      // One that is damaged must not keep the others.
      if (which == "waiting") disk_.rename(folder(which) + "/" + file, folder("dead") + "/" + file);
    }
  }
  return all;
}

std::vector<Waiting> Queue::waiting() { return read_all("waiting"); }
std::vector<Waiting> Queue::dead() { return read_all("dead"); }

std::size_t Queue::count_waiting() {
  return static_cast<std::size_t>(std::ranges::count_if(
      disk_.list(folder("waiting")), [](const std::string& file) { return !id_of(file).empty(); }));
}

std::size_t Queue::count_dead() {
  return static_cast<std::size_t>(std::ranges::count_if(
      disk_.list(folder("dead")), [](const std::string& file) { return !id_of(file).empty(); }));
}

void Queue::note_attempt(const Waiting& waiting) {
  disk_.replace(folder("waiting") + "/" + waiting.file,
                json_text(waiting_json(waiting, channel_)) + "\n", private_file);
}

void Queue::sent(const Waiting& waiting) {
  disk_.rename(folder("waiting") + "/" + waiting.file, folder("sent") + "/" + waiting.file);
  forget_old();
}

void Queue::forget_old() {
  const auto files = disk_.list(folder("sent"));
  for (std::size_t index = 0; index + sent_that_stay < files.size(); ++index)
    disk_.remove(folder("sent") + "/" + files[index]);
}

void Queue::give_up(const Waiting& waiting) {
  note_attempt(waiting);
  disk_.rename(folder("waiting") + "/" + waiting.file, folder("dead") + "/" + waiting.file);
}

void Queue::revive(const Waiting& dead) {
  disk_.rename(folder("dead") + "/" + dead.file, folder("waiting") + "/" + dead.file);
}

ChannelState Queue::state() {
  const Json json = parse_json(disk_.read(folder_ + "/state.json").value_or("")).value_or(Json());
  return {.failures = static_cast<int>(number_at(json, "failures")),
          .failing_since = time_at(json, "failing_since"),
          .next = time_at(json, "next"),
          .asked_to_wait = flag_at(json, "asked_to_wait"),
          .trouble = text_at(json, "trouble"),
          .refused = static_cast<int>(number_at(json, "refused")),
          .reported = time_at(json, "reported")};
}

void Queue::keep(const ChannelState& state) {
  const Json json = {{"schema", "ballast.notification-channel/1"},
                     {"failures", state.failures},
                     {"failing_since", time_json(state.failing_since)},
                     {"next", time_json(state.next)},
                     {"asked_to_wait", state.asked_to_wait},
                     {"trouble", state.trouble},
                     {"refused", state.refused},
                     {"reported", time_json(state.reported)}};
  disk_.make_directories(folder_, private_folder);
  disk_.replace(folder_ + "/state.json", json_text(json) + "\n", private_file);
}

std::vector<const Waiting*> sendable(std::span<const Waiting> waiting) {
  std::vector<const Waiting*> free;
  for (std::size_t index = 0; index < waiting.size(); ++index) {
    const auto before = waiting.first(index);
    const bool must_wait = std::ranges::any_of(before, [&](const Waiting& earlier) {
      return shares_an_alert(earlier.message, waiting[index].message);
    });
    if (!must_wait) free.push_back(&waiting[index]);
  }
  std::ranges::stable_sort(free, {}, [](const Waiting* one) { return one->attempts; });
  return free;
}

}  // namespace ballast
