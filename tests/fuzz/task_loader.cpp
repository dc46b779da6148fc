// Task definitions: the JSON of a file that anybody may have written. A task that loads can be bound.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include "tasks/task.h"

namespace {

namespace fs = std::filesystem;

/// A catalogue with one task, in a folder that goes with the program.
struct Catalogue {
    fs::path root;
    Catalogue() {
        std::string pattern = (fs::temp_directory_path() / "assay-fuzz-XXXXXX").string();
        root = ::mkdtemp(pattern.data());
        fs::create_directories(task().parent_path());
        fs::create_directories(root / "reference" / "level1");
        std::ofstream(root / "reference" / "level1" / "softmax.cu") << "extern \"C\" void solve() {}\n";
    }
    ~Catalogue() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    [[nodiscard]] fs::path task() const { return root / "tasks" / "level1" / "softmax.json"; }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Catalogue catalogue;
    const fs::path file = catalogue.task();
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    const auto task = assay::tasks::load(file);
    if (task) {
        for (const auto& workload : task->workloads) {
            if (!assay::tasks::bind(*task, workload)) {
                std::abort();
            }
        }
    }
    return 0;
}
