# With BALLAST_PRECOMPILE the headers that nearly every file includes are compiled once for the program and once for its
# unit tests: they are most of the time of a build. The release is built without, and so misses a header that is not
# included.
#
# add_precompiled(NAME library|program HEADER LIBRARY...): a program, where it is for programs: those are compiled with
# another kind of addresses.
function(add_precompiled name kind header)
  if(NOT BALLAST_PRECOMPILE)
    return()
  endif()
  set(source "${CMAKE_BINARY_DIR}/generated/${name}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "int main() {}\n")
  if(kind STREQUAL "program")
    add_executable(${name} EXCLUDE_FROM_ALL "${source}")
  elseif(kind STREQUAL "library")
    add_library(${name} OBJECT "${source}")
  else()
    message(FATAL_ERROR "add_precompiled: ${kind} is neither library nor program")
  endif()
  target_link_libraries(${name} PRIVATE ballast_options fmt::fmt nlohmann_json::nlohmann_json ${ARGN})
  target_precompile_headers(${name} PRIVATE "${CMAKE_SOURCE_DIR}/cmake/${header}")
endfunction()

function(use_precompiled target name)
  if(BALLAST_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

if(BALLAST_PRECOMPILE AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # The same headers make the same file, which ccache then knows.
  target_compile_options(ballast_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
