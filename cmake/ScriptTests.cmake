# Tests that are scripts: each tests/{integration,faults,fuzz,demo}/*_test.py is one test, and so are the
# checks of the tree itself. They ask the environment where things are (see below).
#
# Those that run stacks test the program that is shipped. The sanitized one, which takes half as long again, is tested
# by the integration tests that feed it what others wrote and by one for each large operation; in the long form by all.
set(BALLAST_RELEASE_BINARY "${CMAKE_SOURCE_DIR}/build/release/ballast" CACHE FILEPATH "The program that is shipped")
set(sanitized_integration backup_bad_input bad_input check damaged_sets external_database gate generic_stack
    measurements metrics notify odoo_zip second_reader stack_files status_history upgrade_generic wrappers)
set(BALLAST_COMPOSE_PLUGIN "${CMAKE_SOURCE_DIR}/build/compose-v2"
    CACHE PATH "The folder that holds the plugins of docker: Compose v2 `docker-compose`, and `docker-buildx`")
set(PYTHON /usr/bin/python3)
set(script_environment
    "BALLAST_FIXTURES=${CMAKE_SOURCE_DIR}/tests/fixtures"
    "BALLAST_COMPOSE_PLUGIN=${BALLAST_COMPOSE_PLUGIN}"
    "BALLAST_COMPOSE_V2=${BALLAST_COMPOSE_PLUGIN}/docker-compose"
    "PYTHONPATH=${CMAKE_SOURCE_DIR}/tests"
    "UBSAN_OPTIONS=print_stacktrace=1")

function(add_script_tests label binary)
  file(GLOB scripts CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/${label}/*_test.py")
  foreach(script IN LISTS scripts)
    get_filename_component(name "${script}" NAME_WLE)
    string(REGEX REPLACE "_test$" "" name "${name}")
    add_test(NAME ${label}.${name} COMMAND ${PYTHON} -B "${script}")
    set(program "${binary}")
    if(label STREQUAL "integration" AND (BALLAST_LONG OR name IN_LIST sanitized_integration))
      set(program $<TARGET_FILE:ballast>)
    endif()
    set_tests_properties(${label}.${name} PROPERTIES LABELS ${label} TIMEOUT 1800
      WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
      ENVIRONMENT "BALLAST_BINARY=${program};${script_environment}")
    if(label STREQUAL "faults")
      # Hours: for the long form on a slow machine. One after the other, they would be the last for long: they begin.
      set_tests_properties(${label}.${name} PROPERTIES RESOURCE_LOCK engine COST 1 TIMEOUT 14400)
    endif()
  endforeach()
endfunction()

if(TARGET ballast)
  add_script_tests(integration "${BALLAST_RELEASE_BINARY}")
  add_script_tests(fuzz $<TARGET_FILE:ballast>)
  add_script_tests(faults "${BALLAST_RELEASE_BINARY}")
  add_script_tests(demo "${BALLAST_RELEASE_BINARY}")
endif()

function(add_tree_test name)
  add_test(NAME tree.${name} COMMAND ${ARGN})
  set_tests_properties(tree.${name} PROPERTIES LABELS tree TIMEOUT 300 WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
endfunction()

add_tree_test(layers ${PYTHON} -B tests/layering/check_layers)
add_tree_test(layers_selftest ${PYTHON} -B tests/layering/check_layers_test.py)
add_tree_test(types ${PYTHON} -B tests/layering/check_types)
add_tree_test(types_selftest ${PYTHON} -B tests/layering/check_types_test.py)
add_tree_test(workflows ${PYTHON} -B tests/layering/check_workflows)
add_tree_test(workflows_selftest ${PYTHON} -B tests/layering/check_workflows_test.py)
add_tree_test(shellcheck tests/layering/check_scripts)
add_tree_test(rules ${PYTHON} -B tests/prometheus/rules_test.py)
add_tree_test(firing ${PYTHON} -B tests/prometheus/firing_test.py)
if(EXISTS "${CMAKE_SOURCE_DIR}/tests/fixtures/selftest")
  add_tree_test(fixtures "${CMAKE_SOURCE_DIR}/tests/fixtures/selftest")
  set_tests_properties(tree.fixtures PROPERTIES TIMEOUT 900 SKIP_RETURN_CODE 77)
endif()
