#include "live/image_pull.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "base/text.h"

namespace ballast {

namespace {

// An image that was built here has no digest of its repository: no registry knows it.
bool is_local_only(const std::optional<docker::Image>& image, const std::string& repository) {
  return image && image->digest_of(repository).empty();
}

void pull_from_registry(Work& work, StepRun& run, const Reference& reference) {
  std::map<std::string, docker::PullProgress> layers;
  work.server.engine.pull(reference.repository, reference.tag,
                          [&](const docker::PullProgress& progress) {
                            if (progress.layer.empty() || progress.total == 0) return;
                            layers[progress.layer] = progress;
                            std::uint64_t done = 0;
                            std::uint64_t total = 0;
                            for (const auto& [layer, state] : layers) {
                              done += state.current;
                              total += state.total;
                            }
                            run.progress.bytes("pulled", done, total);
                          });
}

void pull_or_use_local(Work& work, StepRun& run, const Reference& reference, bool have_local) {
  try {
    pull_from_registry(work, run, reference);
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    if (!have_local) throw error.with_kind(Kind::refused);
    run.progress.detail(fmt::format("{}; the image that is here is used", error.message()));
  }
}

std::string image_summary(const docker::Image& image, const std::string& digest) {
  return digest.empty() ? fmt::format("local image {}", image.id.substr(0, 19))
                        : digest.substr(digest.find('@') + 1, 19);
}

}  // namespace

docker::Image pull_image(Work& work, StepRun& run, const std::string& tag) {
  const Reference reference = work.stack.image_for(tag);
  const auto local = work.server.engine.image(reference.text());
  run.remember("repository", reference.repository);
  run.remember("previous", local ? local->id : "");
  if (!is_local_only(local, reference.repository)) {
    if (work.stack.policy.pull)
      pull_or_use_local(work, run, reference, local.has_value());
    else if (!local)
      throw Error(Kind::refused,
                  fmt::format("the image {} is not on this machine", reference.text()),
                  "the policy says `pull: false`: build or load it first");
  }
  const auto image = work.server.engine.image(reference.text());
  if (!image)
    throw Error(Kind::refused,
                fmt::format("the image {} is not there after its pull", reference.text()));
  const std::string digest = image->digest_of(reference.repository);
  run.remember("digest", digest);
  run.remember("image", image->id);
  run.summary = image_summary(*image, digest);
  return *image;
}

void give_tag_back(Work& work, const Json& pulled, const std::string& tag) {
  const std::string previous = text_at(pulled, "previous");
  const std::string repository = text_at(pulled, "repository");
  if (previous.empty() || repository.empty() || !work.server.engine.image(previous)) return;
  ensure_image(work.server, repository, tag, previous);
}

}  // namespace ballast
