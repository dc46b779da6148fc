#include "vgpu/codegen/generator.h"

#include <atomic>
#include <stdexcept>

#include <time.h>

#include "base/version.h"

#include "vgpu/codegen/flatten.h"
#include "vgpu/codegen/generator_kernel.h"
#include "vgpu/codegen/jit.h"
#include "vgpu/codegen/structure.h"
#include "vgpu/codegen/support.h"

namespace assay::vgpu::codegen {

namespace {

std::atomic<std::uint64_t> made_late = 0;

std::uint64_t thread_nanoseconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

} // namespace

std::uint64_t late_nanoseconds() {
    return made_late;
}

Kernel::Kernel(const LoadedModule& module_, std::uint32_t kernel, std::shared_ptr<const Flat> flat_, Graph graph_)
    : module(&module_), index(kernel), body(std::move(flat_)), flat(body->function), graph(std::move(graph_)),
      shared(isa::shared_layout(module_.program, kernel)), waits(waits_for_others(graph)) {}

const Code& Kernel::code(Dim3 block, std::uint32_t dynamic_shared, Counting counting) const {
    const std::scoped_lock lock(mutex_);
    std::unique_ptr<Code>& code = codes_[{block, dynamic_shared, counting}];
    if (code == nullptr) {
        code = make_code(*this, known(block, dynamic_shared, counting), Version::Together);
    }
    return *code;
}

KernelFunction Kernel::masked(const Code& code) const {
    const std::scoped_lock lock(mutex_);
    if (code.masked == nullptr) {
        const std::uint64_t start = thread_nanoseconds();
        auto made = make_code(*this, code.known, Version::Masked);
        if (made->frame_bytes != code.frame_bytes || made->counters.size != code.counters.size) {
            throw std::logic_error("the versions of " + flat.name + " disagree on what a warp keeps");
        }
        code.masked_code = std::move(made);
        code.masked = code.masked_code->masked.load();
        made_late += thread_nanoseconds() - start;
    }
    return code.masked;
}

bool Kernel::has_code(Dim3 block, std::uint32_t dynamic_shared) const {
    const std::scoped_lock lock(mutex_);
    return codes_.contains({block, dynamic_shared, Counting::Off});
}

void Kernel::adopt(Dim3 block, std::uint32_t dynamic_shared, std::unique_ptr<Code> code) const {
    const std::scoped_lock lock(mutex_);
    codes_.try_emplace({block, dynamic_shared, Counting::Off}, std::move(code));
}

Known Kernel::known(Dim3 block, std::uint32_t dynamic_shared, Counting counting) const {
    Known known;
    known.block = block;
    known.parameter_bytes = flat.parameter_bytes;
    known.shared_bytes = shared.dynamic_offset + dynamic_shared;
    known.local_bytes = local_window();
    known.counting = counting;
    return known;
}

std::uint32_t Kernel::local_window() const {
    return (flat.local_bytes + 15) / 16 * 16;
}

void prepare(const Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared, Counting counting) {
    (void)kernel.code(block, dynamic_shared, counting);
}

std::vector<std::byte> make_portable(const Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared) {
    return make_portable_code(kernel, kernel.known(block, dynamic_shared, Counting::Off));
}

bool adopt(const Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared, std::span<const std::byte> bytes) {
    if (kernel.has_code(block, dynamic_shared)) {
        return true;
    }
    auto code = link_code(kernel, kernel.known(block, dynamic_shared, Counting::Off), bytes);
    if (code == nullptr) {
        return false;
    }
    kernel.adopt(block, dynamic_shared, std::move(code));
    return true;
}

std::string code_identity() {
    const std::string program = build_id();
    return program.empty() ? program : program + " " + target_name();
}

struct Generator::State {};

Generator::Generator() : state_(std::make_unique<State>()) {}
Generator::~Generator() = default;

std::expected<std::shared_ptr<const Kernel>, Unsupported> Generator::compile(const LoadedModule& module,
                                                                             std::uint32_t kernel) {
    auto flat = flatten(module.program, kernel);
    if (!flat) {
        return std::unexpected(flat.error());
    }
    auto owned = std::make_shared<const Flat>(std::move(*flat));
    Graph graph = build_graph(owned->function);
    remove_dead(graph);
    if (auto problem = find_unsupported(owned->function, graph)) {
        return std::unexpected(std::move(*problem));
    }
    return std::make_shared<const Kernel>(module, kernel, std::move(owned), std::move(graph));
}

} // namespace assay::vgpu::codegen
