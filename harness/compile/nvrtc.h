// NVRTC, loaded at run time. Only a worker process loads it.
#pragma once

#include <filesystem>
#include <nvrtc.h>
#include <string>
#include <vector>

#include "base/error.h"

namespace assay::compile {

class Nvrtc {
public:
    /// `library` is libnvrtc.so.*. It stays loaded.
    [[nodiscard]] static Result<Nvrtc> load(const std::filesystem::path& library);

    struct Header {
        const char* name;
        const char* text;
    };
    struct Output {
        nvrtcResult result = NVRTC_ERROR_INTERNAL_ERROR;
        std::string log;
        std::string ptx; ///< empty unless result is NVRTC_SUCCESS
    };
    [[nodiscard]] Output compile(const std::string& source, const std::string& name, const std::vector<Header>& headers,
                                 const std::vector<std::string>& options) const;
    [[nodiscard]] std::string error_string(nvrtcResult result) const { return get_error_string_(result); }

private:
    Nvrtc() = default;

    decltype(&::nvrtcCreateProgram) create_program_ = nullptr;
    decltype(&::nvrtcDestroyProgram) destroy_program_ = nullptr;
    decltype(&::nvrtcCompileProgram) compile_program_ = nullptr;
    decltype(&::nvrtcGetProgramLogSize) get_log_size_ = nullptr;
    decltype(&::nvrtcGetProgramLog) get_log_ = nullptr;
    decltype(&::nvrtcGetPTXSize) get_ptx_size_ = nullptr;
    decltype(&::nvrtcGetPTX) get_ptx_ = nullptr;
    decltype(&::nvrtcGetErrorString) get_error_string_ = nullptr;
};

} // namespace assay::compile
