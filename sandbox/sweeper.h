// Removes what a supervisor leaves behind when it is killed.
#pragma once

#include <filesystem>

namespace assay::sandbox {

/// Has `folder`, which the caller is about to make, removed after this process, however that ends. False if nobody can
/// be found to do it: whoever looks for such folders next has to.
bool sweep_after_exit(const std::filesystem::path& folder);

} // namespace assay::sandbox
