// What the tests of this folder share: the corpus, and short ways from a snippet to its tree.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ptx/syntax.h"

namespace assay::ptx {

/// The files of corpus/, sorted; never empty.
[[nodiscard]] std::vector<std::filesystem::path> corpus_files();
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

/// The tree of a text that must parse; the test fails and the tree is empty if it does not.
[[nodiscard]] Module must_parse(const std::string& text);
/// The same for module-level items after `.version 9.0`, `.target sm_90` and `.address_size 64` (three lines).
[[nodiscard]] Module module_of(const std::string& items);
/// The statements of the body of one function.
[[nodiscard]] Scope body_of(const std::string& statements);
/// One instruction.
[[nodiscard]] Instruction instruction_of(const std::string& text);
/// One module-level variable.
[[nodiscard]] Variable variable_of(const std::string& text);

/// The text of the error for what must not parse.
[[nodiscard]] std::string error_of(const std::string& text);
[[nodiscard]] std::string error_in_module(const std::string& items);
/// The body begins on line 5.
[[nodiscard]] std::string error_in_body(const std::string& statements);

} // namespace assay::ptx
