#include <fmt/format.h>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings list_db_on(const StackSeen& stack) {
  if (!stack.odoo.value) return {not_known("odoo.conf", stack.odoo.trouble)};
  if (!*stack.odoo.value) return {};
  const OdooConf& conf = **stack.odoo.value;
  if (conf.is_off("list_db")) return {};
  const OdooOption* said = conf.find("list_db");
  return {{.subject = said != nullptr ? said->subject : conf.place(),
           .what =
               "/web/database/manager is open to everyone who reaches the site: who guesses one "
               "password can download or drop every database",
           .mend = "in odoo.conf: list_db = False"}};
}

}  // namespace ballast::doctor
