#include "check/checks.h"
#include "check/probe.h"

namespace ballast::checks {

Answers port_open(const CheckContext& context) {
  const Target& target = required_target(context);
  if (target.url.empty() && !target.candidate) return {passes("no published port")};
  if (target.url.empty())
    return {unsure("nothing was asked: no port of it is known",
                   "name it: `port:` in ballast.yaml; or leave the proof to the switch: "
                   "`candidate: {enabled: false}`")};
  const Address address = web_address(context, {});
  const HttpResponse response = Visitor(context).get(address, "/");
  if (!response.answered()) return {unanswered(response, address, log_hint(target))};
  CheckResult result = response.status >= 500 ? fails(answer_text(response), log_hint(target))
                                              : passes(answer_text(response));
  result.elapsed = response.elapsed;
  return {result};
}

}  // namespace ballast::checks
