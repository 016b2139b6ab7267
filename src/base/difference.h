// What differs between two texts, for people and for `patch`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secrets.h"

namespace ballast {

// As `diff -u` prints it, three lines around each change; empty when they are equal. A label of
// "/dev/null" says that there is no such text.
std::string unified_difference(std::string_view before, std::string_view after,
                               std::string_view label_before, std::string_view label_after);

// For `patch -p1`: of the file of that name, which in nullopt is not there.
std::string file_difference(const std::string& name, const std::optional<std::string>& before,
                            const std::optional<std::string>& after);

// A difference as it may be shown: without known values, without what a line gives to a name that
// says that it is a secret, and without control characters but the tabulator.
std::string masked_difference(const std::string& difference, const Secrets& secrets);

}  // namespace ballast
