#include "backup/offsite_note.h"

#include <fmt/format.h>

#include <algorithm>

#include "live/stack.h"

namespace ballast {

namespace {

constexpr std::string_view ending = ".json";

std::string folder_of(Server& server, const std::string& stack) {
  return server.paths.backups(stack) + "/offsite";
}

std::string set_of_file(std::string_view name) {
  return std::string(name.substr(0, name.size() - ending.size()));
}

}  // namespace

Json offsite_json(const OffsiteNote& note) {
  return {{"schema", "ballast.offsite/1"},
          {"set", note.set},
          {"remote", note.remote},
          {"at", iso_utc(note.at)}};
}

void keep_offsite_note(Server& server, const std::string& stack, const OffsiteNote& note) {
  const std::string folder = folder_of(server, stack);
  server.host.disk.make_directories(folder, 0700);
  server.host.disk.replace(fmt::format("{}/{}{}", folder, note.set, ending),
                           pretty_json(offsite_json(note)), 0600);
}

std::vector<OffsiteNote> offsite_notes(Server& server, const std::string& stack,
                                       const std::string& remote) {
  std::vector<OffsiteNote> notes;
  const std::string folder = folder_of(server, stack);
  for (const std::string& name : server.host.disk.list(folder)) {
    if (!name.ends_with(ending)) continue;
    const auto text = server.host.disk.read(fmt::format("{}/{}", folder, name));
    const Json json = parse_json(text.value_or("")).value_or(Json());
    const OffsiteNote note{.set = text_at(json, "set"),
                           .remote = text_at(json, "remote"),
                           .at = parse_time(text_at(json, "at")).value_or(Time{})};
    if (!note.set.empty() && (remote.empty() || note.remote == remote)) notes.push_back(note);
  }
  return notes;
}

void remove_offsite_notes(Server& server, const std::string& stack,
                          const std::vector<std::string>& sets_here) {
  const std::string folder = folder_of(server, stack);
  for (const std::string& name : server.host.disk.list(folder)) {
    const bool is_here = std::ranges::find(sets_here, set_of_file(name)) != sets_here.end();
    if (name.ends_with(ending) && !is_here)
      server.host.disk.remove(fmt::format("{}/{}", folder, name));
  }
}

std::optional<std::vector<OffsiteNote>> known_offsite(Server& server, const std::string& stack) {
  std::string remote;
  try {
    remote = read_stack(server, stack).policy.offsite.remote;
  } catch (const Error&) {  // sets are listed on a server that has lost all but them
    return std::nullopt;
  }
  if (remote.empty()) return std::nullopt;
  return offsite_notes(server, stack, remote);
}

std::optional<OffsiteNote> note_of(const std::vector<OffsiteNote>& notes, const std::string& set) {
  const auto found = std::ranges::find(notes, set, &OffsiteNote::set);
  return found == notes.end() ? std::nullopt : std::optional(*found);
}

}  // namespace ballast
