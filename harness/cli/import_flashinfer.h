// `assay import flashinfer`, below `assay import`.
#pragma once

#include "cli/command.h"

namespace assay::cli {

void add_import_flashinfer(CLI::App& import, Action& run);

} // namespace assay::cli
