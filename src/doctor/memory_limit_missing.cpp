#include <fmt/format.h>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

Findings look(const StackSeen&, const Service& service) {
  if (service.ends_by_itself || service.find("mem_limit") ||
      service.find("deploy.resources.limits.memory"))
    return {};
  if (service.extends()) return {not_known(service.subject(), "`extends` takes it from elsewhere")};
  return {{.subject = service.subject(),
           .what = fmt::format("when {} takes more and more memory the kernel ends whatever it "
                               "chooses, be it the database",
                               service.name),
           .mend = in_service(service, "mem_limit: 4g    # what it may take at most")}};
}

}  // namespace

Findings memory_limit_missing(const StackSeen& stack) { return of_services(stack, look); }

}  // namespace ballast::doctor
