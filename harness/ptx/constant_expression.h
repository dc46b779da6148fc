// Constant expressions (PTX ISA 9.0, section 4.5).
#pragma once

#include "ptx/cursor.h"
#include "ptx/syntax.h"

namespace assay::ptx {

/// Whether the token can only be the beginning of a constant expression. (`(` and `!` may begin other operands.)
[[nodiscard]] bool begins_constant(const Token& token);

/// Reads a constant expression as a Literal: `text` is the expression, tokens as written, and `bits` its value.
[[nodiscard]] Operand constant_expression(Cursor& cursor);

} // namespace assay::ptx
