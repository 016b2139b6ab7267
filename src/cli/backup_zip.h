// `ballast backup export` and `import`: archives of Odoo's own database manager.
#pragma once

#include <string>

#include "cli/invocation.h"

namespace ballast {

int run_export(Invocation& invocation, const std::string& stack);
int run_import(Invocation& invocation, const std::string& stack);

}  // namespace ballast
