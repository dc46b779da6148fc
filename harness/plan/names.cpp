#include "plan/names.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace assay::plan {

std::string demangle(const std::string& name) {
    // Without the prefix, __cxa_demangle reads "i" as the type int.
    if (!name.starts_with("_Z")) {
        return name;
    }
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status),
                                                           &std::free);
    return status == 0 && text ? text.get() : name;
}

std::string file_name(const isa::Program& program, std::uint32_t file) {
    if (file >= program.files.size()) {
        return {};
    }
    const std::string& path = program.files[file];
    return path.substr(path.rfind('/') + 1);
}

} // namespace assay::plan
