#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

bool lies_within(std::string_view path, const std::vector<std::string>& folders) {
  return std::ranges::any_of(folders, [&](const std::string& folder) {
    return path == folder || path.starts_with(folder + "/");
  });
}

bool is_released(const Policy& policy, const std::string& name) {
  return name == policy.service ||
         std::ranges::find(policy.companions, name) != policy.companions.end();
}

// Where the policy says what is data all else is code; where not, what comes out of the stack's own
// folder.
bool is_over_code(const Policy& policy, const ComposeMount& mount) {
  using Type = ComposeMount::Type;
  if (mount.type != Type::bind || mount.source.ends_with("docker.sock")) return false;
  if (!policy.data_mounts.empty()) return !lies_within(mount.target, policy.data_mounts);
  return mount.source.starts_with('.');
}

Findings look(const StackSeen& stack, const Service& service) {
  const Policy& policy = *stack.policy.value;
  Findings findings;
  if (!is_released(policy, service.name)) return findings;
  for (const WrittenMount& written : mounts_of(service))
    if (is_over_code(policy, written.mount))
      findings.push_back(
          {.subject = written.at.subject(),
           .what = fmt::format("{} of {} comes from {}: a tag does not say what runs, and a "
                               "rollback leaves it as it is",
                               written.mount.target, service.name, written.mount.source),
           .mend = fmt::format("in the Dockerfile: COPY {} {}\n"
                               "or, where it is data, in ballast.yaml: data: [{}]",
                               written.mount.source, written.mount.target, written.mount.target)});
  return findings;
}

}  // namespace

Findings bind_mount_over_code(const StackSeen& stack) {
  if (!stack.policy.value) return {not_known(stack.compose_path, stack.policy.trouble)};
  return of_services(stack, look);
}

}  // namespace ballast::doctor
