// SSA construction on the fly (Braun, Buchwald, Hack, Leißa, Mallon, Zwinkau: "Simple and Efficient Construction of
// Static Single Assignment Form", CC 2013): blocks are filled in reverse post-order; a read that finds no definition in
// its block asks the predecessors, and a block whose predecessors are not all filled gets an operandless phi that is
// completed when they are. Phis that turn out to merge one value with itself are replaced by that value.
#include "vgpu/codegen/ssa.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace assay::vgpu::codegen {

using isa::Opcode;
using isa::Operand;

namespace {

bool is_wait(const isa::Instruction& instruction) {
    return (instruction.opcode == Opcode::Bar || instruction.opcode == Opcode::ClusterBarrier) &&
           instruction.mod.bar != isa::BarMode::Arrive;
}

bool ends_block(const isa::Instruction& instruction) {
    switch (instruction.opcode) {
    case Opcode::Bra:
    case Opcode::BrxIdx:
    case Opcode::Ret:
    case Opcode::Exit:
    case Opcode::Trap:
        return true;
    default:
        return is_wait(instruction);
    }
}

/// False if no loop can wait for what other threads store.
bool may_spin(const isa::Function& function) {
    return std::ranges::any_of(function.body, [](const isa::Instruction& instruction) {
        return instruction.opcode == Opcode::Atom || instruction.opcode == Opcode::Mbarrier ||
               (instruction.opcode == Opcode::Ld && instruction.mod.semantics != isa::Semantics::Weak);
    });
}

/// The blocks and edges, without values.
struct Skeleton {
    struct Span {
        std::uint32_t begin = 0, end = 0; ///< instructions, the terminator included
    };
    std::vector<Span> spans;
    std::vector<BlockId> block_of; ///< by instruction that starts a block
};

Skeleton find_blocks(const isa::Function& function) {
    const auto count = static_cast<std::uint32_t>(function.body.size());
    std::vector<bool> leader(count + 1, false);
    leader[0] = leader[count] = true;
    const bool spins = may_spin(function);
    for (std::uint32_t i = 0; i < count; ++i) {
        const isa::Instruction& instruction = function.body[i];
        for (const std::uint32_t target : instruction.targets) {
            leader[target] = true;
        }
        if (ends_block(instruction)) {
            leader[i + 1] = true;
        }
        if (spins && gathers_lanes(instruction)) {
            leader[i] = true;
        }
    }
    Skeleton skeleton;
    skeleton.block_of.assign(count + 1, none);
    // Block 0 is an empty entry, so that a loop may start at the first instruction.
    skeleton.spans.push_back({0, 0});
    for (std::uint32_t i = 0; i <= count; ++i) {
        if (leader[i]) {
            skeleton.block_of[i] = static_cast<BlockId>(skeleton.spans.size());
            skeleton.spans.push_back({i, i});
        }
        if (i < count) {
            skeleton.spans.back().end = i + 1;
        }
    }
    return skeleton;
}

class Builder {
public:
    explicit Builder(const isa::Function& function)
        : function_(function), carry_(static_cast<std::uint32_t>(function.registers.size())),
          skeleton_(find_blocks(function)) {}

    Graph build() {
        connect();
        const std::vector<BlockId> order = reverse_post_order();
        keep_reachable(order);
        current_.resize(graph_.blocks.size());
        filled_.assign(graph_.blocks.size(), false);
        incomplete_.resize(graph_.blocks.size());
        for (BlockId block = 0; block < graph_.blocks.size(); ++block) {
            fill(block);
            filled_[block] = true;
            complete_ready();
        }
        resolve();
        return std::move(graph_);
    }

private:
    void connect() {
        const auto count = skeleton_.spans.size();
        graph_.blocks.resize(count);
        for (BlockId id = 0; id < count; ++id) {
            Block& block = graph_.blocks[id];
            const Skeleton::Span span = skeleton_.spans[id];
            const BlockId next = id + 1 < count ? id + 1 : none;
            const isa::Instruction* last = span.end > span.begin ? &function_.body[span.end - 1] : nullptr;
            block.end.source = last != nullptr ? last->source : isa::Source{};
            if (last == nullptr || !ends_block(*last) || is_wait(*last)) {
                block.waits = last != nullptr && is_wait(*last);
                if (next != none) {
                    block.end.kind = Terminator::Kind::Jump;
                    block.successors = {next};
                }
                continue;
            }
            if (last->opcode == Opcode::Bra) {
                const BlockId target = skeleton_.block_of[last->targets.at(0)];
                if (!last->guard || target == next) {
                    block.end.kind = Terminator::Kind::Jump;
                    block.successors = {target};
                } else {
                    block.end.kind = Terminator::Kind::Branch;
                    block.end.negated = last->guard_negated;
                    block.successors = {target, next};
                }
            } else if (last->opcode == Opcode::BrxIdx) {
                block.end.kind = Terminator::Kind::Switch;
                for (const std::uint32_t index : last->targets) {
                    const BlockId target = skeleton_.block_of[index];
                    auto found = std::ranges::find(block.successors, target);
                    if (found == block.successors.end()) {
                        block.successors.push_back(target);
                        found = std::prev(block.successors.end());
                    }
                    block.end.table.push_back(static_cast<std::uint32_t>(found - block.successors.begin()));
                }
                if (block.successors.size() == 1) {
                    block.end.kind = Terminator::Kind::Jump;
                }
            }
        }
    }

