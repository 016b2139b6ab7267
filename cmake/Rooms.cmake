# The house: one static library a room, `ballast_<room>`, which sees only the rooms below it.
# A room without sources (yet) is a library of headers, so that what it stands on still reaches others.
find_package(CLI11 REQUIRED)
find_package(CURL REQUIRED)
find_package(Threads REQUIRED)
find_package(date REQUIRED)
find_package(fmt REQUIRED)
find_package(LibArchive REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(PostgreSQL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(Packing REQUIRED IMPORTED_TARGET libisal libzstd)

function(add_room room)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ON;USES;SHARES")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${room}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM arg_ON PREPEND "ballast_")
  if(sources)
    add_library(ballast_${room} STATIC ${sources})
    target_link_libraries(ballast_${room} PUBLIC ballast_options ${arg_ON} ${arg_SHARES} PRIVATE ${arg_USES})
  else()
    add_library(ballast_${room} INTERFACE)
    target_link_libraries(ballast_${room} INTERFACE ballast_options ${arg_ON} ${arg_SHARES})
  endif()
endfunction()

set(rooms base host model tools journal operation check notify live backup restore interchange deploy access prune watch cli)

add_room(base SHARES fmt::fmt nlohmann_json::nlohmann_json USES OpenSSL::Crypto date::date-tz)
add_room(host ON base SHARES Threads::Threads USES CURL::libcurl LibArchive::LibArchive PkgConfig::Packing)
add_room(model ON base USES yaml-cpp)
add_room(tools ON host model USES PostgreSQL::PostgreSQL)
add_room(journal ON host model USES SQLite::SQLite3)
add_room(operation ON journal tools)
add_room(check ON journal tools)
add_room(notify ON journal tools)
add_room(live ON operation check notify)
add_room(backup ON live)
add_room(restore ON backup)
add_room(interchange ON restore)
add_room(deploy ON live backup)
add_room(access ON live)
add_room(prune ON deploy interchange access)
add_room(watch ON deploy interchange access)
add_room(cli ON watch prune USES CLI11::CLI11)

target_compile_definitions(ballast_options INTERFACE "BALLAST_VERSION=\"${PROJECT_VERSION}\"")

# The manual pages, as text inside the program: src/cli/manual.h declares what finds them.
file(GLOB manuals CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/cli/*.md")
if(EXISTS "${CMAKE_SOURCE_DIR}/src/cli/manual.h")
  get_target_property(cli_type ballast_cli TYPE)
  if(cli_type STREQUAL "STATIC_LIBRARY")
    set(manual_pages "${CMAKE_BINARY_DIR}/generated/manual_pages.cpp")
    add_custom_command(
      OUTPUT "${manual_pages}"
      COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${CMAKE_SOURCE_DIR}/src/cli" "-DOUTPUT=${manual_pages}"
              -P "${CMAKE_SOURCE_DIR}/cmake/embed_manuals.cmake"
      DEPENDS ${manuals} "${CMAKE_SOURCE_DIR}/cmake/embed_manuals.cmake"
      COMMENT "Embedding the manual pages" VERBATIM)
    target_sources(ballast_cli PRIVATE "${manual_pages}")
  endif()
endif()
