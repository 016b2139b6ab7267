#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "check/checks.h"

namespace ballast::checks {

namespace {

struct Place {
  std::string paths;
  Space space;
};

class Places {
 public:
  void add(Disk& disk, const std::string& path) {
    const Space space = disk.space(path);
    const auto known = std::find_if(places_.begin(), places_.end(), [&](const Place& place) {
      return place.space.filesystem == space.filesystem;
    });
    if (known == places_.end())
      places_.push_back({path, space});
    else
      known->paths += " and " + path;
  }
  const std::vector<Place>& all() const { return places_; }

 private:
  std::vector<Place> places_;
};

std::string hint_for(const Place& place) {
  return fmt::format(
      "see what fills it: `docker system df`, `du -xsh {}`; or raise "
      "`gates: {{disk: …}}` in ballast.yaml",
      place.paths.substr(0, place.paths.find(" and ")));
}

CheckResult judged(const Place& place, double limit) {
  const std::string measured = fmt::format("{:.0f} % used, {} free", place.space.used_percent,
                                           human_bytes(place.space.available));
  if (place.space.used_percent < limit) return passes(measured, place.paths);
  return fails(fmt::format("{}; the limit is {:g} %", measured, limit), hint_for(place),
               place.paths);
}

}  // namespace

Answers disk_space(const CheckContext& context) {
  Places places;
  Answers answers;
  places.add(context.host.disk, context.directory);
  try {
    places.add(context.host.disk, context.engine.info().root_directory);
  } catch (const Error& error) {
    if (error.kind() != Kind::refused) throw;
    answers.push_back(unsure_without_engine("docker"));
  }
  for (const Place& place : places.all())
    answers.push_back(judged(place, context.policy.gates.disk_percent));
  return answers;
}

}  // namespace ballast::checks
