#include "deploy/older.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "deploy/steps.h"

namespace ballast {

namespace {

constexpr const char* created_label = "org.opencontainers.image.created";

// nullopt: the tag was never tried here.
std::optional<Time> first_tried(const std::vector<ReleaseRecord>& releases,
                                const std::string& tag) {
  std::optional<Time> first;
  for (const ReleaseRecord& release : releases)
    if (release.tag == tag) first = std::min(first.value_or(release.at), release.at);
  return first;
}

Revision revision_of(const std::string& tag, const std::optional<docker::Image>& image) {
  if (!image) return {.tag = tag, .created = {}};
  const auto label = image->labels.find(created_label);
  return {.tag = tag, .created = label == image->labels.end() ? "" : label->second};
}

}  // namespace

std::optional<std::string> why_older(const Revision& wanted, const Revision& runs,
                                     const std::vector<ReleaseRecord>& releases) {
  const auto created = parse_time(wanted.created);
  const auto created_before = parse_time(runs.created);
  if (created && created_before && *created != *created_before) {
    if (*created > *created_before) return std::nullopt;
    return fmt::format("{} was built {}, {} was built {}", wanted.tag, printable(wanted.created),
                       runs.tag, printable(runs.created));
  }
  const auto tried = first_tried(releases, wanted.tag);
  const auto tried_before = first_tried(releases, runs.tag);
  if (!tried || !tried_before || *tried >= *tried_before) return std::nullopt;
  return fmt::format("{} was here first {}, {} first {}", wanted.tag, iso_local(*tried), runs.tag,
                     iso_local(*tried_before));
}

void steps::refuse_older(Work& work, const StepRun& run) {
  if (!flag_at(work.operation.request, steps::refuses_older)) return;
  const docker::Container* live = work.running.of(work.stack.policy.service);
  const std::string image = text_at(run.fact_of("pull"), "image");
  if (live == nullptr || live->image_id == image) return;
  Engine& engine = work.server.engine;
  const auto why =
      why_older(revision_of(wanted_tag(work.operation), engine.image(image)),
                revision_of(parse_reference(live->image).tag, engine.image(live->image_id)),
                work.journal.releases(work.stack.name));
  if (!why) return;
  throw Error(
      Kind::refused,
      fmt::format("{} is older than what runs on {}: {}; nothing was changed",
                  wanted_tag(work.operation), work.stack.name, *why),
      fmt::format("to go back to a release that was good: ballast rollback {}", work.stack.name));
}

}  // namespace ballast
