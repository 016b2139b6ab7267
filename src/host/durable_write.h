// Writes that are there, whole, after a power cut.
#pragma once

#include <string>
#include <string_view>

namespace ballast {

void replace_durably(const std::string& path, std::string_view content, unsigned mode);
void append_durably(const std::string& path, std::string_view content, unsigned mode);

}  // namespace ballast
