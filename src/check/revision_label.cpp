#include <fmt/format.h>

#include "base/text.h"
#include "check/checks.h"

namespace ballast::checks {

namespace {

constexpr std::string_view prefix = "sha-";

// Empty when the tag names no commit.
std::string commit_of(std::string_view tag) {
  if (!tag.starts_with(prefix)) return {};
  const std::string_view hex = tag.substr(prefix.size());
  return is_hex(hex) ? std::string(hex) : std::string();
}

std::string revision_of(const docker::Image& image) {
  const auto label = image.labels.find(std::string(docker::label_revision));
  return label == image.labels.end() ? std::string() : label->second;
}

}  // namespace

Answers revision_label(const CheckContext& context) {
  const std::string revision = revision_of(required_image(context));
  const std::string commit = commit_of(context.tag);
  if (revision.empty()) return {passes("no revision label", context.tag)};
  if (commit.empty())
    return {passes(fmt::format("the tag names no commit; the label says {}", printable(revision)),
                   context.tag)};
  if (revision.starts_with(commit)) return {passes("built from " + revision, context.tag)};
  return {
      fails(fmt::format("the image was built from {}", printable(revision)),
            fmt::format("the tag was put on another build: build and push commit {} again", commit),
            context.tag)};
}

}  // namespace ballast::checks
