# src/<room>/*_test.cpp become the program test_<room>; tests/contracts/*_test.cpp, the suites that
# every implementation of an interface has to pass, become test_contracts. tests/support/ holds what
# tests share (`#include "support/x.h"`).
find_package(GTest REQUIRED)
add_precompiled(ballast_precompiled_tests program precompiled_tests.h GTest::gmock)

function(add_unit_tests room)
  if(ARGN)
    add_executable(test_${room} ${ARGN})
    target_include_directories(test_${room} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
    target_link_libraries(test_${room} PRIVATE ballast_options GTest::gmock_main)
    # Optimising matchers that run once takes longer than all of them.
    target_compile_options(test_${room} PRIVATE -O0 -g1)
    use_precompiled(test_${room} ballast_precompiled_tests)
    add_test(NAME unit.${room} COMMAND test_${room} --gtest_brief=1)
    set_tests_properties(unit.${room} PROPERTIES LABELS unit TIMEOUT 300)
  endif()
endfunction()

foreach(room IN LISTS rooms)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${room}/*_test.cpp")
  add_unit_tests(${room} ${sources})
  if(sources)
    target_link_libraries(test_${room} PRIVATE ballast_${room})
  endif()
endforeach()

file(GLOB contracts CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/contracts/*.cpp")
if(contracts)
  add_unit_tests(contracts ${contracts})
  target_link_libraries(test_contracts PRIVATE ballast_watch ballast_prune)
endif()
