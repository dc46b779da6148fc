// Instruction operands (PTX ISA 9.0, section 6).
#pragma once

#include "ptx/cursor.h"
#include "ptx/syntax.h"

namespace assay::ptx {

/// What `(` begins: the lists of a `call`, or a constant expression anywhere else.
enum class Parenthesis : std::uint8_t { List, Expression };

[[nodiscard]] Operand operand(Cursor& cursor, Parenthesis parenthesis);

/// `name` or `name.x`, then `+8` or `+-8` if there is one.
[[nodiscard]] Operand symbol(Cursor& cursor);

} // namespace assay::ptx
