#include "source_dir.h"

namespace assay {

const std::string& source_dir() {
    static const std::string path = ASSAY_SOURCE_DIR;
    return path;
}

} // namespace assay
