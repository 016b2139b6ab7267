// The control socket of the daemon: who asks what it sees, and who tells it to look again. One
// request, one answer, each a JSON object in a line; described in docs/formats.md.
#pragma once

#include <memory>
#include <string>

#include "daemon/snapshot.h"
#include "host/local_server.h"
#include "model/paths.h"

namespace ballast {

// The daemon; it is called on the thread of the socket.
class ControlSource {
 public:
  virtual ~ControlSource() = default;
  virtual Snapshot snapshot() = 0;
  virtual void poke() = 0;  // reads the silences again, sends what waits
  virtual void note(const std::string& line) = 0;
};

struct ControlOwner {
  unsigned user = 0;  // who runs the daemon: beside root the only one that may ask
  long long pid = 0;
};

// With its line break.
std::string answer_of(const std::string& request, const Caller& caller, const ControlOwner& owner,
                      ControlSource& source);

// Answers until it is destroyed. Error(failed) when another daemon does.
std::unique_ptr<LocalServer> serve_control(const Paths& paths, const ControlOwner& owner,
                                           ControlSource& source);

}  // namespace ballast
