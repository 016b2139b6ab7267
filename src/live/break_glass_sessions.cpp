#include "live/break_glass_sessions.h"

namespace ballast {

std::vector<BreakGlass> break_glass_sessions(Disk& disk, const Paths& paths) {
  std::vector<BreakGlass> sessions;
  for (const std::string& id : disk.list(paths.sessions())) {
    const auto text = disk.read(paths.sessions() + "/" + id + "/session.json");
    if (auto session = text ? parse_break_glass(*text) : std::nullopt)
      sessions.push_back(*std::move(session));
  }
  return sessions;
}

}  // namespace ballast
