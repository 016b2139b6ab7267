// The templates in packaging/templates/, built into the program.
#pragma once

#include <span>

#include "base/embedded.h"

namespace ballast {

// `__STACK__`, `__OWNER__` and `__HOST__` stand in their names and texts.
std::span<const EmbeddedFile> odoo18_template();

}  // namespace ballast
