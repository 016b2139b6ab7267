# Files as text inside the program.
#   embed_files(<room> <function> <folder> <file>...)
# defines ballast::<function>(), a span of "base/embedded.h" that names each file as seen from the folder.
function(embed_files room function folder)
  set(output "${CMAKE_BINARY_DIR}/generated/${function}.cpp")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${folder}" "-DFUNCTION=${function}" "-DFILES=${ARGN}" "-DOUTPUT=${output}"
            -P "${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake"
    DEPENDS ${ARGN} "${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake"
    COMMENT "Embedding ${folder}" VERBATIM)
  target_sources(ballast_${room} PRIVATE "${output}")
endfunction()
