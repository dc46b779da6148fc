// Results files: JSON Lines, one evaluation a line, appended and flushed as they come.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "store/evaluation.h"

namespace assay::store {

/// Appends to a results file. Each line is written whole and synced; after a crash or a full disk the file holds
/// every line that was reported as written, and at most one torn line at its end, which the next open cuts off (and
/// says so through `repaired`).
class ResultsWriter {
public:
    [[nodiscard]] static Result<ResultsWriter> open(const std::filesystem::path& file);
    ~ResultsWriter();
    ResultsWriter(ResultsWriter&&) noexcept;
    ResultsWriter& operator=(ResultsWriter&&) noexcept;
    /// On an Error (disk full) the file is as it was before.
    [[nodiscard]] Result<> append(const Evaluation& evaluation);
    [[nodiscard]] bool repaired() const { return repaired_; }

private:
    ResultsWriter(int descriptor, std::filesystem::path file) : descriptor_(descriptor), file_(std::move(file)) {}
    int descriptor_ = -1;
    std::filesystem::path file_;
    bool repaired_ = false;
};

/// Reads a results file; an Error names file and line. A torn last line is skipped.
[[nodiscard]] Result<std::vector<Evaluation>> read_results(const std::filesystem::path& file);

} // namespace assay::store
