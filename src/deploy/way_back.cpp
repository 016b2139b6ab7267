#include "deploy/way_back.h"

#include <fmt/format.h>

#include <algorithm>

#include "deploy/data_source.h"
#include "deploy/fit.h"
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

std::string copies_of_running(const std::vector<ReleaseRecord>& good,
                              const RollbackChoice& choice) {
  const auto runs = [&](const ReleaseRecord& release) {
    return release.tag == choice.tag &&
           (choice.image_id.empty() || release.image_id == choice.image_id);
  };
  const auto found = std::ranges::find_if(good, runs);
  return found == good.end() ? std::string() : found->copies;
}

void add_data(WayBack& back, Server& server, const Journal& journal, const ReleaseRecord& target) {
  const auto source = data_source(server, journal, target);
  back.kind = source ? "data" : "image-only";
  const std::string how =
      source ? fmt::format("to {}: {}", target.tag, source->text(*back.known_at))
             : fmt::format(
                   "only --image-only: the databases have changed since {}, and no copy of "
                   "that time is left",
                   target.tag);
  back.because = back.ready == "yes" ? how : fmt::format("{}; {}", how, back.because);
}

void add_kind(WayBack& back, Server& server, const Journal& journal,
              const std::vector<ReleaseRecord>& good, const RollbackChoice& choice) {
  const auto target = find_rollback(good, choice);
  if (!target || back.ready == "no") return;
  const Fit fit = recorded_fit(server, target->copies, copies_of_running(good, choice));
  if (fit.answer == Fit::Answer::different) add_data(back, server, journal, *target);
  if (fit.answer != Fit::Answer::same) return;
  back.kind = "image";
  if (back.ready == "yes") back.because = fmt::format("to {}, image only", target->tag);
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

WayBack whole_way_back(Server& server, const Journal* journal, const Stack& stack,
                       const RollbackChoice& choice) {
  WayBack back = way_back(server, journal, stack, choice);
  if (journal == nullptr || !has_database(stack.policy)) return back;
  try {
    add_kind(back, server, *journal, journal->releases(stack.name, "good"), choice);
  } catch (const Error&) {
    back.kind.clear();  // sets and copies are root's alone
  }
  return back;
}

void note_way_back(Work& work, const std::string& running_image) {
  const WayBack found =
      whole_way_back(work.server, &work.journal, work.stack,
                     {.to = "", .tag = work.stack.tag(), .image_id = running_image});
  work.journal.set_fact(work.stack.name, noted,
                        {{"ready", found.ready}, {"because", found.because}, {"kind", found.kind}},
                        *found.known_at);
}

WayBack noted_way_back(const Journal& journal, const std::string& stack) {
  const auto fact = journal.fact(stack, noted);
  if (!fact) return {.ready = "unknown", .because = "the engine does not answer", .known_at = {}};
  return {.ready = text_at(fact->value, "ready"),
          .because = text_at(fact->value, "because") + "; the engine does not answer now",
          .known_at = fact->at,
          .none_yet = false,
          .kind = text_at(fact->value, "kind")};
}

}  // namespace ballast
