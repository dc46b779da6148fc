// Which instructions and values of a graph matter (ssa.h): effects, what nothing uses, what is alive at a block's
// start.
#include "vgpu/codegen/ssa.h"

#include <algorithm>
#include <utility>

namespace assay::vgpu::codegen {

using isa::Opcode;

bool gathers_lanes(const isa::Instruction& instruction) {
    if (instruction.guard) {
        return false;
    }
    switch (instruction.opcode) {
    case Opcode::Shfl:
        return instruction.src.size() == 4; // with .sync
    case Opcode::Vote:
        return instruction.src.size() == 2;
    case Opcode::Match:
    case Opcode::Redux:
    case Opcode::Elect:
    case Opcode::BarWarp:
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

bool has_effect(const isa::Instruction& instruction) {
    switch (instruction.opcode) {
    case Opcode::Ld:
        return instruction.mod.semantics != isa::Semantics::Weak;
    case Opcode::Shfl:
    case Opcode::Vote:
    case Opcode::Match:
    case Opcode::Redux:
    case Opcode::Activemask:
    case Opcode::Elect:
    case Opcode::Cvta:
    case Opcode::Isspacep:
    case Opcode::Ldmatrix:
    case Opcode::Movmatrix:
    case Opcode::Mma:
    case Opcode::WmmaLoad:
    case Opcode::WmmaMma:
        return false;
    case Opcode::Prefetch:
    case Opcode::Pmevent:
    case Opcode::Hint:
    case Opcode::Applypriority:
    case Opcode::Discard:
    case Opcode::Createpolicy:
        return false;
    default:
        return !computes(instruction);
    }
}

bool computes(const isa::Instruction& instruction) {
    return instruction.opcode <= Opcode::Mov || instruction.opcode == Opcode::Cvt ||
           instruction.opcode == Opcode::CvtPack;
}

void remove_dead(Graph& graph) {
    std::vector<bool> used(graph.values.size(), false);
    std::vector<ValueId> work;
    const auto use = [&](ValueId value) {
        if (value != none && !used[value]) {
            used[value] = true;
            work.push_back(value);
        }
    };
    for (const Block& block : graph.blocks) {
        use(block.end.condition);
        for (const Node& node : block.nodes) {
            if (has_effect(*node.instruction)) {
                each_use(node, use);
            }
        }
    }
    while (!work.empty()) {
        const Definition& definition = graph.values[work.back()];
        work.pop_back();
        if (definition.kind == Definition::Kind::Phi) {
            for (const ValueId value : graph.blocks[definition.block].phis[definition.index].incoming) {
                use(value);
            }
        } else if (definition.kind == Definition::Kind::Result) {
            each_use(graph.blocks[definition.block].nodes[definition.index], use);
        }
    }
    for (Block& block : graph.blocks) {
        std::erase_if(block.phis, [&](const Phi& phi) { return !used[phi.result]; });
        std::erase_if(block.nodes, [&](const Node& node) {
            return !has_effect(*node.instruction) &&
                   std::ranges::none_of(node.dst, [&](ValueId v) { return v != none && used[v]; });
        });
        for (std::uint32_t i = 0; i < block.phis.size(); ++i) {
            graph.values[block.phis[i].result].index = i;
        }
        for (std::uint32_t i = 0; i < block.nodes.size(); ++i) {
            for (ValueId& value : block.nodes[i].dst) {
                if (value == none) {
                    continue;
                }
                graph.values[value].index = i;
                if (!used[value]) {
                    value = none;
                }
            }
        }
    }
}

std::vector<std::vector<bool>> live_in(const Graph& graph) {
    std::vector<std::vector<bool>> live(graph.blocks.size(), std::vector<bool>(graph.values.size(), false));
    for (bool changed = true; changed;) {
        changed = false;
        for (BlockId id = static_cast<BlockId>(graph.blocks.size()); id-- > 0;) {
            const Block& block = graph.blocks[id];
            std::vector<bool> now(graph.values.size(), false);
            for (const BlockId successor : block.successors) {
                const Block& next = graph.blocks[successor];
                for (ValueId value = 0; value < now.size(); ++value) {
                    now[value] = now[value] || live[successor][value];
                }
                // A phi is alive at its block's start: whoever waits there keeps it. On the edges its operands are.
                const auto edge =
                    static_cast<std::size_t>(std::ranges::find(next.predecessors, id) - next.predecessors.begin());
                for (const Phi& phi : next.phis) {
                    now[phi.result] = false;
                }
                for (const Phi& phi : next.phis) {
                    now[phi.incoming[edge]] = true;
                }
            }
            if (block.end.condition != none) {
                now[block.end.condition] = true;
            }
            for (auto node = block.nodes.rbegin(); node != block.nodes.rend(); ++node) {
                for (const ValueId value : node->dst) {
                    if (value != none) {
                        now[value] = false;
                    }
                }
                each_use(*node, [&](ValueId value) { now[value] = true; });
            }
            for (const Phi& phi : block.phis) {
                now[phi.result] = true;
            }
            if (now != live[id]) {
                live[id] = std::move(now);
                changed = true;
            }
        }
    }
    return live;
}

} // namespace assay::vgpu::codegen
