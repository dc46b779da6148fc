// What a function body holds (PTX ISA 9.0, sections 4.2, 9 and 11).
#pragma once

#include "ptx/cursor.h"
#include "ptx/syntax.h"

namespace assay::ptx {

/// `{ ... }`.
[[nodiscard]] Scope scope(Cursor& cursor);

/// `.pragma "nounroll";`
[[nodiscard]] Directive pragma(Cursor& cursor);

} // namespace assay::ptx
