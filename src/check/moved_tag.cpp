#include <fmt/format.h>

#include <algorithm>

#include "check/checks.h"

namespace ballast::checks {

namespace {

constexpr std::size_t digits_shown = 12;

// "sha256:0123456789ab" of "shop@sha256:0123456789abcdef…"
std::string shown(std::string_view digest) {
  digest.remove_prefix(std::min(digest.size(), digest.rfind('@') + 1));
  return std::string(digest.substr(0, digest.find(':') + 1 + digits_shown));
}

std::string digest_of(std::string_view repo_digest) {
  return std::string(repo_digest.substr(repo_digest.rfind('@') + 1));
}

bool has_digest(const docker::Image& image, const std::string& seen) {
  const auto& all = image.repo_digests;
  return !seen.empty() && std::any_of(all.begin(), all.end(), [&](const std::string& digest) {
    return digest_of(digest) == digest_of(seen);
  });
}

std::string digest_in(const docker::Image& image, const std::string& repository) {
  for (const std::string& digest : image.repo_digests)
    if (digest.starts_with(repository + "@")) return digest;
  return {};
}

// Digests where both are known: those are what a registry shows; else the local ids.
std::string move_text(const CheckContext& context, const docker::Image& image) {
  const std::string now = digest_in(image, context.repository);
  const bool by_digest = !now.empty() && !context.seen_repo_digest.empty();
  return fmt::format("was {}, is now {}",
                     shown(by_digest ? context.seen_repo_digest : context.seen_image_id),
                     shown(by_digest ? now : image.id));
}

}  // namespace

Answers moved_tag(const CheckContext& context) {
  const docker::Image& image = required_image(context);
  if (context.seen_image_id.empty() && context.seen_repo_digest.empty())
    return {passes("first time", context.tag)};
  if (image.id == context.seen_image_id || has_digest(image, context.seen_repo_digest))
    return {passes("the same image as before", context.tag)};
  return {fails(move_text(context, image),
                "deploy another tag, or say why this one may move: "
                "`--override moved-tag --reason TEXT`",
                context.tag)};
}

}  // namespace ballast::checks
