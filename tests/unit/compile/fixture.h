// One toolkit and one warm compiler for all tests of the program.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>

#include "compile/compiler.h"

namespace assay::compile {

inline const Toolkit& toolkit() {
    static const Toolkit found = [] {
        auto toolkit = find_toolkit();
        if (!toolkit) { // tests that need NVRTC fail, they are not skipped: nothing works without it
            throw std::runtime_error(toolkit.error().to_string());
        }
        return std::move(*toolkit);
    }();
    return found;
}

/// Compiles without a cache.
inline Compilation compile(const Request& request) {
    static Compiler compiler(toolkit(), {});
    auto compilation = compiler.compile(request);
    if (!compilation) {
        ADD_FAILURE() << compilation.error().to_string();
        return {};
    }
    return std::move(*compilation);
}

inline Compilation compile(const std::string& source) {
    Request request;
    request.source = source;
    return compile(request);
}

inline std::string read_text(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

inline std::string to_string(const std::vector<Diagnostic>& diagnostics) {
    std::string text;
    for (const Diagnostic& entry : diagnostics) {
        text += fmt::format("{}:{}:{}: {}\n", entry.file, entry.line, entry.column, entry.message);
    }
    return text;
}

/// A folder of the test's own, removed with all its content at the end.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "assay_test_XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace assay::compile
