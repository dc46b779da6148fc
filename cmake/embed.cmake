# Embeds files into a program: assay_embed(TARGET NAME variable ROOT folder FILES files...)
#
# Adds to TARGET a generated source that defines, in namespace assay::embedded,
#   extern const std::vector<std::pair<std::string_view, std::string_view>> NAME;
# with one entry for each file: its path below ROOT, and its bytes. The bytes are written as numbers, so that nothing in a
# file can end a literal early. Run as a script, this file does the writing (-DOUTPUT -DNAME -DROOT -DFILES).
if(CMAKE_SCRIPT_MODE_FILE)
  string(REPLACE "|" ";" FILES "${FILES}")
  set(arrays "")
  set(entries "")
  set(index 0)
  foreach(file IN LISTS FILES)
    file(READ "${ROOT}/${file}" bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND arrays "const char file_${index}[] = {${bytes}'\\0'};\n")
    string(APPEND entries "    {\"${file}\", {file_${index}, sizeof file_${index} - 1}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(WRITE "${OUTPUT}"
"#include <string_view>
#include <utility>
#include <vector>

namespace {
${arrays}} // namespace

namespace assay::embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> ${NAME};
const std::vector<std::pair<std::string_view, std::string_view>> ${NAME}{
${entries}};
} // namespace assay::embedded
")
  return()
endif()

function(assay_embed target)
  cmake_parse_arguments(arg "" "NAME;ROOT" "FILES" ${ARGN})
  set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded_${arg_NAME}.cpp")
  list(TRANSFORM arg_FILES PREPEND "${arg_ROOT}/" OUTPUT_VARIABLE paths)
  list(JOIN arg_FILES "|" joined)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAME=${arg_NAME} -DROOT=${arg_ROOT} "-DFILES=${joined}"
            -P "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS ${paths} "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
