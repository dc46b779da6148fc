// The assembler's server: `assay --worker assemble`. It loads nvJitLink, 100 MB, and assembles a trivial kernel, so
// that a child has everything it needs before it is locked.
#include <array>
#include <dlfcn.h>
#include <fmt/format.h>
#include <optional>
#include <type_traits>

#include "compile/assembler.h"
#include "sandbox/serve.h"

namespace assay::compile {

namespace {

using sandbox::Message;

// Of nvJitLink.h, which is not in every toolkit that the harness is built with.
using Link = struct nvJitLink*;
using Status = int;
constexpr Status success = 0;
constexpr int input_ptx = 2;

constexpr const char* trivial = ".version 7.8\n.target sm_75\n.address_size 64\n.visible .entry k() { ret; }\n";

/// The functions of the library that are used, by the names that stay the same from version to version.
class Assembler {
public:
    static Result<Assembler> load(const std::string& library) {
        void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (handle == nullptr) {
            return fail(fmt::format("nvJitLink cannot be loaded: {}", ::dlerror()), library);
        }
        Assembler assembler;
        std::string missing;
        const auto find = [&](auto& function, const char* name) {
            function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(handle, name));
            missing = function == nullptr ? name : missing;
        };
        find(assembler.create_, "nvJitLinkCreate");
        find(assembler.add_, "nvJitLinkAddData");
        find(assembler.complete_, "nvJitLinkComplete");
        find(assembler.destroy_, "nvJitLinkDestroy");
        find(assembler.info_size_, "nvJitLinkGetInfoLogSize");
        find(assembler.info_, "nvJitLinkGetInfoLog");
        find(assembler.error_size_, "nvJitLinkGetErrorLogSize");
        find(assembler.error_, "nvJitLinkGetErrorLog");
        if (!missing.empty()) {
            return fail("this library has no " + missing, library, "nvJitLink of CUDA 12.4 or later is needed");
        }
        return assembler;
    }

    struct Output {
        std::string log, problem;
    };
    /// The library looks past the end of a text that no zero ends.
    [[nodiscard]] Output assemble(const std::string& ptx, const std::string& architecture) const {
        const std::string target = "-arch=" + architecture;
        std::array<const char*, 2> options{target.c_str(), "-Xptxas=-v"};
        Link link = nullptr;
        if (const auto result = create_(&link, options.size(), options.data()); result != success) {
            return {{}, fmt::format("nvJitLinkCreate: error {} for {}", result, target)};
        }
        auto result = add_(link, input_ptx, ptx.c_str(), ptx.size(), "candidate.ptx");
        if (result == success) {
            result = complete_(link);
        }
        Output output{text(link, info_size_, info_), {}};
        if (result != success) {
            output.problem = text(link, error_size_, error_);
            if (output.problem.empty()) {
                output.problem = fmt::format("error {}", result);
            }
        }
        destroy_(&link);
        return output;
    }

private:
    using Size = Status(Link, std::size_t*);
    using Text = Status(Link, char*);
    static std::string text(Link link, Size* get_size, Text* get) {
        std::size_t size = 0;
        if (get_size(link, &size) != success || size == 0) {
            return {};
        }
        std::string text(size, '\0');
        if (get(link, text.data()) != success) {
            return {};
        }
        return text.c_str(); // up to its closing zero
    }

    Status (*create_)(Link*, std::uint32_t, const char**) = nullptr;
    Status (*add_)(Link, int, const void*, std::size_t, const char*) = nullptr;
    Status (*complete_)(Link) = nullptr;
    Status (*destroy_)(Link*) = nullptr;
    Size *info_size_ = nullptr, *error_size_ = nullptr;
    Text *info_ = nullptr, *error_ = nullptr;
};

} // namespace

int assemble_worker() {
    std::optional<Assembler> assembler;
    return sandbox::serve_children(
        {.policy = sandbox::compile_policy,
         .open = [&](const Message& request) -> Result<sandbox::Opened> {
             auto loaded = Assembler::load(request.header.at("library").get<std::string>());
             if (!loaded) {
                 return std::unexpected(loaded.error());
             }
             assembler = *loaded;
             if (const auto warm = assembler->assemble(trivial, "sm_90"); !warm.problem.empty()) {
                 return fail("the assembler does not take a trivial kernel: " + warm.problem, "nvJitLink");
             }
             sandbox::Opened opened;
             for (const auto& folder : request.header.at("readable").get<std::vector<std::string>>()) {
                 opened.visible.push_back({folder});
             }
             return opened;
         },
         .handle = [&](const Message& request) -> Result<Message> {
             const auto& ptx = request.blobs.at(0);
             const auto output = assembler->assemble(std::string(reinterpret_cast<const char*>(ptx.data()), ptx.size()),
                                                     request.header.at("architecture").get<std::string>());
             return Message{{{"log", output.log}, {"problem", output.problem}}, {}};
         }});
}

} // namespace assay::compile
