#include "vgpu/codegen/support.h"

#include "vgpu/codegen/structure.h"

namespace assay::vgpu::codegen {

using isa::Opcode;

namespace {

bool is_matrix(Opcode opcode) {
    switch (opcode) {
    case Opcode::Mma:
    case Opcode::WmmaLoad:
    case Opcode::WmmaStore:
    case Opcode::WmmaMma:
    case Opcode::Ldmatrix:
    case Opcode::Stmatrix:
    case Opcode::Movmatrix:
        return true;
    default:
        return false;
    }
}

} // namespace

std::optional<Unsupported> find_unsupported(const isa::Function& function, const Graph& graph) {
    for (const Block& block : graph.blocks) {
        for (const Node& node : block.nodes) {
            const isa::Instruction& instruction = *node.instruction;
            if (instruction.opcode == Opcode::Unsupported || is_matrix(instruction.opcode)) {
                return Unsupported{"`" + instruction.text + "` is not generated", instruction.source};
            }
            if (isa::bits_of(instruction.mod.type) == 128) {
                return Unsupported{"128-bit registers: `" + instruction.text + "`", instruction.source};
            }
        }
    }
    if (!find_structure(graph)) {
        return Unsupported{"a loop with two entries", function.source};
    }
    return std::nullopt;
}

} // namespace assay::vgpu::codegen
