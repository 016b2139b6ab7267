#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "check/checks.h"

namespace ballast::checks {

namespace {

using Type = ComposeMount::Type;

std::map<std::string, std::string> values_of(const CheckContext& context) {
  return context.env == nullptr ? std::map<std::string, std::string>() : context.env->values();
}

std::vector<ComposeMount> mounts_of(const CheckContext& context) {
  const auto values = values_of(context);
  std::vector<ComposeMount> mounts = resolved_service(context).mounts;
  for (ComposeMount& mount : mounts) {
    mount.source = expand_variables(mount.source, values);
    mount.target = without_trailing_slash(expand_variables(mount.target, values));
  }
  return mounts;
}

bool outlives_a_release(const ComposeMount& mount) {
  return mount.type == Type::bind || (mount.type == Type::volume && !mount.source.empty());
}

std::string mount_text(const ComposeMount& mount) {
  return mount.type == Type::bind
             ? fmt::format("bind mount of {} over code or configuration", mount.source)
             : fmt::format("volume {} keeps what is there from one release to the next",
                           mount.source);
}

CheckResult refused(const ComposeMount& mount) {
  return fails(mount_text(mount),
               fmt::format("build it into the image, or, where it is data, list {} under "
                           "`data:` in ballast.yaml",
                           mount.target),
               mount.target);
}

bool is_mounted(const std::vector<ComposeMount>& mounts, const std::string& path) {
  return std::any_of(mounts.begin(), mounts.end(), [&](const ComposeMount& mount) {
    return mount.target == path && outlives_a_release(mount);
  });
}

// Volumes without a name, of the image or of the compose file.
std::vector<std::string> renewed(const CheckContext& context,
                                 const std::vector<ComposeMount>& mounts) {
  std::vector<std::string> paths;
  if (context.image)
    for (const std::string& path : context.image->volumes)
      if (!is_mounted(mounts, without_trailing_slash(path)))
        paths.push_back(without_trailing_slash(path));
  for (const ComposeMount& mount : mounts)
    if (mount.type == Type::volume && mount.source.empty()) paths.push_back(mount.target);
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

std::string summary(const CheckContext& context, const std::vector<ComposeMount>& mounts) {
  std::vector<std::string> kept;
  for (const ComposeMount& mount : mounts)
    if (outlives_a_release(mount)) kept.push_back(mount.target);
  const auto fresh = renewed(context, mounts);
  return (kept.empty() ? "nothing is kept" : "kept: " + join(kept, ", ")) +
         (fresh.empty() ? std::string() : "; renewed with each release: " + join(fresh, ", "));
}

bool asked_of(const Policy& policy) {
  return policy.preset == Preset::odoo || !policy.data_mounts.empty();
}

}  // namespace

Answers data_volumes(const CheckContext& context) {
  const auto mounts = mounts_of(context);
  Answers answers;
  for (const ComposeMount& mount : mounts)
    if (asked_of(context.policy) && outlives_a_release(mount) &&
        !within(mount.target, context.policy.data_mounts))
      answers.push_back(refused(mount));
  if (answers.empty()) answers.push_back(passes(summary(context, mounts), context.policy.service));
  return answers;
}

}  // namespace ballast::checks
