#include "check/checks.h"
#include "check/probe.h"

namespace ballast::checks {

Answers urls(const CheckContext& context) {
  const auto& paths = context.policy.verify.urls;
  if (paths.empty()) return {};
  const Address address = web_address(context, first_database(context));
  Visitor visitor = visitor_of(context);
  Answers answers;
  for (const std::string& path : paths)
    answers.push_back(expect_ok(visitor.get(address, path.starts_with('/') ? path : "/" + path),
                                address, log_hint(*context.target), path));
  return answers;
}

}  // namespace ballast::checks
