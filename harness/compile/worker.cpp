// The compile server: `assay --worker compile`.
//
// NVRTC is 100 MB that take time to load and to warm up, and it was not written to face hostile input: some sources
// crash it, some make it run or allocate without end. So the server loads it once and compiles a trivial kernel (which
// loads NVRTC's builtins library too); each candidate is compiled in a child of its own, which sees the toolkit's files
// and nothing else, because NVRTC opens whatever a source includes.
#include <memory>
#include <unistd.h>

#include "compile/compiler.h"
#include "compile/headers.h"
#include "compile/nvrtc.h"
#include "compile/protocol.h"
#include "sandbox/serve.h"

namespace assay::compile {

namespace {

using sandbox::Bytes;
using sandbox::Message;

constexpr std::string_view warm_up = "__global__ void warm_up(float* x) { x[threadIdx.x] = sqrtf(x[0]); }";

std::string text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes bytes_of(const std::string& text) {
    const auto* data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}

/// Loads NVRTC and readies it.
Result<sandbox::Opened> open(std::unique_ptr<const Nvrtc>& loaded, const Message& request) {
    auto nvrtc = Nvrtc::load(request.header.at("nvrtc").get<std::string>());
    if (!nvrtc) {
        return std::unexpected(nvrtc.error());
    }
    if (::chdir("/") != 0) { // so that no relative include finds a file of the caller's
        return fail("chdir failed", "/");
    }
    const auto warm = nvrtc->compile(std::string(warm_up), "warm_up.cu", {}, request.header.at("options"));
    if (warm.result != NVRTC_SUCCESS) {
        return fail("NVRTC cannot compile a trivial kernel: " + nvrtc->error_string(warm.result), "NVRTC", warm.log);
    }
    loaded = std::make_unique<const Nvrtc>(*nvrtc);
    sandbox::Opened opened;
    for (const auto& folder : request.header.at("readable").get<std::vector<std::string>>()) {
        opened.visible.push_back({folder});
    }
    return opened;
}

/// In a child: see protocol.h.
Result<Message> compile(const Nvrtc& nvrtc, const Message& request) {
    const auto extra = request.header.at("headers").get<std::map<std::string, std::string>>();
    std::vector<Nvrtc::Header> headers;
    for (const auto& [name, text] : extra) {
        headers.push_back({name.c_str(), text.c_str()});
    }
    for (const VirtualHeader& virtual_header : virtual_headers()) {
        headers.push_back({virtual_header.name.c_str(), virtual_header.text.c_str()});
    }
    const auto output =
        nvrtc.compile(text_of(request.blobs.at(0)), request.header.at("name"), headers, request.header.at("options"));
    Message reply;
    reply.header = {{"result", static_cast<int>(output.result)},
                    {"explanation", nvrtc.error_string(output.result)},
                    {"log", output.log.substr(0, max_log_bytes)}};
    const bool no_memory = output.log.find("): catastrophic error: out of memory") != std::string::npos;
    if (output.result == NVRTC_ERROR_OUT_OF_MEMORY || no_memory) {
        reply.header["failure"] = failure_resource_limit;
        reply.header["explanation"] = "the compiler ran out of memory";
    }
    reply.blobs.push_back(bytes_of(output.ptx));
    return reply;
}

} // namespace

int compile_worker() {
    std::unique_ptr<const Nvrtc> nvrtc;
    return sandbox::serve_children({.policy = sandbox::compile_policy,
                                    .open = [&](const Message& request) { return open(nvrtc, request); },
                                    .handle = [&](const Message& request) { return compile(*nvrtc, request); }});
}

} // namespace assay::compile
