// Variables, registers, parameters and their initialisers (PTX ISA 9.0, sections 5.4 and 7.1).
#pragma once

#include <string>
#include <vector>

#include "ptx/cursor.h"
#include "ptx/syntax.h"

namespace assay::ptx {

/// Whether the token begins a variable declaration once linkage has been read: a state space such as `.global`.
[[nodiscard]] bool begins_variable(const Token& token);

/// Reads `.extern`, `.visible`, `.weak` and `.common`, as many as there are.
[[nodiscard]] std::vector<std::string> linkage(Cursor& cursor);

/// `.global .u32 a, b[2] = {1, 2};`: one Variable for each name, with its final semicolon.
[[nodiscard]] std::vector<Variable> variables(Cursor& cursor, std::vector<std::string> linkage, Position position);

/// `( .param .b64 a, .param .b32 b )`, or nothing where there is no list.
[[nodiscard]] std::vector<Variable> parameters(Cursor& cursor);

/// `.reg .b32 %r<13>;` in a body.
[[nodiscard]] RegisterDeclaration registers(Cursor& cursor);

/// The entries of `.attribute(.managed, .unified(1, 2))`: "managed", "unified(1, 2)".
void attributes(Cursor& cursor, std::vector<std::string>& entries);

} // namespace assay::ptx
