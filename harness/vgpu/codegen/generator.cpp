#include "vgpu/codegen/generator.h"

#include "vgpu/codegen/flatten.h"
#include "vgpu/codegen/generator_kernel.h"
#include "vgpu/codegen/jit.h"
#include "vgpu/codegen/structure.h"
#include "vgpu/codegen/support.h"

namespace assay::vgpu::codegen {

Kernel::Kernel(const LoadedModule& module_, std::uint32_t kernel, std::shared_ptr<const Flat> flat_, Graph graph_)
    : module(&module_), index(kernel), body(std::move(flat_)), flat(body->function), graph(std::move(graph_)),
      shared(isa::shared_layout(module_.program, kernel)) {}

const Code& Kernel::code(Dim3 block, std::uint32_t dynamic_shared, Counting counting) const {
    const std::scoped_lock lock(mutex_);
    std::unique_ptr<Code>& code = codes_[{block, dynamic_shared, counting}];
    if (code == nullptr) {
        Known known;
        known.block = block;
        known.parameter_bytes = flat.parameter_bytes;
        known.shared_bytes = shared.dynamic_offset + dynamic_shared;
        known.local_bytes = local_window();
        known.counting = counting;
        code = make_code(*this, known);
    }
    return *code;
}

std::uint32_t Kernel::local_window() const {
    return (flat.local_bytes + 15) / 16 * 16;
}

void prepare(const Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared, Counting counting) {
    (void)kernel.code(block, dynamic_shared, counting);
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
