#pragma once

#include <string>

namespace assay {

/// The checkout that the tests were built from, absolute. In a file of its own, so that no other object depends on
/// where the checkout lies and ccache serves one checkout from another.
const std::string& source_dir();

} // namespace assay
