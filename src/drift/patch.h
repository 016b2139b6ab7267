// Two texts as lines that differ, in the form of `diff -u`; secrets are hidden.
#pragma once

#include <optional>
#include <string>

#include "drift/difference.h"

namespace ballast {

// nullopt: there is none.
std::string text_patch(const std::string& name, const std::optional<std::string>& was,
                       const std::optional<std::string>& is, const Secrets& secrets);

// Of the files in a release's container against its image, one after the other. Those that are no
// text are named only.
std::string container_patch(Server& server, const DriftSeen& seen, const Difference& difference);

}  // namespace ballast
