// A Python interpreter within this process, from the system's shared library, loaded when it is needed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace assay::forms {

/// One for a process; it ends with it. It sees the standard library and the modules that are embedded in this program
/// (harness/forms/python), and nothing else of the machine's.
class Python {
public:
    /// An Error where no libpython3 is installed, which says so.
    [[nodiscard]] static Result<Python> start();
    [[nodiscard]] Result<> load(const std::string& module) const;
    /// What `module.function(text)` returns, both texts in UTF-8.
    [[nodiscard]] Result<std::string> call(const std::string& module, const std::string& function,
                                           const std::string& text) const;
    /// The folders of its standard library.
    [[nodiscard]] Result<std::vector<std::filesystem::path>> folders() const;

private:
    struct Functions;
    explicit Python(const Functions* functions) : functions_(functions) {}
    [[nodiscard]] Result<std::string> evaluate(const std::string& expression) const;
    const Functions* functions_;
};

} // namespace assay::forms
