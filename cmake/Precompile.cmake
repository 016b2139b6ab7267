# With BALLAST_PRECOMPILE the headers that nearly every file includes are compiled once for the program and once for its
# unit tests: they are most of the time of a build. The release is built without, and so misses a header that is not
# included.
function(add_precompiled name header)
  if(NOT BALLAST_PRECOMPILE)
    return()
  endif()
  set(source "${CMAKE_BINARY_DIR}/generated/${name}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "int main() {}\n")
  # A program, where it is for programs: those are compiled with another kind of addresses.
  if(header MATCHES "tests")
    add_executable(${name} EXCLUDE_FROM_ALL "${source}")
  else()
    add_library(${name} OBJECT "${source}")
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
