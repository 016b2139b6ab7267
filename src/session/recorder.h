// The recording of one program: its file of events, and what is known of it beside that.
#pragma once

#include <string>
#include <string_view>

#include "host/relay.h"
#include "live/server.h"
#include "session/cast.h"
#include "session/store.h"

namespace ballast {

class Recorder {
 public:
  // Takes the next number that is free. Error(refused) when its file cannot be made: nothing runs
  // unrecorded.
  Recorder(Server& server, SessionStore& store, const BreakGlass& session, Recording recording,
           const TerminalSize& size);

  const Recording& recording() const { return recording_; }
  // The assignments that all of the session, and all of this recording, carry.
  std::string session_mark() const;
  std::string mark() const;

  RelayListener listener();
  // Durable, with its digest.
  Recording finish(std::string_view ending, std::optional<int> status);

 private:
  Duration at() const;
  void add(std::string line);
  void write();
  RelayListener::Moment look_at_the_time();

  Server& server_;
  SessionStore& store_;
  BreakGlass session_;
  Recording recording_;
  Monotonic began_;
  CastEvents events_;
  std::string unwritten_;
  Monotonic written_;
  std::vector<Duration> warnings_;  // before the end, those still to come
};

// Of what stands in its file.
std::string recording_digest(Host& host, const SessionStore& store, const std::string& session,
                             int number);

inline constexpr std::string_view session_variable = "BALLAST_SESSION";
inline constexpr std::string_view recording_variable = "BALLAST_RECORDING";

}  // namespace ballast
