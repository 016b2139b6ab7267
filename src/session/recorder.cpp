#include "session/recorder.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "base/text.h"
#include "session/incident.h"

namespace ballast {

namespace {

constexpr unsigned private_file = 0600;
constexpr std::size_t most_unwritten = 64 << 10;
constexpr Duration longest_unwritten = std::chrono::milliseconds(500);

// The last one is the first to come.
constexpr auto warnings =
    std::to_array<Duration>({std::chrono::minutes(1), std::chrono::minutes(5)});

}  // namespace

Recorder::Recorder(Server& server, SessionStore& store, const BreakGlass& session,
                   Recording recording, const TerminalSize& size)
    : server_(server),
      store_(store),
      session_(session),
      recording_(std::move(recording)),
      began_(server.host.clock.monotonic()),
      written_(began_),
      warnings_(warnings.begin(), warnings.end()) {
  const auto lock = store.lock();
  if (const auto now = store.find(session.id); !now || now->closed)
    throw Error(Kind::refused, fmt::format("{} was closed just now", session.id));
  const auto known = store.recordings(session.id);
  recording_.number = known.empty() ? 1 : known.back().number + 1;
  store.keep(session.id, recording_);
  add(cast_header({.size = size,
                   .began = recording_.began,
                   .command = shell_quoted(recording_.argv),
                   .title = fmt::format("{}: {}", session.stack, words_of(recording_)),
                   .terminal = server.host.machine.variable("TERM").value_or("")}));
  write();
}

std::string Recorder::session_mark() const {
  return fmt::format("{}={}", session_variable, session_.id);
}

std::string Recorder::mark() const {
  return fmt::format("{}={}/{}", recording_variable, session_.id, recording_.number);
}

Duration Recorder::at() const {
  return std::chrono::duration_cast<Duration>(server_.host.clock.monotonic() - began_);
}

void Recorder::add(std::string line) {
  unwritten_ += line;
  if (unwritten_.size() >= most_unwritten) write();
}

void Recorder::write() {
  written_ = server_.host.clock.monotonic();
  if (unwritten_.empty()) return;
  server_.host.disk.append(store_.file(session_.id, recording_file(recording_.number, "cast")),
                           unwritten_, private_file);
  unwritten_.clear();
}

RelayListener Recorder::listener() {
  return {.shown = [this](std::string_view bytes) { add(events_.shown(at(), bytes)); },
          .typed = [this](std::string_view bytes) { add(events_.typed(at(), bytes)); },
          .resized = [this](const TerminalSize& size) { add(events_.resized(at(), size)); },
          .moment = [this] { return look_at_the_time(); }};
}

RelayListener::Moment Recorder::look_at_the_time() {
  if (server_.host.clock.monotonic() - written_ >= longest_unwritten) write();
  const Duration left = session_.until() - server_.host.clock.now();
  RelayListener::Moment moment{.notice = {}, .is_over = left <= Duration::zero()};
  if (moment.is_over)
    moment.notice = "ballast: the time of this session is up: what runs is ended";
  else if (!warnings_.empty() && left <= warnings_.back())
    moment.notice = fmt::format("ballast: this session ends in {}, at {}: what runs then is ended",
                                human_duration(left), iso_local(session_.until()));
  while (!warnings_.empty() && left <= warnings_.back()) warnings_.pop_back();
  if (!moment.notice.empty()) add(events_.marked(at(), moment.notice));
  return moment;
}

Recording Recorder::finish(std::string_view ending, std::optional<int> status) {
  write();
  recording_.ended = std::chrono::floor<std::chrono::seconds>(server_.host.clock.now());
  recording_.ending = ending;
  recording_.status = status;
  recording_.sha256 = recording_digest(server_.host, store_, session_.id, recording_.number);
  store_.keep(session_.id, recording_);
  return recording_;
}

std::string recording_digest(Host& host, const SessionStore& store, const std::string& session,
                             int number) {
  const auto digest =
      host.trees.digest({.folder = store.folder(session), .path = recording_file(number, "cast")},
                        DigestAlgorithm::sha256);
  return digest ? digest->digest : std::string();
}

}  // namespace ballast
