// What differs between two texts, for people and for `patch`.
#pragma once

#include <string>
#include <string_view>

namespace ballast {

// As `diff -u` prints it, three lines around each change; empty when they are equal. A label of
// "/dev/null" says that there is no such text.
std::string unified_difference(std::string_view before, std::string_view after,
                               std::string_view label_before, std::string_view label_after);

}  // namespace ballast