    std::vector<BlockId> reverse_post_order() const {
        std::vector<BlockId> order;
        std::vector<std::uint8_t> seen(graph_.blocks.size(), 0);
        std::vector<std::pair<BlockId, std::size_t>> stack{{0, 0}};
        seen[0] = 1;
        while (!stack.empty()) {
            auto& [block, index] = stack.back();
            if (index < graph_.blocks[block].successors.size()) {
                const BlockId next = graph_.blocks[block].successors[index++];
                if (seen[next] == 0) {
                    seen[next] = 1;
                    stack.emplace_back(next, 0);
                }
            } else {
                order.push_back(block);
                stack.pop_back();
            }
        }
        std::ranges::reverse(order);
        return order;
    }

    /// Renumbers the blocks in `order`, drops the others, and fills in predecessors.
    void keep_reachable(const std::vector<BlockId>& order) {
        std::vector<BlockId> renumbered(graph_.blocks.size(), none);
        for (BlockId id = 0; id < order.size(); ++id) {
            renumbered[order[id]] = id;
        }
        std::vector<Block> blocks(order.size());
        std::vector<Skeleton::Span> spans(order.size());
        for (BlockId id = 0; id < order.size(); ++id) {
            blocks[id] = std::move(graph_.blocks[order[id]]);
            spans[id] = skeleton_.spans[order[id]];
            for (BlockId& successor : blocks[id].successors) {
                successor = renumbered[successor];
            }
        }
        for (BlockId id = 0; id < blocks.size(); ++id) {
            for (const BlockId successor : blocks[id].successors) {
                blocks[successor].predecessors.push_back(id);
            }
        }
        graph_.blocks = std::move(blocks);
        skeleton_.spans = std::move(spans);
    }

    std::uint32_t bits_of_register(std::uint32_t reg) const {
        return reg == carry_ ? 1 : isa::bits_of(function_.registers[reg]);
    }

    ValueId new_value(Definition definition) {
        graph_.values.push_back(definition);
        return static_cast<ValueId>(graph_.values.size() - 1);
    }

    ValueId read(BlockId block, std::uint32_t reg) {
        if (const auto found = current_[block].find(reg); found != current_[block].end()) {
            return found->second;
        }
        const Block& here = graph_.blocks[block];
        ValueId value = none;
        const bool all_filled =
            std::ranges::all_of(here.predecessors, [&](BlockId p) { return static_cast<bool>(filled_[p]); });
        if (!all_filled) {
            value = new_phi(block, reg);
            incomplete_[block].push_back(static_cast<std::uint32_t>(here.phis.size() - 1));
        } else if (here.predecessors.empty()) {
            value = new_value({Definition::Kind::Undefined, block, 0, 0, bits_of_register(reg)});
        } else if (here.predecessors.size() == 1) {
            value = read(here.predecessors[0], reg);
        } else {
            value = new_phi(block, reg);
            current_[block][reg] = value;
            complete(block, static_cast<std::uint32_t>(here.phis.size() - 1));
        }
        current_[block][reg] = value;
        return value;
    }

    ValueId new_phi(BlockId block, std::uint32_t reg) {
        const auto index = static_cast<std::uint32_t>(graph_.blocks[block].phis.size());
        const ValueId value = new_value({Definition::Kind::Phi, block, index, 0, bits_of_register(reg)});
        graph_.blocks[block].phis.push_back({value, reg, {}});
        return value;
    }

    void complete(BlockId block, std::uint32_t index) {
        const std::uint32_t reg = graph_.blocks[block].phis[index].reg;
        std::vector<ValueId> incoming;
        for (const BlockId predecessor : graph_.blocks[block].predecessors) {
            incoming.push_back(read(predecessor, reg));
        }
        graph_.blocks[block].phis[index].incoming = std::move(incoming);
    }

    void complete_ready() {
        for (BlockId block = 0; block < graph_.blocks.size(); ++block) {
            if (incomplete_[block].empty()) {
                continue;
            }
            const auto& predecessors = graph_.blocks[block].predecessors;
            if (!std::ranges::all_of(predecessors, [&](BlockId p) { return static_cast<bool>(filled_[p]); })) {
                continue;
            }
            for (const std::uint32_t index : std::exchange(incomplete_[block], {})) {
                complete(block, index);
            }
        }
    }

    Leaf leaf(BlockId block, const Operand& operand) {
        const Operand* inner = &operand;
        if (operand.kind == Operand::Kind::Address && !operand.elements.empty()) {
            inner = &operand.elements[0];
        }
        return {&operand, inner->kind == Operand::Kind::Register ? read(block, inner->index) : none};
    }

