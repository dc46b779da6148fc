// Structural equality of trees: everything but positions.
#pragma once

#include "ptx/syntax.h"

namespace assay::ptx {

[[nodiscard]] bool same(const Operand& a, const Operand& b);
[[nodiscard]] bool same(const Statement& a, const Statement& b);
[[nodiscard]] bool same(const TopLevel& a, const TopLevel& b);
[[nodiscard]] bool same(const Module& a, const Module& b);

} // namespace assay::ptx
