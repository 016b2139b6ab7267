#include "check/checks.h"
#include "check/probe.h"

namespace ballast::checks {

Answers websocket_health(const CheckContext& context) {
  if (auto instead = without_database(context)) return {*instead};
  const Address address = chat_address(context, first_database(context));
  Visitor visitor = visitor_of(context);
  return {expect_ok(visitor.get(address, "/websocket/health"), address, log_hint(*context.target))};
}

}  // namespace ballast::checks
