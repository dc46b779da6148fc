// Task definitions: the JSON of a file that anybody may have written. A task that loads can be bound.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include "tasks/task.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace fs = std::filesystem;
    static const fs::path file = [] {
        std::string pattern = (fs::temp_directory_path() / "assay-fuzz-XXXXXX").string();
        const fs::path root = ::mkdtemp(pattern.data());
        const fs::path folder = root / "tasks" / "level1";
        fs::create_directories(folder);
        fs::create_directories(root / "reference" / "level1");
        std::ofstream(root / "reference" / "level1" / "softmax.cu") << "extern \"C\" void solve() {}\n";
        std::atexit([] { fs::remove_all(file.parent_path().parent_path().parent_path()); });
        return folder / "softmax.json";
    }();
    std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
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
