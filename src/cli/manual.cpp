#include "cli/manual.h"

#include <algorithm>
#include <string>

#include "base/embedded.h"

namespace ballast {

std::span<const EmbeddedFile> manual_pages();

std::optional<std::string_view> manual_of(std::string_view command) {
  const auto pages = manual_pages();
  const auto page = std::ranges::find(pages, std::string(command) + ".md", &EmbeddedFile::name);
  return page == pages.end() ? std::nullopt : std::optional(page->text);
}

}  // namespace ballast
