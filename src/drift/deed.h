// What somebody did to a container, put together of the events that the engine tells of it: one
// `docker restart` is five of them. Pure.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "tools/docker.h"

namespace ballast {

enum class DeedKind {
  committed,   // docker commit
  copied_in,   // docker cp into it
  copied_out,  // docker cp or docker export out of it
  created,     // a container that was not there
  executed,    // docker exec
  killed,      // docker kill, with whatever signal
  paused,
  recreated,  // another container took its place
  removed,
  renamed,
  restarted,
  ran_once,  // docker compose run
  started,
  stopped,
  unpaused,
  updated,  // docker update: its limits
};
std::string_view deed_text(DeedKind kind);  // "restarted"

struct Deed {
  DeedKind kind = DeedKind::executed;
  std::string container;  // its id
  std::string name;       // "shop-web-1"
  std::string project;
  std::string service;
  std::string detail;  // the command of an exec, the number of a signal
  std::string exec;    // the engine's id of it
  Time from{};         // its first event
  Time until{};        // its last one
};

// Nothing of Ballast's own containers, which bear its labels. What restarts a container that ended
// by itself is the engine, and no deed.
class DeedReader {
 public:
  void take(const docker::Event& event, Monotonic now);
  // Those that are known to be whole.
  std::vector<Deed> finished(Monotonic now);
  std::optional<Monotonic> wakes() const;
  // The engine ended, or the line to it: what it stopped, and starts again, it does by itself.
  void line_began(Monotonic now);

 private:
  struct Group {
    std::vector<docker::Event> events;
    std::optional<Monotonic> due;  // nullopt: its end is still to come
    Monotonic last{};
  };

  static std::string group_of(const docker::Event& event);
  void hold(const docker::Event& event, Monotonic now);
  bool starts_by_itself(const docker::Event& event, Monotonic now) const;
  void forget_old(Monotonic now);

  std::map<std::string, Group> groups_;     // by project and service
  std::map<std::string, Monotonic> ended_;  // when a container ended, by its id
  std::vector<Deed> whole_;
  std::optional<Monotonic> line_began_;
};

}  // namespace ballast
