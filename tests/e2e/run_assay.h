// Runs the real program, as its user would.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace assay::e2e {

struct Outcome {
    int code = -1; ///< exit status, or 128 + the signal's number
    std::string out, err;
    /// One JSON document for each line of `out`.
    [[nodiscard]] std::vector<nlohmann::json> lines() const;
};

/// Runs `sh -c "COMMAND"` in `folder`, in which `assay` is the program under test.
[[nodiscard]] Outcome run(const std::string& command, const std::filesystem::path& folder);

/// A folder of its own, removed at the end.
class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace assay::e2e
