// How urgent it is: nobody is woken by what is not a page.
#pragma once

#include <optional>
#include <string_view>

namespace ballast {

enum class Severity { info, warn, page };

std::string_view severity_text(Severity severity);
std::optional<Severity> parse_severity(std::string_view text);

}  // namespace ballast
