# The flags that everything of ours is compiled with, as the target `ballast_options`.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# What was compiled in one build folder is found again by the others.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_SOURCE_DIR}/cmake/compile" "${CMAKE_SOURCE_DIR}")
endif()

add_library(ballast_options INTERFACE)
target_include_directories(ballast_options INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(ballast_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  # The program does not tell where it was built, and is the same wherever that was.
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(ballast_options INTERFACE
    # Warns of designated initialisers that leave a member to its default, which is what they are for.
    -Wno-missing-field-initializers
    # GCC 12 sees overlaps inside std::string's own operator+ and insert (GCC bug 105329).
    -Wno-restrict)
  if(BALLAST_SANITIZE)
    # The sanitizers' own branches make GCC see uninitialised std::optional values (GCC bug 80635).
    target_compile_options(ballast_options INTERFACE -Wno-maybe-uninitialized)
  endif()
else()
  target_compile_options(ballast_options INTERFACE -Wno-missing-field-initializers
                         -Wno-missing-designated-field-initializers -Wno-unknown-warning-option)
endif()

if(BALLAST_HARDEN)
  target_compile_options(ballast_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
    -D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  target_link_options(ballast_options INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

if(BALLAST_SANITIZE)
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  if(BALLAST_FUZZ)
    list(APPEND sanitizers -fsanitize=fuzzer-no-link)
  endif()
  target_compile_options(ballast_options INTERFACE ${sanitizers} -D_GLIBCXX_ASSERTIONS)
  target_link_options(ballast_options INTERFACE ${sanitizers})
  # A million addresses in the sanitizers' own data need not be relocated at each start: a third of its time.
  target_link_options(ballast_options INTERFACE -no-pie)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Two dozen programs of a hundred megabytes and more: LLD links one in a quarter of the time (2 s instead of 10 s).
    target_link_options(ballast_options INTERFACE -fuse-ld=lld)
  endif()
endif()
