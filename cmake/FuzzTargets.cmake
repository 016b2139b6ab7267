# Each tests/fuzz/<name>.cpp defines LLVMFuzzerTestOneInput and becomes fuzz_<name>; its seeds are in
# tests/fuzz/corpus/<name>/. With clang libFuzzer drives it; otherwise a small driver replays the seeds
# and mutations of them for twenty seconds, which is the short run that the tests make.
file(GLOB targets CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/fuzz/*.cpp")
foreach(source IN LISTS targets)
  get_filename_component(name "${source}" NAME_WLE)
  set(corpus "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  add_executable(fuzz_${name} ${source})
  target_link_libraries(fuzz_${name} PRIVATE ballast_options ballast_cli)
  if(BALLAST_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${name} PRIVATE "${CMAKE_SOURCE_DIR}/cmake/fuzz_driver.cpp")
  endif()
  if(BALLAST_TESTS)
    add_test(NAME fuzz.${name} COMMAND fuzz_${name} -seconds=10 "${corpus}")
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 300)
  endif()
endforeach()
