// Of one service of a Compose file whose variables are filled in; see privileges.h.
#pragma once

#include <set>
#include <string>

#include "model/compose_syntax.h"
#include "model/privileges.h"

namespace ballast {

struct ServiceGround {
  const ComposeGround& ground;
  const std::string& path;                 // of the file, for messages
  const std::set<std::string>& externals;  // networks that are not the stack's own
};

void read_service_privileges(Privileges& found, const ServiceGround& where, const Yaml& name,
                             const Yaml& service);

}  // namespace ballast
