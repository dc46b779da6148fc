#include "compile/nvrtc.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace assay::compile {

namespace {

/// NVRTC's texts come with their closing zero.
template <class GetSize, class Get> std::string get_text(nvrtcProgram program, GetSize get_size, Get get) {
    std::size_t size = 0;
    if (get_size(program, &size) != NVRTC_SUCCESS || size == 0) {
        return {};
    }
    std::string text(size, '\0');
    if (get(program, text.data()) != NVRTC_SUCCESS) {
        return {};
    }
    text.pop_back();
    return text;
}

} // namespace

Result<Nvrtc> Nvrtc::load(const std::filesystem::path& library) {
    void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        return fail(fmt::format("NVRTC cannot be loaded: {}", ::dlerror()), library.string());
    }
    Nvrtc nvrtc;
    std::string missing;
    const auto load = [&](auto& function, const char* name) {
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(handle, name));
        if (function == nullptr) {
            missing = name;
        }
    };
    load(nvrtc.create_program_, "nvrtcCreateProgram");
    load(nvrtc.destroy_program_, "nvrtcDestroyProgram");
    load(nvrtc.compile_program_, "nvrtcCompileProgram");
    load(nvrtc.get_log_size_, "nvrtcGetProgramLogSize");
    load(nvrtc.get_log_, "nvrtcGetProgramLog");
    load(nvrtc.get_ptx_size_, "nvrtcGetPTXSize");
    load(nvrtc.get_ptx_, "nvrtcGetPTX");
    load(nvrtc.get_error_string_, "nvrtcGetErrorString");
    if (!missing.empty()) {
        return fail(fmt::format("this library has no {}", missing), library.string(),
                    "NVRTC of CUDA 12 or later is needed");
    }
    return nvrtc;
}

Nvrtc::Output Nvrtc::compile(const std::string& source, const std::string& name, const std::vector<Header>& headers,
                             const std::vector<std::string>& options) const {
    std::vector<const char*> header_texts;
    std::vector<const char*> header_names;
    header_texts.reserve(headers.size());
    header_names.reserve(headers.size());
    for (const Header& header : headers) {
        header_texts.push_back(header.text);
        header_names.push_back(header.name);
    }
    std::vector<const char*> option_texts;
    option_texts.reserve(options.size());
    for (const std::string& option : options) {
        option_texts.push_back(option.c_str());
    }
    Output output;
    nvrtcProgram program = nullptr;
    output.result = create_program_(&program, source.c_str(), name.c_str(), static_cast<int>(headers.size()),
                                    header_texts.data(), header_names.data());
    if (output.result != NVRTC_SUCCESS) {
        return output;
    }
    output.result = compile_program_(program, static_cast<int>(options.size()), option_texts.data());
    output.log = get_text(program, get_log_size_, get_log_);
    if (output.result == NVRTC_SUCCESS) {
        output.ptx = get_text(program, get_ptx_size_, get_ptx_);
    }
    destroy_program_(&program);
    return output;
}

} // namespace assay::compile
