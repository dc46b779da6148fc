# The two ways a target is made here. Every folder is one library, so that the import direction of the design is what
# the linker sees: a folder can include only what it lists in DEPENDS.

# assay_library(NAME [DEPENDS libraries...] [SOURCES files...])
#   A static library `assay_NAME` of all .cpp files of the folder (or of SOURCES).
function(assay_library name)
  cmake_parse_arguments(arg "" "" "DEPENDS;SOURCES" ${ARGN})
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  endif()
  add_library(assay_${name} STATIC ${arg_SOURCES})
  target_include_directories(assay_${name} PUBLIC "${PROJECT_SOURCE_DIR}/harness" "${PROJECT_SOURCE_DIR}")
  target_link_libraries(assay_${name} PUBLIC assay_options ${arg_DEPENDS})
endfunction()

# assay_test(NAME DEPENDS libraries...)
#   The tests of one folder, `test_NAME`, from its .cpp files; each TEST is a ctest of its own.
function(assay_test name)
  cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_include_directories(test_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(test_${name} PRIVATE assay_source_dir ${arg_DEPENDS} GTest::gtest GTest::gtest_main)
  gtest_discover_tests(test_${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300)
endfunction()
