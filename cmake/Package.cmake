add_subdirectory(packaging)
