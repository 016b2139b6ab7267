#include "session/store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "host/brief_lock.h"
#include "live/break_glass_sessions.h"

namespace ballast {

namespace {

constexpr unsigned private_folder = 0700;
constexpr unsigned private_file = 0600;
// A close asks the engine what changed, which takes seconds.
constexpr Duration longest_wait = std::chrono::minutes(1);
constexpr std::uint64_t largest_file = 64u << 20;
constexpr std::string_view session_name = "session.json";

// A folder's name; what else is asked for as one is no path into the server.
bool is_id(std::string_view word) {
  return !word.empty() && word.front() != '.' && word.find('/') == std::string_view::npos;
}

}  // namespace

std::unique_ptr<Lock> SessionStore::lock() {
  return hold_briefly(host_, paths_.sessions_lock(), "break-glass", longest_wait);
}

std::unique_ptr<Lock> SessionStore::try_lock() {
  return hold_briefly(host_, paths_.sessions_lock(), "break-glass", Duration::zero());
}

std::vector<BreakGlass> SessionStore::all() { return break_glass_sessions(host_.disk, paths_); }

std::optional<BreakGlass> SessionStore::find(const std::string& id) {
  const auto text = is_id(id) ? read(id, session_name) : std::nullopt;
  return text ? parse_break_glass(*text) : std::nullopt;
}

void SessionStore::keep(const BreakGlass& session) {
  write(session.id, session_name, pretty_json(break_glass_json(session)));
}

void SessionStore::remove(const std::string& id) { host_.disk.remove_tree(folder(id)); }

std::string SessionStore::folder(const std::string& id) const {
  return fmt::format("{}/{}", paths_.sessions(), id);
}

std::string SessionStore::file(const std::string& id, std::string_view name) const {
  return fmt::format("{}/{}", folder(id), name);
}

void SessionStore::write(const std::string& id, std::string_view name, std::string_view text) {
  host_.disk.make_directories(folder(id), private_folder);
  host_.disk.replace(file(id, name), text, private_file);
}

std::optional<std::string> SessionStore::read(const std::string& id, std::string_view name) {
  return host_.disk.read(file(id, name), largest_file);
}

std::vector<Recording> SessionStore::recordings(const std::string& id) {
  std::vector<Recording> recordings;
  for (const std::string& name : host_.disk.list(folder(id))) {
    const bool is_numbered = name.ends_with(".json") && name.front() >= '0' && name.front() <= '9';
    const auto text = is_numbered ? read(id, name) : std::nullopt;
    if (auto recording = text ? parse_recording(*text) : std::nullopt)
      recordings.push_back(*std::move(recording));
  }
  std::ranges::sort(recordings, {}, &Recording::number);
  return recordings;
}

void SessionStore::keep(const std::string& id, const Recording& recording) {
  write(id, recording_file(recording.number, "json"), pretty_json(recording_json(recording)));
}

BreakGlass session_called(SessionStore& store, const std::string& word,
                          const std::function<bool(const BreakGlass&)>& wanted,
                          const std::string& what) {
  if (auto session = store.find(word)) return *std::move(session);
  auto sessions = store.all();
  std::erase_if(sessions, [&](const BreakGlass& one) { return one.stack != word || !wanted(one); });
  if (!sessions.empty()) return sessions.back();
  throw Error(Kind::usage, fmt::format("no {} `{}`", what, printable(word)),
              "list them: ballast break-glass list");
}

}  // namespace ballast