    void flatten(BlockId block, const Operand& operand, std::vector<Leaf>& out) {
        if (operand.kind == Operand::Kind::Vector) {
            for (const Operand& element : operand.elements) {
                flatten(block, element, out);
            }
        } else {
            out.push_back(leaf(block, operand));
        }
    }

    static void flatten_dst(const Operand& operand, std::vector<std::uint32_t>& out) {
        if (operand.kind == Operand::Kind::Vector) {
            for (const Operand& element : operand.elements) {
                flatten_dst(element, out);
            }
        } else {
            out.push_back(operand.kind == Operand::Kind::Register ? operand.index : none);
        }
    }

    void fill(BlockId id) {
        const Skeleton::Span span = skeleton_.spans[id];
        graph_.blocks[id].first = span.begin;
        graph_.blocks[id].last = span.end;
        for (std::uint32_t i = span.begin; i < span.end; ++i) {
            const isa::Instruction& instruction = function_.body[i];
            if (instruction.opcode == Opcode::Bra || instruction.opcode == Opcode::Ret ||
                instruction.opcode == Opcode::Exit) {
                if (graph_.blocks[id].end.kind == Terminator::Kind::Branch) {
                    graph_.blocks[id].end.condition = read(id, *instruction.guard);
                }
                continue;
            }
            if (instruction.opcode == Opcode::BrxIdx) {
                graph_.blocks[id].end.condition = leaf(id, instruction.src.at(0)).value;
                continue;
            }
            add_node(id, instruction);
        }
    }

    void add_node(BlockId id, const isa::Instruction& instruction) {
        Node node;
        node.instruction = &instruction;
        for (const Operand& operand : instruction.src) {
            flatten(id, operand, node.src);
        }
        if (instruction.opcode == Opcode::Wgmma) { // it adds to what its results hold
            flatten(id, instruction.dst[0], node.src);
        }
        const bool reads_carry = instruction.opcode == Opcode::Addc || instruction.opcode == Opcode::Subc ||
                                 instruction.opcode == Opcode::Madc;
        if (reads_carry) {
            node.src.push_back({nullptr, read(id, carry_)});
        }
        std::vector<std::uint32_t> written;
        for (const Operand& operand : instruction.dst) {
            flatten_dst(operand, written);
        }
        if (instruction.mod.carry_out) {
            written.push_back(carry_);
        }
        if (instruction.guard) {
            node.guard = read(id, *instruction.guard);
            for (const std::uint32_t reg : written) {
                node.previous.push_back(reg == none ? none : read(id, reg));
            }
        }
        const auto index = static_cast<std::uint32_t>(graph_.blocks[id].nodes.size());
        for (std::uint32_t i = 0; i < written.size(); ++i) {
            if (written[i] == none) {
                node.dst.push_back(none);
                continue;
            }
            const ValueId value = new_value({Definition::Kind::Result, id, index, i, bits_of_register(written[i])});
            node.dst.push_back(value);
            current_[id][written[i]] = value;
        }
        graph_.blocks[id].nodes.push_back(std::move(node));
    }

    /// Replaces phis that merge one value with itself, until there are none, then renames every use.
    void resolve() {
        std::vector<ValueId> same(graph_.values.size());
        for (ValueId id = 0; id < same.size(); ++id) {
            same[id] = id;
        }
        const auto find = [&](ValueId id) {
            while (id != none && same[id] != id) {
                id = same[id] = same[same[id]];
            }
            return id;
        };
        for (bool changed = true; changed;) {
            changed = false;
            for (Block& block : graph_.blocks) {
                for (Phi& phi : block.phis) {
                    if (find(phi.result) != phi.result) {
                        continue;
                    }
                    ValueId only = none;
                    bool trivial = true;
                    for (const ValueId incoming : phi.incoming) {
                        const ValueId value = find(incoming);
                        if (value == phi.result || value == only) {
                            continue;
                        }
                        trivial = trivial && only == none;
                        only = value;
                    }
                    if (trivial && only != none) {
                        same[phi.result] = only;
                        changed = true;
                    }
                }
            }
        }
        for (Block& block : graph_.blocks) {
            std::erase_if(block.phis, [&](const Phi& phi) { return find(phi.result) != phi.result; });
            for (std::uint32_t i = 0; i < block.phis.size(); ++i) {
                graph_.values[block.phis[i].result].index = i;
                for (ValueId& value : block.phis[i].incoming) {
                    value = find(value);
                }
            }
            for (Node& node : block.nodes) {
                for (Leaf& leaf : node.src) {
                    leaf.value = find(leaf.value);
                }
                for (ValueId& value : node.previous) {
                    value = find(value);
                }
                node.guard = find(node.guard);
            }
            block.end.condition = find(block.end.condition);
        }
    }

    const isa::Function& function_;
    std::uint32_t carry_;
    Skeleton skeleton_;
    Graph graph_;
    std::vector<std::unordered_map<std::uint32_t, ValueId>> current_;
    std::vector<bool> filled_;
    std::vector<std::vector<std::uint32_t>> incomplete_; ///< phis without operands, by block
};

} // namespace

Graph build_graph(const isa::Function& function) {
    return Builder(function).build();
}

} // namespace assay::vgpu::codegen
