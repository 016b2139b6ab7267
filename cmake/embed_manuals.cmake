# Writes a C++ file that holds FOLDER/<command>.md, sorted by command, and defines
# ballast::manual_of() of "cli/manual.h".
#   cmake -DFOLDER=src/cli -DOUTPUT=manual_pages.cpp -P embed_manuals.cmake
file(GLOB pages "${FOLDER}/*.md")
set(names "")
foreach(page IN LISTS pages)
  get_filename_component(name "${page}" NAME_WLE)
  list(APPEND names "${name}")
endforeach()
list(SORT names)

set(entries "")
set(count 0)
foreach(name IN LISTS names)
  file(READ "${FOLDER}/${name}.md" text)
  string(FIND "${text}" ")_manual_\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${FOLDER}/${name}.md holds the end mark of its raw string")
  endif()
  string(APPEND entries "    Page{\"${name}\", R\"_manual_(${text})_manual_\"},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${OUTPUT}.new" "// Generated from src/cli/*.md.
#include \"cli/manual.h\"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace ballast {
namespace {

struct Page {
  std::string_view name;
  std::string_view text;
};

constexpr std::array<Page, ${count}> pages{{
${entries}}};
static_assert(std::ranges::is_sorted(pages, {}, &Page::name));

}  // namespace

std::optional<std::string_view> manual_of(std::string_view command) {
  const auto* page = std::ranges::lower_bound(pages, command, {}, &Page::name);
  if (page == pages.end() || page->name != command) return std::nullopt;
  return page->text;
}

}  // namespace ballast
")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
