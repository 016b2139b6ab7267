#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

// With each of them a container is one step away from root on the server.
constexpr std::array<std::string_view, 6> far_reaching{
    "ALL", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"};

Finding finding(const Service& service, const Written& at, std::string_view line) {
  return {.subject = at.subject(),
          .what = fmt::format("with `{}` whoever breaks into {} is root on this server", line,
                              service.name),
          .mend = fmt::format("remove `{}`", line)};
}

bool is_far_reaching(std::string_view capability) {
  if (capability.starts_with("CAP_")) capability.remove_prefix(4);
  return std::ranges::find(far_reaching, capability) != far_reaching.end();
}

Findings look(const StackSeen&, const Service& service) {
  Findings findings;
  if (const auto at = service.find("privileged"); at && lower(at->node->scalar) == "true")
    findings.push_back(finding(service, *at, "privileged: true"));
  if (const auto at = service.find("pid"); at && at->node->scalar == "host")
    findings.push_back(finding(service, *at, "pid: host"));
  for (const Written& at : service.items("cap_add"))
    if (is_far_reaching(at.node->scalar))
      findings.push_back(finding(service, at, "cap_add: " + at.node->scalar));
  return findings;
}

}  // namespace

Findings privileged_container(const StackSeen& stack) { return of_services(stack, look); }

}  // namespace ballast::doctor
