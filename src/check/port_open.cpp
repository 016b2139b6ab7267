#include "check/checks.h"
#include "check/probe.h"

namespace ballast::checks {

Answers port_open(const CheckContext& context) {
  const Target& target = required_target(context);
  if (target.url.empty()) return {passes("no published port")};
  const Address address = web_address(context, {});
  const HttpResponse response = Visitor(context).get(address, "/");
  if (!response.answered()) return {unanswered(response, address, log_hint(target))};
  if (response.status >= 500) return {fails(answer_text(response), log_hint(target))};
  return {passes(answer_text(response))};
}

}  // namespace ballast::checks
