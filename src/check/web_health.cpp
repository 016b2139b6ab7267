#include "check/checks.h"
#include "check/probe.h"

namespace ballast::checks {

Answers web_health(const CheckContext& context) {
  const Address address = web_address(context, first_database(context));
  // Without the parameter Odoo answers 200 even when its database is down.
  const HttpResponse response = Visitor(context).get(address, "/web/health?db_server_status=1");
  return {expect_ok(response, address, log_hint(*context.target))};
}

}  // namespace ballast::checks
