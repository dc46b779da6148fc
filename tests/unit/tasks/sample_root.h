// A root folder of its own for each test, with one task.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "source_dir.h"

namespace assay::tasks {

inline std::string slurp(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline const std::filesystem::path test_folder = std::filesystem::path(source_dir()) / "tests/unit/tasks";

/// Removed with the object. Tests run at the same time, in one process and in several.
class SampleRoot {
public:
    SampleRoot() {
        static std::atomic<int> count = 0;
        path = std::filesystem::path(testing::TempDir()) /
               ("assay_tasks_" + std::to_string(getpid()) + "_" + std::to_string(count++));
        write("tasks/schema.json", "{}");
    }
    ~SampleRoot() { std::filesystem::remove_all(path); }
    SampleRoot(const SampleRoot&) = delete;
    SampleRoot& operator=(const SampleRoot&) = delete;

    /// Writes below the root and returns the file's path.
    std::filesystem::path write(const std::filesystem::path& name, std::string_view text) const {
        std::filesystem::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << text;
        return path / name;
    }

    /// The definition of good.json with another name and level, and its reference.
    std::filesystem::path write_task(const std::string& name, int level = 1) const {
        auto json = nlohmann::ordered_json::parse(slurp(test_folder / "good.json"));
        json["name"] = name;
        json["level"] = level;
        const std::string folder = "level" + std::to_string(level) + "/";
        write("reference/" + folder + name + ".cu", "extern \"C\" void solve() {}\n");
        return write("tasks/" + folder + name + ".json", json.dump());
    }

    std::filesystem::path path;
};

} // namespace assay::tasks
