#include "deploy/way_back.h"

#include <fmt/format.h>

#include "live/records.h"

namespace ballast {

namespace {

constexpr const char* noted = "way-back";

// Those that an older tool knew count before the first operation takes them over.
std::vector<ReleaseRecord> good_releases(Server& server, const Journal* journal,
                                         const Stack& stack) {
  std::vector<ReleaseRecord> good;
  if (journal != nullptr) good = journal->releases(stack.name, "good");
  if (!good.empty()) return good;
  if (auto older = release_to_take_over(server, stack)) good.push_back(*std::move(older));
  return good;
}

WayBack because(std::string ready, std::string reason, Time now) {
  return {.ready = std::move(ready), .because = std::move(reason), .known_at = now};
}

WayBack none_yet(std::string reason, Time now) {
  return {.ready = "no", .because = std::move(reason), .known_at = now, .none_yet = true};
}

}  // namespace

RollbackChoice rollback_choice(const Stack& stack, const Running& running, const std::string& to) {
  const docker::Container* container = running.of(stack.policy.service);
  const bool runs = container != nullptr && container->running();
  return {.to = to, .tag = stack.tag(), .image_id = runs ? container->image_id : ""};
}

WayBack way_back(Server& server, const Journal* journal, const Stack& stack,
                 const RollbackChoice& choice) {
  const Time now = server.host.clock.now();
  const auto good = good_releases(server, journal, stack);
  const auto target = find_rollback(good, choice);
  if (!target && good.empty())
    return none_yet(
        journal == nullptr ? "ballast has not deployed here yet" : "no release was good yet", now);
  if (!target) return none_yet("there is no good release before this one", now);
  if (!target->image_id.empty() && server.engine.image(target->image_id))
    return because("yes", fmt::format("to {}, whose image is here", target->tag), now);
  if (!target->repo_digest.empty())
    return because("unknown", fmt::format("the image of {} must be pulled first", target->tag),
                   now);
  return because(
      "no", fmt::format("the image of {} is gone, and no registry is known for it", target->tag),
      now);
}

void note_way_back(Work& work, const std::string& running_image) {
  const WayBack found = way_back(work.server, &work.journal, work.stack,
                                 {.to = "", .tag = work.stack.tag(), .image_id = running_image});
  work.journal.set_fact(work.stack.name, noted,
                        {{"ready", found.ready}, {"because", found.because}}, *found.known_at);
}

WayBack noted_way_back(const Journal& journal, const std::string& stack) {
  const auto fact = journal.fact(stack, noted);
  if (!fact) return {.ready = "unknown", .because = "the engine does not answer", .known_at = {}};
  return {.ready = text_at(fact->value, "ready"),
          .because = text_at(fact->value, "because") + "; the engine does not answer now",
          .known_at = fact->at};
}

}  // namespace ballast
