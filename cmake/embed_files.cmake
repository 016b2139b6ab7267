# Writes a C++ file that holds the text of FILES, named as seen from FOLDER, and defines ballast::FUNCTION().
#   cmake -DFOLDER=/src/cli "-DFILES=/src/cli/check.md;/src/cli/deploy.md" -DFUNCTION=manual_pages
#         -DOUTPUT=manual_pages.cpp -P embed_files.cmake
list(SORT FILES)
list(LENGTH FILES count)
set(entries "")
foreach(path IN LISTS FILES)
  file(RELATIVE_PATH name "${FOLDER}" "${path}")
  file(READ "${path}" text)
  string(FIND "${text}" ")_embedded_\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${path} holds the end mark of its raw string")
  endif()
  string(APPEND entries "    EmbeddedFile{\"${name}\", R\"_embedded_(${text})_embedded_\"},\n")
endforeach()

file(WRITE "${OUTPUT}.new" "// Generated from ${FOLDER}.
#include \"base/embedded.h\"

#include <algorithm>
#include <array>

namespace ballast {

namespace {

constexpr std::array<EmbeddedFile, ${count}> files{{
${entries}}};
static_assert(std::ranges::is_sorted(files, {}, &EmbeddedFile::name));

}  // namespace

std::span<const EmbeddedFile> ${FUNCTION}() { return files; }

}  // namespace ballast
")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
