#include "vgpu/codegen/support.h"

#include "vgpu/codegen/structure.h"

namespace assay::vgpu::codegen {

using isa::Opcode;

namespace {

/// Products of these formats are generated.
bool is_product_format(isa::Type type) {
    switch (type) {
    case isa::Type::F16:
    case isa::Type::BF16:
    case isa::Type::TF32:
    case isa::Type::F32:
    case isa::Type::F64:
    case isa::Type::S8:
    case isa::Type::U8:
    case isa::Type::S32:
        return true;
    default:
        return false;
    }
}

bool is_generated(const isa::Instruction& instruction) {
    const isa::Modifiers& mod = instruction.mod;
    switch (instruction.opcode) {
    case Opcode::Unsupported:
        return false;
    case Opcode::Mma:
    case Opcode::WmmaMma:
        // Not the four products of mma.m8n8k4 on f16, not sums that saturate, f64 to nearest only.
        return is_product_format(mod.a_type) && is_product_format(mod.b_type) && !mod.satfinite &&
               !(instruction.opcode == Opcode::Mma && mod.m == 8 && mod.k == 4 && mod.a_type == isa::Type::F16) &&
               (mod.rounding == isa::Rounding::None || mod.rounding == isa::Rounding::Rn);
    case Opcode::WmmaLoad:
    case Opcode::WmmaStore:
        return isa::bits_of(mod.type) >= 8;
    default:
        return isa::bits_of(mod.type) != 128;
    }
}

} // namespace

std::optional<Unsupported> find_unsupported(const isa::Function& function, const Graph& graph) {
    for (const Block& block : graph.blocks) {
        for (const Node& node : block.nodes) {
            const isa::Instruction& instruction = *node.instruction;
            if (!is_generated(instruction)) {
                return Unsupported{"`" + instruction.text + "` is not generated", instruction.source};
            }
        }
    }
    if (!find_structure(graph)) {
        return Unsupported{"a loop with two entries", function.source};
    }
    return std::nullopt;
}

} // namespace assay::vgpu::codegen
