#include "alarm/silences.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "host/brief_lock.h"
#include "journal/journal.h"

namespace ballast {

namespace {

constexpr std::string_view schema = "ballast.silences/1";
constexpr std::size_t digits_of_id = 8;

std::unique_ptr<Lock> lock_silences(Host& host, const Paths& paths) {
  return hold_briefly(host, paths.silences_lock(), "silence");
}

// Another version's file is not written over: what it silences would be lost.
std::vector<AlertSilence> read_to_change(Disk& disk, const Paths& paths) {
  const auto text = disk.read(paths.silences());
  if (!text) return {};
  if (auto silences = parse_silences(*text)) return *std::move(silences);
  throw Error(Kind::failed, fmt::format("{} is no list of silences", paths.silences()),
              "it silences nothing: move it out of the way");
}

void forget_what_is_over(std::vector<AlertSilence>& silences, Time now) {
  std::erase_if(silences, [&](const AlertSilence& silence) { return silence.until <= now; });
}

void record(Host& host, const Paths& paths, std::string_view event, const std::string& who,
            const AlertSilence& silence) {
  Json content{{"event", event}};
  content.update(silence_json(silence));
  Journal(paths.journal())
      .append_audit({.kind = "silence",
                     .stack = silence.stack,
                     .who = who,
                     .content = std::move(content),
                     .at = host.clock.now()});
}

void write_silences(Disk& disk, const Paths& paths, const std::vector<AlertSilence>& silences) {
  disk.make_directories(paths.state(), 0700);
  disk.replace(paths.silences(), silences_text(silences));
}

}  // namespace

std::vector<AlertSilence> read_silences(Disk& disk, const Paths& paths) {
  return parse_silences(disk.read(paths.silences()).value_or(""))
      .value_or(std::vector<AlertSilence>());
}

std::vector<AlertSilence> silences_in_force(Disk& disk, const Paths& paths, Time now) {
  auto silences = read_silences(disk, paths);
  std::erase_if(silences, [&](const AlertSilence& silence) { return !silence.is_in_force(now); });
  return silences;
}

AlertSilence add_silence(Host& host, const Paths& paths, AlertSilence silence) {
  const auto lock = lock_silences(host, paths);
  auto silences = read_to_change(host.disk, paths);
  forget_what_is_over(silences, host.clock.now());
  silence.id = host.machine.random_hex(digits_of_id);
  silences.push_back(silence);
  record(host, paths, "silenced", silence.operator_name, silence);
  write_silences(host.disk, paths, silences);
  return silence;
}

std::optional<AlertSilence> end_silence(Host& host, const Paths& paths, const std::string& id,
                                        const std::string& operator_name) {
  const auto lock = lock_silences(host, paths);
  auto silences = read_to_change(host.disk, paths);
  forget_what_is_over(silences, host.clock.now());
  const auto found = std::ranges::find(silences, id, &AlertSilence::id);
  if (found == silences.end()) return std::nullopt;
  AlertSilence ended = std::move(*found);
  silences.erase(found);
  record(host, paths, "ended", operator_name, ended);
  write_silences(host.disk, paths, silences);
  return ended;
}

std::string silences_text(const std::vector<AlertSilence>& silences) {
  Json list = Json::array();
  for (const AlertSilence& silence : silences) list.push_back(silence_json(silence));
  return pretty_json({{"schema", schema}, {"silences", list}});
}

std::optional<std::vector<AlertSilence>> parse_silences(std::string_view text) {
  const auto json = parse_json(text);
  if (!json || text_at(*json, "schema") != schema) return std::nullopt;
  std::vector<AlertSilence> silences;
  for (const Json& one : member(*json, "silences"))
    if (one.is_object()) silences.push_back(parse_silence(one));
  return silences;
}

}  // namespace ballast
